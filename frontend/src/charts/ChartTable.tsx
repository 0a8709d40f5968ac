import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../lib/format";
import styles from "./Chart.module.css";
import { asTable, type ChartData } from "./series";
import { useWords } from "./words";

const MOST_ROWS = 500;

/** The data of a chart, for those who read rather than look. */
export function ChartTable({ chart, height }: { chart: ChartData; height: number | string }) {
  const { t } = useTranslation("charts");
  const word = useWords();
  const format = useFormat();
  const { columns, rows } = useMemo(() => asTable(chart), [chart]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long table is scrolled by keyboard
    <section className={styles.scroll} style={{ maxHeight: height }} tabIndex={0} aria-label={word(chart.title)}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: names of columns may repeat
              <th key={index} scope="col">
                {word(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={index}>
              {row.map((value, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: nor have cells
                <td key={at}>{typeof value === "number" ? format.number(value) : (value ?? "–")}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p className={styles.note}>{t("firstRows", { shown: MOST_ROWS, all: rows.length })}</p>
      )}
    </section>
  );
}
