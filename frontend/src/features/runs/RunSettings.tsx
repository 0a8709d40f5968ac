import { useTranslation } from "react-i18next";
import type { Run } from "../../canvas/run/runModel";
import { Card } from "../../lib/Page";
import styles from "./RunContent.module.css";

/** With which values a run was started. */
export function RunSettings({ run }: { run: Run }) {
  const { t } = useTranslation("runs");
  const params = Object.entries(run.params);
  return (
    <Card title={t("params.title")}>
      {params.length === 0 ? (
        <p>{t("params.none")}</p>
      ) : (
        <dl className={styles.facts}>
          {params.map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>
                <code>{typeof value === "string" ? value : JSON.stringify(value)}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {run.bypass_cache && <p>{t("withoutCache")}</p>}
    </Card>
  );
}
