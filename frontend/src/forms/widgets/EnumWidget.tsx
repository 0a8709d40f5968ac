import { Segmented, Select } from "antd";
import { usePreferences } from "../../app/preferences";
import styles from "../forms.module.css";
import { type Field, type Spec, specText } from "../spec";
import type { WidgetProps } from "../widget";

/** Letters that fit beside each other in a panel. */
const ROOM = 26;

/** A choice: side by side while there is room, else a list that can be searched. */
export function EnumWidget({ id, label, field, spec, value, onChange, disabled, isInvalid }: WidgetProps) {
  const language = usePreferences((preferences) => preferences.language);
  const options = optionsOf(spec, field, language);
  const room = options.reduce((sum, option) => sum + widthOf(option.label) + 2, 0);
  if (options.length <= 4 && room <= ROOM && field["x-widget"] !== "select") {
    return (
      <Segmented<string>
        id={id}
        block
        aria-label={label}
        options={options}
        value={JSON.stringify(value)}
        onChange={(json) => onChange(JSON.parse(json))}
        disabled={disabled}
      />
    );
  }
  return (
    <Select<string>
      id={id}
      aria-label={label}
      className={styles.full ?? ""}
      showSearch={{ optionFilterProp: "label" }}
      allowClear={field.default === undefined}
      options={options}
      {...(value === undefined ? {} : { value: JSON.stringify(value) })}
      onChange={(json: string | undefined) => onChange(json === undefined ? undefined : JSON.parse(json))}
      disabled={disabled}
      {...(isInvalid ? { status: "error" as const } : {})}
    />
  );
}

/** Values as JSON, so that 1 and "1" stay two. */
export function optionsOf(spec: Spec, field: Field, language: string): { value: string; label: string }[] {
  return (field.enum ?? []).map((value) => ({
    value: JSON.stringify(value),
    label: specText(spec, field["x-enum-titles"]?.[String(value)] ?? String(value), language),
  }));
}

function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0);
}
