import { Input } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { isDatasetName } from "../upload/plan";
import styles from "./Import.module.css";

/** What a dataset is called; where there is one of that name, that it gets another version. */
export function NameField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation("datasets");
  const id = useId();
  const project_name = useProjectName();
  const isRight = isDatasetName(value);
  const existing = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets/{name}",
    { params: { path: { project_name, name: value } } },
    { enabled: isRight, retry: false },
  );
  const next = existing.data ? (existing.data.latest ?? 0) + 1 : null;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{t("name")}</label>
      <Input
        id={id}
        value={value}
        maxLength={100}
        spellCheck={false}
        status={isRight ? "" : "error"}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-help`} className={isRight ? styles.help : styles.wrong}>
        {isRight ? (next ? t("import.nextVersion", { name: value, next }) : t("import.newDataset")) : t("nameWrong")}
      </p>
    </div>
  );
}
