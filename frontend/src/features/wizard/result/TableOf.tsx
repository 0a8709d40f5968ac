import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isRecord } from "../../../forms/spec";
import { useFormat } from "../../../lib/format";
import { useLocalize } from "../../../lib/localize";
import { readText } from "../../../lib/readText";
import { Words } from "../../../lib/terms/Words";
import type { ReportTable } from "./report";
import styles from "./WizardResult.module.css";

const SHOWN = 8;

/** A table of a report: the first rows, and all of them when asked. */
export function TableOf({ table }: { table: ReportTable }) {
  const { t } = useTranslation("report");
  const localize = useLocalize();
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  const { columns, rows } = table;
  const isNumber = columns.map((_, at) => rows.some((row) => typeof row[at] === "number") || undefined);
  const shown = (value: unknown) => {
    if (typeof value === "number") return format.number(value);
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    return value === null || value === undefined ? (
      "–"
    ) : isRecord(value) ? (
      <Words text={localize(readText(value))} />
    ) : (
      String(value)
    );
  };
  return (
    <div className={styles.table}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={localize(table.title)}>
        <table>
          <caption>{localize(table.title)}</caption>
          <thead>
            <tr>
              {columns.map((column, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: names of columns may repeat
                <th key={at} scope="col" data-number={isNumber[at]}>
                  <Words text={localize(column)} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(isWhole ? rows : rows.slice(0, SHOWN)).map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
              <tr key={index}>
                {row.map((value, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: nor have cells
                  <td key={at} data-number={isNumber[at]}>
                    {shown(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > SHOWN && (
        <Button type="link" size="small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? t("fewer") : t("allRows", { count: rows.length })}
        </Button>
      )}
    </div>
  );
}
