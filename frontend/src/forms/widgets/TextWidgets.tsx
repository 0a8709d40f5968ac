import { Input } from "antd";
import { useDraft } from "../useDraft";
import type { WidgetProps } from "../widget";

function useText({ value, onChange }: WidgetProps) {
  const { draft, type, commit } = useDraft(typeof value === "string" ? value : "", (text: string) =>
    onChange(text || undefined),
  );
  return {
    value: draft,
    onChange: (event: { target: { value: string } }) => type(event.target.value),
    onBlur: commit,
  };
}

const look = ({ id, disabled, isInvalid, field }: WidgetProps) => ({
  id,
  disabled,
  ...(isInvalid ? { status: "error" as const, "aria-invalid": true } : {}),
  ...(field.maxLength ? { maxLength: field.maxLength } : {}),
});

export function TextWidget(props: WidgetProps) {
  return <Input {...look(props)} {...useText(props)} />;
}

export function TextAreaWidget(props: WidgetProps) {
  return <Input.TextArea {...look(props)} {...useText(props)} autoSize={{ minRows: 3, maxRows: 12 }} />;
}

export function PasswordWidget(props: WidgetProps) {
  return <Input.Password {...look(props)} {...useText(props)} autoComplete="off" />;
}
