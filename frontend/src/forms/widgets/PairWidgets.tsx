import { ArrowRightOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../forms.module.css";
import { type Field, isRecord, typesOf } from "../spec";
import type { WidgetProps } from "../widget";
import { ColumnWidget } from "./ColumnWidgets";
import { TextWidget } from "./TextWidgets";
import { UnionWidget } from "./UnionWidget";

const VALUE: Field = { type: "string" };

/** Names with values. A name that is not complete, or there twice, waits until it is before it counts. */
export function KeyValueWidget(props: WidgetProps) {
  const field = isRecord(props.field.additionalProperties) ? (props.field.additionalProperties as Field) : VALUE;
  const isText = typesOf(field).filter((type) => type !== "null").length <= 1;
  return <Pairs {...props} valueField={field} Key={KeyInput} Value={isText ? TextWidget : UnionWidget} />;
}

/** Columns with new names. */
export function RenameWidget(props: WidgetProps) {
  return <Pairs {...props} valueField={VALUE} Key={ColumnWidget} Value={TextWidget} />;
}

function KeyInput({ id, label, value, onChange, disabled, isInvalid }: WidgetProps) {
  return (
    <Input
      id={id}
      aria-label={label}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => onChange(event.target.value)}
      disabled={disabled}
      {...(isInvalid ? { status: "error" as const } : {})}
    />
  );
}

interface PairsProps extends WidgetProps {
  valueField: Field;
  Key: (props: WidgetProps) => React.ReactNode;
  Value: (props: WidgetProps) => React.ReactNode;
}

interface Pair {
  row: number;
  name: string;
  value: unknown;
}

const EMPTY_COLUMN: Field = { type: "string", default: "" };
let rows = 0;

const pairsOf = (value: unknown): Pair[] =>
  Object.entries(isRecord(value) ? value : {}).map(([name, each]) => ({ row: ++rows, name, value: each }));

const objectOf = (pairs: readonly Pair[]): Record<string, unknown> =>
  Object.fromEntries(
    pairs.filter(({ name, value }) => name !== "" && value !== undefined).map(({ name, value }) => [name, value]),
  );

function Pairs({ valueField, Key, Value, ...props }: PairsProps) {
  const { id, label, field, value, onChange, disabled } = props;
  const { t } = useTranslation("forms");
  const [pairs, setPairs] = useState(() => pairsOf(value));
  // What comes from outside replaces the rows; what these rows have said themselves does not.
  const shown =
    JSON.stringify(objectOf(pairs)) === JSON.stringify(isRecord(value) ? value : {}) ? pairs : pairsOf(value);
  const set = (next: Pair[]) => {
    setPairs(next);
    onChange(objectOf(next));
  };
  const source = field["x-source"];
  const keyField: Field = source ? { ...EMPTY_COLUMN, "x-source": source } : EMPTY_COLUMN;
  return (
    <div className={styles.items}>
      {shown.map((pair, index) => {
        const put = (change: Partial<Pair>) =>
          set(shown.map((old) => (old.row === pair.row ? { ...old, ...change } : old)));
        const isTwice = shown.some((other) => other.row !== pair.row && other.name === pair.name);
        const number = index + 1;
        return (
          <div key={pair.row} className={styles.pair}>
            <Key
              {...props}
              id={`${id}-key-${pair.row}`}
              label={t("keyOf", { label, number })}
              field={keyField}
              value={pair.name}
              onChange={(name) => put({ name: typeof name === "string" ? name : "" })}
              isInvalid={isTwice}
            />
            <ArrowRightOutlined />
            <Value
              {...props}
              id={`${id}-value-${pair.row}`}
              label={t("valueOf", { label, number })}
              field={valueField}
              value={pair.value}
              onChange={(each) => put({ value: each })}
              isInvalid={false}
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
        );
      })}
      {!disabled && (
        <Button
          id={id}
          type="dashed"
          block
          icon={<PlusOutlined />}
          onClick={() => setPairs([...shown, { row: ++rows, name: "", value: undefined }])}
        >
          {t("addItem")}
        </Button>
      )}
    </div>
  );
}
