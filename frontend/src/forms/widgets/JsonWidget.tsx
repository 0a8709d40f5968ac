import { Input } from "antd";
import { useTranslation } from "react-i18next";
import styles from "../forms.module.css";
import { lookOf } from "../look";
import { useDraft } from "../useDraft";
import type { WidgetProps } from "../widget";

/** Any value as JSON: for what has no widget, and for values that do not fit theirs. */
export function JsonWidget(props: WidgetProps) {
  const { value, onChange } = props;
  const { t } = useTranslation("forms");
  const { text, type, leave, isRefused } = useDraft(jsonText(value), (typed) => {
    const read = parsed(typed);
    if (read) onChange(read.value);
    return read !== null;
  });
  return (
    <>
      <Input.TextArea
        {...lookOf(props, isRefused)}
        className={styles.json ?? ""}
        autoSize={{ minRows: 1, maxRows: 12 }}
        spellCheck={false}
        placeholder="JSON"
        value={text}
        onChange={(event) => type(event.target.value)}
        onBlur={leave}
      />
      {isRefused && <p className={styles.error}>{t("noJson")}</p>}
    </>
  );
}

const SHORT = 34;

/** On one line while it fits. */
function jsonText(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length <= SHORT ? text : JSON.stringify(value, null, 1);
}

function parsed(text: string): { value: unknown } | null {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}
