import { Select } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../../api/client";
import { useMayHere } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFormat } from "../../../lib/format";
import { DatasetSample } from "./DatasetSample";
import type { StepProps } from "./StepView";
import styles from "./steps.module.css";
import { UploadData } from "./UploadData";

/** A dataset of the project, or a file that becomes one. */
export function DataStep({ project, wizard, step, fillIn }: StepProps) {
  const { t } = useTranslation("wizard");
  const id = useId();
  const format = useFormat();
  const mayWrite = useMayHere("dataset.write");
  const [q, setQ] = useState("");
  const param = step.params[0] ?? "dataset";
  const chosen = typeof wizard.values[param] === "string" ? wizard.values[param] : "";
  const datasets = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets",
    { params: { path: { project_name: project }, query: { limit: 50, ...(q && { q }) } } },
    { placeholderData: (before) => before },
  );
  const choose = (name: string) => void fillIn({ [param]: name });
  return (
    <>
      <div className={styles.field}>
        <label htmlFor={id}>{t("dataset")}</label>
        <Select<string>
          id={id}
          className={styles.wide ?? ""}
          size="large"
          showSearch={{ onSearch: setQ, filterOption: false }}
          {...(chosen && { value: chosen })}
          placeholder={t("chooseDataset")}
          notFoundContent={t("noDataset")}
          options={(datasets.data?.items ?? []).map(({ name, rows, columns }) => ({
            value: name,
            label: rows === null ? name : t("datasetOf", { name, rows: format.number(rows), columns: columns ?? 0 }),
          }))}
          onChange={choose}
        />
      </div>
      {datasets.error && <ErrorNotice error={datasets.error} />}
      {mayWrite && <UploadData project={project} onMade={choose} />}
      {chosen && <DatasetSample project={project} dataset={chosen} />}
    </>
  );
}
