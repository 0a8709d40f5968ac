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
  return <Picker {...props} format={DAY} shown={DAY} withTime={false} />;
}

export function DateTimeWidget(props: WidgetProps) {
  return <Picker {...props} format="YYYY-MM-DDTHH:mm:ss" shown="YYYY-MM-DD HH:mm:ss" withTime />;
}

const DAY = "YYYY-MM-DD";
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.0+)?)?$/;

/** Whether a picker can show all of it, nothing being one of them; a time zone or a part of a second it would lose. */
const isShown = (form: RegExp) => (value: unknown) =>
  value === null ||
  value === "" ||
  (typeof value === "string" && form.test(value) && value.startsWith(dayjs(value).format(DAY)));

export const isDate = isShown(DATE);
export const isTime = isShown(TIME);
