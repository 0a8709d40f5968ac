import { Input } from "antd";
import { usePreferences } from "../../app/preferences";
import { lookOf } from "../look";
import { emptied, type Field, isNullable, specText, typesOf } from "../spec";
import { useDraft } from "../useDraft";
import type { WidgetProps } from "../widget";

/** An emptied field is not set any more; where its default is a text, that it is empty must be said. */
function saysEmpty(field: Field, keepsEmpty: boolean): boolean {
  const mayBeEmpty = typesOf(field).includes("string") && !field.minLength && !field.pattern;
  return mayBeEmpty && !isNullable(field) && (keepsEmpty || (field.default !== undefined && field.default !== ""));
}

function useText({ field, value, onChange, keepsEmpty = false }: WidgetProps) {
  const { text, type, leave } = useDraft(typeof value === "string" ? value : "", (typed) => {
    onChange(typed !== "" || saysEmpty(field, keepsEmpty) ? typed : emptied(field));
    return true;
  });
  return { value: text, onChange: (event: { target: { value: string } }) => type(event.target.value), onBlur: leave };
}

export function TextWidget(props: WidgetProps) {
  const language = usePreferences((preferences) => preferences.language);
  const unit = specText(props.spec, props.field["x-unit"], language);
  return <Input {...lookOf(props)} {...useText(props)} {...(unit && { suffix: unit })} />;
}

export function TextAreaWidget(props: WidgetProps) {
  return <Input.TextArea {...lookOf(props)} {...useText(props)} autoSize={{ minRows: 3, maxRows: 12 }} />;
}

export function PasswordWidget(props: WidgetProps) {
  return <Input.Password {...lookOf(props)} {...useText(props)} autoComplete="new-password" />;
}
