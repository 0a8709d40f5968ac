import { Switch } from "antd";
import type { WidgetProps } from "../widget";

export function SwitchWidget({ id, label, value, onChange, disabled, describedBy }: WidgetProps) {
  return (
    <Switch
      id={id}
      aria-label={label}
      {...(describedBy && { "aria-describedby": describedBy })}
      size="small"
      checked={value === true}
      onChange={(isOn) => onChange(isOn)}
      disabled={disabled}
    />
  );
}
