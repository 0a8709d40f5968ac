import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../forms.module.css";
import { typesOf } from "../spec";
import type { WidgetProps } from "../widget";
import { NumberWidget } from "./NumberWidgets";
import { SwitchWidget } from "./SwitchWidget";
import { TextWidget } from "./TextWidgets";

const WIDGETS = { string: TextWidget, number: NumberWidget, boolean: SwitchWidget } as const;
type Kind = keyof typeof WIDGETS;

/** A number, a text or yes/no: whichever one chooses. */
export function UnionWidget(props: WidgetProps) {
  const { label, field, value, onChange, disabled } = props;
  const { t } = useTranslation("forms");
  const types = typesOf(field);
  const kinds = (["number", "string", "boolean"] as const).filter(
    (kind) => types.includes(kind) || (kind === "number" && types.includes("integer")),
  );
  const given = kindOf(value);
  const [chosen, setChosen] = useState<Kind>(given ?? kinds[0] ?? "string");
  const kind = given ?? chosen;
  const Widget = WIDGETS[kind];
  return (
    <div className={styles.items}>
      <Segmented<Kind>
        size="small"
        aria-label={t("typeOf", { label })}
        options={kinds.map((name) => ({ value: name, label: t(`union.${name}`) }))}
        value={kind}
        onChange={(next) => {
          setChosen(next);
          onChange(convert(value, next));
        }}
        disabled={disabled}
      />
      <Widget key={kind} {...props} />
    </div>
  );
}

function kindOf(value: unknown): Kind | null {
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : null;
}

/** The same value as another type, where it has one. */
function convert(value: unknown, kind: Kind): unknown {
  if (kind === "boolean") return value === "true" || value === true;
  if (value === undefined) return undefined;
  if (kind === "string") return String(value);
  const number = Number(value);
  return value === "" || typeof value === "boolean" || Number.isNaN(number) ? undefined : number;
}
