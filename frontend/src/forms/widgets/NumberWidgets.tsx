import { InputNumber, Slider } from "antd";
import styles from "../forms.module.css";
import { typesOf } from "../spec";
import { useDraft } from "../useDraft";
import type { WidgetProps } from "../widget";

/** A number, typed with a point or a comma; empty: not set. */
export function NumberWidget({ id, label, field, value, onChange, disabled, isInvalid }: WidgetProps) {
  const { draft, type, commit } = useDraft(typeof value === "number" ? value : null, (number: number | null) =>
    onChange(number ?? undefined),
  );
  return (
    <InputNumber
      id={id}
      aria-label={label}
      className={styles.full ?? ""}
      value={draft}
      onChange={type}
      onBlur={commit}
      disabled={disabled}
      parser={(text) => Number((text ?? "").replace(",", ".").replace(/\s/g, ""))}
      {...(typesOf(field).includes("integer") ? { precision: 0 } : {})}
      {...(isInvalid ? { status: "error" as const } : {})}
    />
  );
}

/** A number in a small range: dragged, or typed beside. */
export function SliderWidget(props: WidgetProps) {
  const { field, label, value, onChange, disabled } = props;
  const low = field.minimum ?? field.exclusiveMinimum;
  const high = field.maximum ?? field.exclusiveMaximum;
  const { draft, type, commit } = useDraft(typeof value === "number" ? value : (low ?? 0), onChange);
  if (low === undefined || high === undefined) return <NumberWidget {...props} />;
  const step = field.multipleOf ?? (typesOf(field).includes("integer") ? 1 : (high - low) / 100);
  return (
    <div className={styles.beside}>
      <Slider
        className={styles.grow ?? ""}
        min={low}
        max={high}
        step={step}
        value={draft}
        onChange={type}
        onChangeComplete={commit}
        disabled={disabled}
        ariaLabelForHandle={label}
      />
      <div>
        <NumberWidget {...props} />
      </div>
    </div>
  );
}
