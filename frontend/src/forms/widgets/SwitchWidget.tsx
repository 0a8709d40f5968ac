import { Switch } from "antd";
import type { WidgetProps } from "../widget";

export function SwitchWidget({ id, label, value, onChange, disabled }: WidgetProps) {
  return <Switch id={id} aria-label={label} checked={value === true} onChange={onChange} disabled={disabled} />;
}
