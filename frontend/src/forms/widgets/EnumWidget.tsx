import { Segmented, Select } from "antd";
import { usePreferences } from "../../app/preferences";
import styles from "../forms.module.css";
import { lookOf } from "../look";
import { optionsOf, plainText, widthOf } from "../options";
import { emptied } from "../spec";
import type { WidgetProps } from "../widget";

/** Letters that fit beside each other in a panel, and in a part of one; each choice takes a few for its edges. */
const ROOM = 36;
const SMALL_ROOM = 14;
const EDGE = 3;
const MOST_BESIDE = 5;

/** A choice: side by side while there is room, else a list that can be searched. */
export function EnumWidget(props: WidgetProps) {
  const { id, label, field, spec, value, onChange, disabled, isSmall } = props;
  const language = usePreferences((preferences) => preferences.language);
  const options = optionsOf(spec, field, language);
  const now = value === undefined ? undefined : JSON.stringify(value);
  const isKnown = now === undefined || options.some((option) => option.value === now);
  const widest = options.reduce((most, option) => Math.max(most, widthOf(option.label) + EDGE), 0);
  const isShort = options.length <= MOST_BESIDE && widest * options.length <= (isSmall ? SMALL_ROOM : ROOM);
  const choose = (json: string | undefined) => onChange(json === undefined ? emptied(field) : JSON.parse(json));
  if (isShort && isKnown && field["x-widget"] !== "select") {
    return (
      <Segmented<string>
        id={id}
        block
        aria-label={label}
        options={options}
        // Nothing: without a value the first choice would look chosen.
        value={now ?? ""}
        onChange={choose}
        disabled={disabled}
        {...(isSmall && { size: "small" })}
      />
    );
  }
  const shown = isKnown ? options : [{ value: now, label: plainText(value) }, ...options];
  return (
    <Select<string>
      {...lookOf(props, !isKnown)}
      className={styles.full ?? ""}
      popupMatchSelectWidth={false}
      showSearch={options.length > 7 ? { optionFilterProp: "label" } : false}
      allowClear={field.default === undefined}
      options={shown}
      {...(now === undefined ? {} : { value: now })}
      onChange={choose}
    />
  );
}
