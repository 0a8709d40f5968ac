import { lazy, Suspense } from "react";
import styles from "../forms.module.css";
import { useDraft } from "../useDraft";
import type { WidgetProps } from "../widget";
import { TextAreaWidget } from "./TextWidgets";

const CodeEditor = lazy(() => import("../../lib/CodeEditor"));

/** Python, SQL, or an expression over columns, which are completed while one types. */
export function CodeWidget(props: WidgetProps) {
  const { id, label, field, value, onChange, disabled, columns } = props;
  const { draft, type, commit } = useDraft(typeof value === "string" ? value : "", (text: string) =>
    onChange(text || undefined),
  );
  const widget = field["x-widget"];
  const names = widget === "expression" ? (columns(field["x-source"]?.input ?? "table") ?? []) : [];
  return (
    <Suspense fallback={<TextAreaWidget {...props} />}>
      <div className={styles.editor}>
        <CodeEditor
          id={id}
          label={label}
          language={widget === "code" ? "python" : "sql"}
          isExpression={widget === "expression"}
          value={draft}
          onChange={type}
          onBlur={commit}
          readOnly={disabled}
          columns={names}
        />
      </div>
    </Suspense>
  );
}
