import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import { kindOfType } from "../../../data/parts";
import { specOfForm } from "../../../features/wizard/specOfForm";
import { SchemaForm } from "../../../forms/SchemaForm";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { useLocalize } from "../../../lib/localize";
import { OperatorIcon } from "../../../lib/OperatorIcon";
import { useSettled } from "../../../lib/useSettled";
import type { FlowDocument } from "../../model/document";
import styles from "./PublishDialog.module.css";

/** The wizard as an expert will see it, step by step, with the form that the server makes of the document. */
export function Preview({ project, document }: { project: string; document: FlowDocument }) {
  const { t } = useTranslation("publish");
  const localize = useLocalize();
  const text = useSettled(JSON.stringify(document));
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = useQuery({
    queryKey: ["wizard-preview", project, text],
    queryFn: async ({ signal }) => {
      const { data } = await api.POST("/api/v1/projects/{project_name}/wizards/preview", {
        params: { path: { project_name: project } },
        body: { document: JSON.parse(text) },
        signal,
      });
      return data ?? null;
    },
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
  const steps = document.wizard?.steps ?? [];
  const step = steps.find(({ id }) => id === chosen) ?? steps[0];
  const columns = (param: string) =>
    shown.data?.columns[param]?.map(({ name, type }) => ({ name, type, kind: kindOfType(type) })) ?? null;
  const spec = shown.data && step && specOfForm(shown.data.form, step.params ?? []);
  const known = Object.fromEntries(Object.entries(values).filter(([name]) => spec && name in spec.params.properties));
  return (
    <section className={styles.preview} aria-label={t("preview")}>
      <h3 className={styles.previewTitle}>{t("preview")}</h3>
      <div className={styles.sheet}>
        <div className={styles.sheetHead}>
          <OperatorIcon icon={document.wizard?.icon ?? ""} category="model" />
          <div>
            <p className={styles.sheetTitle}>{localize(document.title) || t("untitled")}</p>
            <p className={styles.soft}>{localize(document.wizard?.description)}</p>
          </div>
        </div>
        {step && (
          <Segmented
            size="small"
            aria-label={t("steps")}
            className={styles.pills}
            value={step.id}
            onChange={setChosen}
            options={steps.map(({ id, title }, at) => ({ value: id, label: `${at + 1} ${localize(title) || "…"}` }))}
          />
        )}
        {step && (
          <>
            <p className={styles.stepTitle}>{localize(step.title)}</p>
            <p className={styles.soft}>{localize(step.help)}</p>
          </>
        )}
        {shown.error ? (
          <ErrorNotice error={shown.error} />
        ) : !spec ? (
          <Loading />
        ) : step.view === "run" || step.view === "result" ? (
          <p className={styles.soft}>{t(`shows.${step.view}`)}</p>
        ) : (
          <>
            {step.view === "check" && <p className={styles.soft}>{t("shows.check")}</p>}
            {(step.params ?? []).length > 0 && (
              <SchemaForm
                spec={spec}
                values={known}
                onChange={(change) => setValues({ ...values, ...change.values })}
                columns={columns}
                problems={[]}
              />
            )}
          </>
        )}
      </div>
    </section>
  );
}
