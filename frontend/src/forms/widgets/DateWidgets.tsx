import { DatePicker } from "antd";
import dayjs from "dayjs";
import styles from "../forms.module.css";
import type { WidgetProps } from "../widget";

function Picker({
  id,
  label,
  value,
  onChange,
  disabled,
  isInvalid,
  format,
  withTime,
}: WidgetProps & { format: string; withTime: boolean }) {
  const date = typeof value === "string" && value ? dayjs(value) : null;
  return (
    <DatePicker
      id={id}
      aria-label={label}
      className={styles.full ?? ""}
      showTime={withTime}
      value={date?.isValid() ? date : null}
      onChange={(chosen) => onChange(chosen ? chosen.format(format) : undefined)}
      disabled={disabled}
      {...(isInvalid ? { status: "error" as const } : {})}
    />
  );
}

export function DateWidget(props: WidgetProps) {
  return <Picker {...props} format="YYYY-MM-DD" withTime={false} />;
}

export function DateTimeWidget(props: WidgetProps) {
  return <Picker {...props} format="YYYY-MM-DDTHH:mm:ss" withTime />;
}
