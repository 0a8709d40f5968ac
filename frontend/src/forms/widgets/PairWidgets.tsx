import { ArrowRightOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ComponentType, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../forms.module.css";
import { type Field, isRecord } from "../spec";
import { within } from "../troubles";
import type { WidgetProps } from "../widget";
import { kindOf } from "../widgetOf";
import { ColumnWidget } from "./ColumnWidget";
import { TextWidget } from "./TextWidgets";

const TEXT: Field = { type: "string" };

/** Names with values. */
export function KeyValueWidget(props: WidgetProps) {
  return <Pairs {...props} Key={props.field["x-source"] ? ColumnWidget : TextWidget} />;
}

/** Columns with new names. */
export function RenameWidget(props: WidgetProps) {
  return <Pairs {...props} Key={ColumnWidget} />;
}

interface Pair {
  row: number;
  name: string;
  value: unknown;
}

let rows = 0;

const pairsOf = (value: unknown): Pair[] =>
  Object.entries(isRecord(value) ? value : {}).map(([name, each]) => ({ row: ++rows, name, value: each }));

/** A row that is not complete, or whose name is there before, waits until it is before it counts. */
function objectOf(pairs: readonly Pair[]): Record<string, unknown> {
  const complete = pairs.filter(({ name, value }) => name !== "" && value !== undefined);
  return Object.fromEntries(complete.toReversed().map(({ name, value }) => [name, value]));
}

const sameText = (value: unknown) => JSON.stringify(Object.entries(isRecord(value) ? value : {}).toSorted());

function Pairs({ Key, ...props }: WidgetProps & { Key: ComponentType<WidgetProps> }) {
  const { id, label, field, value, onChange, disabled, troubles } = props;
  const { t } = useTranslation("forms");
  const [pairs, setPairs] = useState(() => pairsOf(value));
  const valueField = typeof field.additionalProperties === "object" ? field.additionalProperties : TEXT;
  const valueKind = kindOf(valueField, true);
  // What comes from outside replaces the rows; what these rows have said themselves does not.
  const shown = sameText(objectOf(pairs)) === sameText(value) ? pairs : pairsOf(value);
  const set = (next: Pair[]) => {
    setPairs(next);
    const before = sameText(value);
    const object = Object.fromEntries(Object.entries(objectOf(next)).toReversed());
    if (sameText(object) !== before) onChange(object);
  };
  const source = field["x-source"];
  const keyField: Field = source ? { ...TEXT, "x-source": source } : TEXT;
  const start = valueField.default ?? (valueField.enum ? valueField.enum[0] : undefined);
  return (
    <div className={styles.items}>
      {shown.map((pair, index) => {
        const put = (change: Partial<Pair>) =>
          set(shown.map((old) => (old.row === pair.row ? { ...old, ...change } : old)));
        const isTwice = pair.name !== "" && shown.findIndex(({ name }) => name === pair.name) !== index;
        const number = index + 1;
        const told = pair.name === "" ? [] : within(troubles, pair.name);
        const small = { ...props, isSmall: true, isInvalid: false, troubles: told };
        return (
          <div key={pair.row}>
            <div className={styles.pair}>
              <Key
                {...small}
                id={`${id}-key-${pair.row}`}
                label={t("keyOf", { label, number })}
                field={keyField}
                value={pair.name}
                onChange={(name) => put({ name: typeof name === "string" ? name : "" })}
                isInvalid={isTwice}
              />
              <ArrowRightOutlined className={styles.arrow ?? ""} />
              <valueKind.Widget
                {...small}
                id={`${id}-value-${pair.row}`}
                label={t("valueOf", { label, number })}
                field={valueField}
                value={pair.value}
                onChange={(each) => put({ value: each })}
                isInvalid={told.length > 0}
                keepsEmpty
              />
              {!disabled && (
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  aria-label={t("removeItem", { number })}
                  onClick={() => set(shown.filter(({ row }) => row !== pair.row))}
                />
              )}
            </div>
            {isTwice && <p className={styles.error}>{t("twice", { name: pair.name })}</p>}
          </div>
        );
      })}
      {!disabled && (
        <Button
          id={id}
          aria-label={t("addTo", { label })}
          type="dashed"
          block
          icon={<PlusOutlined />}
          onClick={() => setPairs([...shown, { row: ++rows, name: "", value: start }])}
        >
          {t("addItem")}
        </Button>
      )}
    </div>
  );
}
