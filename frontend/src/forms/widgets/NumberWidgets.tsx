import { Input, Slider } from "antd";
import { type CSSProperties, type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import styles from "../forms.module.css";
import { lookOf } from "../look";
import { numberText, parseNumber } from "../numberText";
import { emptied, type Field, specText, typesOf } from "../spec";
import { useDraft } from "../useDraft";
import type { WidgetProps } from "../widget";

/** A number, written as people write numbers; the arrow keys change it. */
export function NumberWidget(props: WidgetProps) {
  const { field, spec, value, onChange, disabled } = props;
  const { t } = useTranslation("forms");
  const language = usePreferences((preferences) => preferences.language);
  const unit = specText(spec, field["x-unit"], language);
  const { text, type, leave, isRefused } = useDraft(typeof value === "number" ? numberText(value) : "", (typed) => {
    const number = parseNumber(typed);
    if (number !== undefined) onChange(number === null ? emptied(field) : number);
    return number !== undefined;
  });
  const now = parseNumber(text);
  const turn = (event: KeyboardEvent) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by || disabled || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const step = stepOf(field, now ?? 0) * (event.shiftKey ? 10 : 1);
    type(numberText(rounded(clamped((now ?? 0) + by * step, field), step)));
  };
  return (
    <>
      <Input
        {...lookOf(props, isRefused)}
        role="spinbutton"
        inputMode="decimal"
        autoComplete="off"
        {...(typeof now === "number" && { "aria-valuenow": now })}
        {...(field.minimum !== undefined && { "aria-valuemin": field.minimum })}
        {...(field.maximum !== undefined && { "aria-valuemax": field.maximum })}
        {...(unit && { suffix: unit })}
        value={text}
        onChange={(event) => type(event.target.value)}
        onBlur={leave}
        onKeyDown={turn}
      />
      {isRefused && <p className={styles.error}>{t(Number.isFinite(Number(text)) ? "tooManyDigits" : "noNumber")}</p>}
    </>
  );
}

/** Whole numbers by one; others by a tenth of their size, so that 0.001 can be turned as well as 100. */
function stepOf(field: Field, now: number): number {
  if (field.multipleOf) return field.multipleOf;
  if (typesOf(field).includes("integer")) return 1;
  const { low, high } = rangeOf(field) ?? {};
  if (low !== undefined && high !== undefined) return (high - low) / 100;
  return now === 0 ? 0.1 : 10 ** Math.floor(Math.log10(Math.abs(now)) - 1);
}

function clamped(number: number, { minimum, maximum }: Field): number {
  return Math.min(maximum ?? number, Math.max(minimum ?? number, number));
}

/** Without the dust of binary fractions. */
function rounded(number: number, step: number): number {
  const places = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(step))));
  return Number(number.toFixed(places));
}

/** The ends of a slider; one that is itself excluded is a step away. */
export function rangeOf(field: Field): { low: number; high: number; step: number } | null {
  const low = field.minimum ?? field.exclusiveMinimum;
  const high = field.maximum ?? field.exclusiveMaximum;
  if (low === undefined || high === undefined || high <= low) return null;
  const step = field.multipleOf ?? (typesOf(field).includes("integer") ? 1 : rounded((high - low) / 100, 1e-6));
  return {
    low: field.minimum === undefined ? rounded(low + step, step) : low,
    high: field.maximum === undefined ? rounded(high - step, step) : high,
    step,
  };
}

/** Words at the ends of a slider stay within its width. */
function markStyle(place: number, { low, high }: { low: number; high: number }): CSSProperties {
  const ends = place === low ? { transform: "none" } : place === high ? { transform: "translateX(-100%)" } : {};
  return { whiteSpace: "nowrap", ...ends };
}

/** A number in a small range: dragged, or typed beside. */
export function SliderWidget(props: WidgetProps) {
  const { field, label, value, onChange, disabled, spec } = props;
  const language = usePreferences((preferences) => preferences.language);
  const [dragged, setDragged] = useState<number | null>(null);
  const range = rangeOf(field);
  if (!range) return <NumberWidget {...props} />;
  const now = dragged ?? (typeof value === "number" ? value : range.low);
  const named = Object.entries(field["x-enum-titles"] ?? {});
  const marks = Object.fromEntries(
    named.map(([place, title]) => [
      place,
      { label: specText(spec, title, language), style: markStyle(Number(place), range) },
    ]),
  );
  return (
    <div className={styles.beside}>
      <Slider
        className={styles.grow ?? ""}
        min={range.low}
        max={range.high}
        step={range.step}
        value={now}
        marks={marks}
        onChange={setDragged}
        onChangeComplete={(number) => {
          setDragged(null);
          if (number !== value) onChange(rounded(number, range.step));
        }}
        disabled={disabled}
        ariaLabelForHandle={label}
        tooltip={{ open: false }}
      />
      <div className={styles.typed}>
        <NumberWidget {...props} value={dragged ?? value} />
      </div>
    </div>
  );
}
