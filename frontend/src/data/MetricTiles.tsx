import { useTranslation } from "react-i18next";
import { useMetricName } from "../charts/words";
import { useFormat } from "../lib/format";
import styles from "./MetricsView.module.css";

/** Measured numbers, each with its name. */
export function MetricTiles({ values }: { values: Record<string, unknown> }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const name = useMetricName();
  return (
    <dl className={styles.tiles}>
      {Object.entries(values).map(([metric, value]) => (
        <div key={metric} className={styles.tile}>
          <dt title={metric}>{name(metric)}</dt>
          <dd className={typeof value === "number" ? undefined : styles.undefined} title={String(value ?? "")}>
            {typeof value === "number" ? format.number(value) : value === null ? t("metrics.undefined") : String(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
