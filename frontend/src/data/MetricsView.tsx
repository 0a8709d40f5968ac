import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Chart } from "../charts/Chart";
import { useMetricName, useWords } from "../charts/words";
import { useFormat } from "../lib/format";
import { Facts } from "./Facts";
import styles from "./MetricsView.module.css";
import { MetricTiles } from "./MetricTiles";
import { areOfTraining, chartOf, type Row, withoutTraining } from "./metricTables";
import { factText, isJson, texts } from "./parts";

/** What was measured: numbers as tiles, tables as the charts that they are meant for. */
export function MetricsView({ metrics }: { metrics: Schemas["Metrics"] }) {
  const { t } = useTranslation("data");
  const name = useMetricName();
  const tables = Object.entries(metrics.tables).map(([title, rows]): [string, Row[]] => [
    title,
    Array.isArray(rows) ? rows.filter(isJson) : [],
  ]);
  const ofTraining = areOfTraining(metrics.values);
  const { notes, ...about } = metrics.about;
  const facts = Object.entries(about).map(([key, value]) => [name(key), factText(value)] as const);
  if (Object.keys(metrics.values).length === 0 && tables.length === 0) return <p>{t("metrics.none")}</p>;
  return (
    <div className={styles.view}>
      {ofTraining && <h3>{t("model.metrics")}</h3>}
      <MetricTiles values={ofTraining ? withoutTraining(metrics.values) : metrics.values} />
      {texts(notes).map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      {tables.length > 0 && (
        <div className={styles.tables}>
          {tables.map(([title, rows]) => (
            <MetricTable key={title} title={title} rows={rows} />
          ))}
        </div>
      )}
      {facts.some(([, text]) => text !== null) && (
        <section className={styles.about}>
          <h3>{t("metrics.about")}</h3>
          <Facts of={facts} />
        </section>
      )}
    </div>
  );
}

function MetricTable({ title, rows }: { title: string; rows: Row[] }) {
  const name = useMetricName();
  const chart = chartOf(title, rows);
  if (!chart)
    return (
      <section>
        <h3>{name(title)}</h3>
        <Rows rows={rows} />
      </section>
    );
  const named = { ...chart, series: chart.series.map((series) => ({ ...series, name: name(String(series.name)) })) };
  return <Chart chart={{ ...named, title: name(title) }} height={chart.kind === "matrix" ? 260 : 240} />;
}

const FIRST = 10;

function Rows({ rows }: { rows: Row[] }) {
  const { t } = useTranslation("data");
  const word = useWords();
  const format = useFormat();
  const [areAll, setAll] = useState(false);
  const columns = Object.keys(rows[0] ?? {});
  const shown = areAll ? rows : rows.slice(0, FIRST);
  return (
    <div className={styles.scroll}>
      <table className={styles.rows}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {word(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={index}>
              {columns.map((column) => {
                const value = row[column];
                return (
                  <td key={column} className={typeof value === "number" ? styles.number : undefined}>
                    {typeof value === "number" ? format.number(value) : value === null ? "–" : word(String(value))}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("metrics.more", { count: rows.length - shown.length })}
        </Button>
      )}
    </div>
  );
}
