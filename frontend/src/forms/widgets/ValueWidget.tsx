import { useTranslation } from "react-i18next";
import { useFormat } from "../../lib/format";
import styles from "../forms.module.css";
import { useValuesOf } from "../valuesOf";
import type { WidgetProps } from "../widget";
import { Names } from "./ServerWidgets";

/** One of the values that a column has; any other can be typed. */
export function ValueWidget(props: WidgetProps) {
  const { t } = useTranslation("forms");
  const format = useFormat();
  const names = useValuesOf(props).map(({ value, rows }) => ({
    value,
    search: value,
    label: (
      <span className={styles.option}>
        <span className={styles.optionName}>{value}</span>
        <span className={styles.type}>{t("rowsWithValue", { count: rows, rows: format.number(rows) })}</span>
      </span>
    ),
  }));
  return <Names {...props} names={names} placeholder={names.length > 0 ? t("chooseValue") : ""} empty={null} />;
}
