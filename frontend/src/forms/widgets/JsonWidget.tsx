import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../forms.module.css";
import type { WidgetProps } from "../widget";

/** Any value as JSON: for what has no widget, and for values that do not fit theirs. */
export function JsonWidget({ id, label, value, onChange, disabled }: WidgetProps) {
  const { t } = useTranslation("forms");
  const shown = value === undefined ? "" : JSON.stringify(value, null, 1);
  const [text, setText] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const done = () => {
    if (text === null) return;
    try {
      onChange(text.trim() === "" ? undefined : JSON.parse(text));
      setText(null);
      setWrong(false);
    } catch {
      setWrong(true);
    }
  };
  return (
    <>
      <Input.TextArea
        id={id}
        aria-label={label}
        autoSize={{ minRows: 1, maxRows: 12 }}
        spellCheck={false}
        value={text ?? shown}
        onChange={(event) => setText(event.target.value)}
        onBlur={done}
        disabled={disabled}
        {...(isWrong ? { status: "error" as const } : {})}
      />
      {isWrong && <p className={styles.error}>{t("noJson")}</p>}
    </>
  );
}
