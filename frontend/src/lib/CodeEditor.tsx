import { autocompletion, type Completion, type CompletionContext } from "@codemirror/autocomplete";
import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { sql } from "@codemirror/lang-sql";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { minimalSetup } from "codemirror";
import { useEffect, useRef } from "react";

interface Column {
  readonly name: string;
  readonly type: string;
}

interface CodeEditorProps {
  id: string;
  label: string;
  language: "python" | "sql" | "json";
  /** One expression over columns: they and the functions are completed. */
  isExpression?: boolean;
  columns?: readonly Column[];
  value: string;
  onChange: (text: string) => void;
  onBlur: () => void;
  readOnly: boolean;
}

/** What expressions may call; the server checks them (docs/operators.md). */
const FUNCTIONS =
  "abs ceil coalesce concat contains day dayofweek ends_with exp floor greatest hour if isnan least length ln log10 log2 lower minute month nullif power quarter regexp_matches replace round sign sqrt starts_with substring trim upper year".split(
    " ",
  );
const WORDS = ["AND", "OR", "NOT", "IN", "IS NULL", "IS NOT NULL", "BETWEEN", "LIKE", "CASE WHEN", "TRUE", "FALSE"];

const LANGUAGES = { python: () => python(), sql: () => sql(), json: () => json() } as const;

const THEME = EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "var(--surface)", color: "var(--ink)", maxHeight: "320px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace' },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0", minHeight: "34px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)" },
});

/** A code editor. Tab leaves it, as it leaves any other field. */
export default function CodeEditor({
  id,
  label,
  language,
  isExpression = false,
  columns = [],
  value,
  onChange,
  onBlur,
  readOnly,
}: CodeEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const latest = useRef({ value, onChange, onBlur, columns });
  latest.current = { value, onChange, onBlur, columns };

  useEffect(() => {
    if (!parent.current) return;
    const complete = (context: CompletionContext) => completions(context, latest.current.columns);
    const extensions: Extension[] = [
      minimalSetup,
      LANGUAGES[language](),
      THEME,
      EditorView.lineWrapping,
      EditorState.readOnly.of(readOnly),
      EditorView.contentAttributes.of({ "aria-label": label, id }),
      EditorView.domEventHandlers({ blur: () => latest.current.onBlur() }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) latest.current.onChange(update.state.doc.toString());
      }),
      ...(isExpression ? [autocompletion({ override: [complete] })] : []),
    ];
    const view = new EditorView({
      parent: parent.current,
      state: EditorState.create({ doc: latest.current.value, extensions }),
    });
    editor.current = view;
    return () => view.destroy();
  }, [id, label, language, isExpression, readOnly]);

  useEffect(() => {
    const view = editor.current;
    if (!view || view.hasFocus || view.state.doc.toString() === value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={parent} />;
}

function completions(context: CompletionContext, columns: readonly Column[]) {
  const word = context.matchBefore(/["\w]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const quoted = (name: string) => (/^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
  const options: Completion[] = [
    ...columns.map(({ name, type }) => ({ label: name, apply: quoted(name), type: "property", detail: type })),
    ...FUNCTIONS.map((name) => ({ label: name, apply: `${name}(`, type: "function" })),
    ...WORDS.map((label) => ({ label, type: "keyword" })),
  ];
  return { from: word.from, options };
}
