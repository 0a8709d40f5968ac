import { useRef } from "react";
import { lateCode, useLateCode } from "../../lib/lateCode";
import styles from "../forms.module.css";
import { emptied } from "../spec";
import { useDraft } from "../useDraft";
import type { WidgetProps } from "../widget";
import { TextAreaWidget } from "./TextWidgets";

const codeEditor = lateCode(async () => (await import("../../lib/CodeEditor")).default);

/** Python, SQL, or an expression over columns, which are completed while one types. */
export function CodeWidget(props: WidgetProps) {
  const { id, label, describedBy, field, value, onChange, disabled, isInvalid, columns } = props;
  const { text, type, leave } = useDraft(typeof value === "string" ? value : "", (typed) => {
    onChange(typed || emptied(field));
    return true;
  });
  const widget = field["x-widget"];
  const isExpression = widget === "expression";
  const { code: CodeEditor } = useLateCode(codeEditor);
  const hasFocus = useRef(false);
  // Until the editor is there, or when it cannot come, text is text.
  if (!CodeEditor) {
    const notes = (has: boolean) => () => {
      hasFocus.current = has;
    };
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: it only notes where the focus is
      <div onFocus={notes(true)} onBlur={notes(false)}>
        <TextAreaWidget {...props} />
      </div>
    );
  }
  return (
    <div className={styles.editor} data-invalid={isInvalid || undefined}>
      <CodeEditor
        id={id}
        label={label}
        describedBy={describedBy}
        hasFocus={hasFocus.current}
        language={widget === "code" ? "python" : "sql"}
        isExpression={isExpression}
        value={text}
        onChange={type}
        onBlur={leave}
        readOnly={disabled}
        columns={isExpression ? (columns(field["x-source"]?.input ?? "table") ?? []) : []}
      />
    </div>
  );
}
