import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conditions } from "../model/document";
import styles from "./ControlForm.module.css";
import { type Comparison, comparisons, conditionsOf, OPERATIONS, readValue, valueText } from "./conditions";

interface ConditionRowsProps {
  when: Conditions;
  disabled: boolean;
  onChange: (when: Conditions) => void;
  /** Without it, the last line cannot be taken away. */
  onRemove?: () => void;
}

/** Conditions on the fields of a value; all of them must hold. */
export function ConditionRows({ when, disabled, onChange, onRemove }: ConditionRowsProps) {
  const { t } = useTranslation("canvas");
  const list = comparisons(when);
  const put = (at: number, change: Partial<Comparison>) =>
    onChange(conditionsOf(list.map((one, index) => (index === at ? { ...one, ...change } : one))));
  const remove = (at: number) => {
    if (list.length === 1) onRemove?.();
    else onChange(conditionsOf(list.filter((_, index) => index !== at)));
  };
  const add = () => onChange({ ...when, [freeField(when)]: { minimum: 0 } });
  return (
    <div className={styles.conditions}>
      {list.map((comparison, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name of a line changes while it is typed
        <div key={at} className={styles.condition}>
          <FieldName
            name={comparison.field}
            taken={list.filter((_, index) => index !== at).map(({ field }) => field)}
            disabled={disabled}
            onChange={(field) => put(at, { field })}
          />
          <Select
            size="small"
            aria-label={t("panels.control.operation")}
            disabled={disabled}
            value={comparison.operation}
            options={OPERATIONS.map((value) => ({ value, label: t(`panels.control.operations.${value}`) }))}
            onChange={(operation) => put(at, changedOperation(comparison, operation))}
          />
          <ComparedValue comparison={comparison} disabled={disabled} onChange={(value) => put(at, { value })} />
          <Button
            size="small"
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t("panels.control.removeCondition")}
            disabled={disabled || (list.length === 1 && !onRemove)}
            onClick={() => remove(at)}
          />
        </div>
      ))}
      <Button size="small" type="link" icon={<PlusOutlined />} disabled={disabled} onClick={add} className={styles.add}>
        {t("panels.control.addCondition")}
      </Button>
    </div>
  );
}

function freeField(when: Conditions): string {
  let number = 1;
  while (`field_${number}` in when) number++;
  return "value" in when ? `field_${number}` : "value";
}

function changedOperation(before: Comparison, operation: Comparison["operation"]): Partial<Comparison> {
  if (operation === "schema") {
    const schema = conditionsOf([before])[before.field];
    return { operation, value: schema };
  }
  const text = before.operation === "schema" ? "0" : valueText(before);
  return { operation, value: (readValue(operation, text) ?? { value: 0 }).value };
}

interface FieldNameProps {
  name: string;
  taken: readonly string[];
  disabled: boolean;
  onChange: (name: string) => void;
}

/** Kept when it is left, so that a name that is only half typed never replaces another line. */
function FieldName({ name, taken, disabled, onChange }: FieldNameProps) {
  const { t } = useTranslation("canvas");
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  const isWrong = !text || taken.includes(text);
  return (
    <Input
      size="small"
      value={text}
      disabled={disabled}
      placeholder={t("panels.control.conditionFieldHint")}
      aria-label={t("panels.control.conditionField")}
      {...(isWrong && { status: "error" as const })}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => (isWrong ? setText(name) : text !== name && onChange(text))}
      onPressEnter={(event) => event.currentTarget.blur()}
    />
  );
}

interface ComparedValueProps {
  comparison: Comparison;
  disabled: boolean;
  onChange: (value: unknown) => void;
}

function ComparedValue({ comparison, disabled, onChange }: ComparedValueProps) {
  const { t } = useTranslation("canvas");
  const shown = valueText(comparison);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const read = readValue(comparison.operation, text);
  const isSchema = comparison.operation === "schema";
  return (
    <Input
      size="small"
      value={text}
      disabled={disabled}
      aria-label={t(isSchema ? "panels.control.schema" : "panels.control.value")}
      {...(!read && { status: "error" as const })}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => (read ? text !== shown && onChange(read.value) : setText(shown))}
      onPressEnter={(event) => event.currentTarget.blur()}
    />
  );
}
