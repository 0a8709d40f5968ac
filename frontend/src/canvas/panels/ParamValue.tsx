import { Input, InputNumber, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowParam } from "../model/document";
import { fieldText, readField } from "../run/flowParams";

interface ParamValueProps {
  id: string;
  type: FlowParam["type"];
  /** undefined: none. */
  value: unknown;
  placeholder?: string;
  disabled?: boolean;
  onChange: (value: unknown) => void;
}

/** A value of a param's type. Lists and objects are JSON; a list of words needs no brackets. */
export function ParamValue({ id, type, value, placeholder, disabled = false, onChange }: ParamValueProps) {
  const { t } = useTranslation("canvas");
  const shared = { id, disabled, ...(placeholder !== undefined && { placeholder }) };
  switch (type) {
    case "string":
      return (
        <Input
          {...shared}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "integer":
    case "number":
      return (
        <InputNumber<number>
          {...shared}
          style={{ width: "100%" }}
          value={typeof value === "number" ? value : null}
          {...(type === "integer" && { precision: 0 })}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    case "boolean":
      return (
        <Select
          {...shared}
          allowClear
          value={typeof value === "boolean" ? String(value) : undefined}
          options={[
            { value: "true", label: t("panels.flow.yes") },
            { value: "false", label: t("panels.flow.no") },
          ]}
          onChange={(next?: string) => onChange(next === undefined ? undefined : next === "true")}
        />
      );
    default:
      return <JsonValue {...shared} type={type} value={value} onChange={onChange} />;
  }
}

function JsonValue({ id, type, value, placeholder, disabled, onChange }: ParamValueProps) {
  const { t } = useTranslation("canvas");
  const shown = fieldText({ type, default: value });
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const read = text.trim() ? readField({ type }, text) : { value: undefined };
  return (
    <>
      <Input.TextArea
        id={id}
        disabled={disabled ?? false}
        autoSize={{ minRows: 1, maxRows: 8 }}
        value={text}
        {...(placeholder !== undefined && { placeholder })}
        {...("problem" in read && { status: "error" as const })}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => "value" in read && text !== shown && onChange(read.value)}
      />
      {"problem" in read && <small role="alert">{t(`panels.flow.problems.${read.problem}`)}</small>}
    </>
  );
}
