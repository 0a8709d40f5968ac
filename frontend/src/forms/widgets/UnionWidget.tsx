import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../forms.module.css";
import { isNullable, typesOf } from "../spec";
import type { WidgetProps } from "../widget";
import { NumberWidget } from "./NumberWidgets";
import { SwitchWidget } from "./SwitchWidget";
import { TextWidget } from "./TextWidgets";

const WIDGETS = { number: NumberWidget, string: TextWidget, boolean: SwitchWidget, null: Nothing } as const;
type Kind = keyof typeof WIDGETS;

/** A number, a text, yes or no, or nothing: whichever one chooses. */
export function UnionWidget(props: WidgetProps) {
  const { label, field, value, onChange, disabled, isSmall } = props;
  const { t } = useTranslation("forms");
  const types = typesOf(field);
  const kinds: Kind[] = [
    ...(types.includes("number") || types.includes("integer") ? (["number"] as const) : []),
    ...(types.includes("string") ? (["string"] as const) : []),
    ...(types.includes("boolean") ? (["boolean"] as const) : []),
    ...(isNullable(field) ? (["null"] as const) : []),
  ];
  const [chosen, setChosen] = useState<Kind>(kinds[0] ?? "string");
  const given = kindOf(value);
  // Another kind than the value's can be chosen before there is a value of that kind.
  const kind = given ?? chosen;
  const Widget = WIDGETS[kind];
  const sizes = isSmall ? ({ size: "small" } as const) : {};
  return (
    <div className={styles.union}>
      <Select<Kind>
        {...sizes}
        aria-label={t("typeOf", { label })}
        className={styles.unionKind ?? ""}
        popupMatchSelectWidth={false}
        options={kinds.map((name) => ({ value: name, label: t(`union.${name}`) }))}
        value={kind}
        onChange={(next) => {
          setChosen(next);
          onChange(converted(value, next));
        }}
        disabled={disabled}
      />
      <div className={styles.grow}>
        <Widget key={kind} {...props} keepsEmpty />
      </div>
    </div>
  );
}

function Nothing() {
  return null;
}

function kindOf(value: unknown): Kind | null {
  if (value === null) return "null";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : null;
}

/** The same value as another type, where it has one. */
function converted(value: unknown, kind: Kind): unknown {
  switch (kind) {
    case "null":
      return null;
    case "boolean":
      return value === "true" || value === true;
    case "string":
      return value === undefined || value === null ? "" : String(value);
    case "number": {
      const number = Number(value);
      return value === "" || typeof value !== "string" || Number.isNaN(number) ? undefined : number;
    }
  }
}
