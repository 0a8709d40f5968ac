import { DatePicker } from "antd";
import dayjs from "dayjs";
import styles from "../forms.module.css";
import { lookOf } from "../look";
import { emptied } from "../spec";
import type { WidgetProps } from "../widget";

interface PickerProps extends WidgetProps {
  format: string;
  shown: string;
  withTime: boolean;
}

function Picker({ format, shown, withTime, ...props }: PickerProps) {
  const { field, value, onChange } = props;
  return (
    <DatePicker
      {...lookOf(props)}
      className={styles.full ?? ""}
      format={shown}
      showTime={withTime}
      value={typeof value === "string" && value ? dayjs(value) : null}
      onChange={(chosen) => onChange(chosen ? chosen.format(format) : emptied(field))}
    />
  );
}

export function DateWidget(props: WidgetProps) {
  return <Picker {...props} format="YYYY-MM-DD" shown="YYYY-MM-DD" withTime={false} />;
}

export function DateTimeWidget(props: WidgetProps) {
  return <Picker {...props} format="YYYY-MM-DDTHH:mm:ss" shown="YYYY-MM-DD HH:mm:ss" withTime />;
}

/** Whether a picker can show it; the default of a date is often "". */
export function isDate(value: unknown): boolean {
  return value === "" || (typeof value === "string" && dayjs(value).isValid());
}
