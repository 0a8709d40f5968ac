import { TrophyOutlined } from "@ant-design/icons";
import { Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { useMetricName } from "../../../charts/words";
import { type Format, useFormat } from "../../../lib/format";
import { iterationName } from "../parts/IterationTable";
import styles from "./Compare.module.css";
import { type MetricPair, pairs } from "./compareRuns";
import { better } from "./metricDirections";

interface MetricPairsProps {
  a: readonly Schemas["Scores"][];
  b: readonly Schemas["Scores"][];
  titleOf: (path: string) => string;
}

/** The numbers of two runs side by side; the better one is marked where it is known which one that is. */
export function MetricPairs({ a, b, titleOf }: MetricPairsProps) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const name = useMetricName();
  const [onlyOthers, setOnlyOthers] = useState(false);
  const all = pairs(a, b);
  const shown = all
    .map((pair) => ({ ...pair, metrics: onlyOthers ? pair.metrics.filter(differs) : pair.metrics }))
    .filter(({ metrics }) => metrics.length > 0);
  if (all.length === 0) return <p>{t("noScores")}</p>;
  return (
    <>
      <Checkbox checked={onlyOthers} onChange={(event) => setOnlyOthers(event.target.checked)}>
        {t("onlyDifferent")}
      </Checkbox>
      {shown.length === 0 && <p className={styles.quiet}>{t("allEqual")}</p>}
      {shown.map(({ path, index, port, metrics }) => (
        <section key={`${path}#${index}.${port}`} className={styles.section}>
          <h3>{[titleOf(path), iterationName(index), port === "metrics" ? "" : port].filter(Boolean).join(" · ")}</h3>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t("metric")}</th>
                <th scope="col" className={styles.number}>
                  <span className={`${styles.badge} ${styles.a}`}>A</span>
                </th>
                <th scope="col" className={styles.number}>
                  <span className={`${styles.badge} ${styles.b}`}>B</span>
                </th>
                <th scope="col" className={styles.number}>
                  {t("difference")}
                </th>
              </tr>
            </thead>
            <tbody>
              {metrics.map((pair) => {
                const which = better(pair.metric, pair.a, pair.b);
                return (
                  <tr key={pair.metric}>
                    <td title={pair.metric}>{name(pair.metric)}</td>
                    {(["a", "b"] as const).map((side) => {
                      const value = pair[side];
                      return (
                        <td key={side} className={which === side ? `${styles.number} ${styles.better}` : styles.number}>
                          {which === side && <TrophyOutlined title={t("better")} aria-label={t("better")} />}{" "}
                          {value === null ? "–" : format.number(value)}
                        </td>
                      );
                    })}
                    <td className={styles.number}>{delta(pair, format)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      ))}
    </>
  );
}

function differs({ a, b }: MetricPair): boolean {
  return a !== b;
}

function delta({ a, b }: MetricPair, format: Format): string {
  if (a === null || b === null || a === b) return "";
  return `${b > a ? "+" : "−"}${format.number(Math.abs(b - a))}`;
}
