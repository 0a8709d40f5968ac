import { closeBrackets } from "@codemirror/autocomplete";
import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { sql } from "@codemirror/lang-sql";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { minimalSetup } from "codemirror";
import { useEffect, useRef, useState } from "react";
import { type CodeLanguage, codeLook } from "./codeLook";
import { type CompletedColumn, expressionCompletion } from "./expressionCompletion";

interface CodeEditorProps {
  id: string;
  label: string;
  describedBy?: string | undefined;
  /** It takes the place of something that had the focus: keys must not go astray. */
  hasFocus?: boolean;
  language: CodeLanguage;
  /** One expression over columns: they and the functions are completed. */
  isExpression?: boolean;
  columns?: readonly CompletedColumn[];
  value: string;
  onChange: (text: string) => void;
  onBlur: () => void;
  readOnly: boolean;
}

const LANGUAGES = { python: () => python(), sql: () => sql(), json: () => json() } as const;

/** Marks a text that was set, not typed. */
const FROM_OUTSIDE = Annotation.define<boolean>();

/** A code editor. Tab leaves it, as it leaves any other field. */
export default function CodeEditor(props: CodeEditorProps) {
  const { id, label, describedBy, language, isExpression = false, columns = [], value, readOnly } = props;
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const [outer] = useState(() => new Compartment());
  const latest = useRef({ ...props, columns });
  latest.current = { ...props, columns };

  useEffect(() => {
    if (!parent.current) return;
    const extensions: Extension[] = [
      minimalSetup,
      LANGUAGES[language](),
      codeLook(language),
      closeBrackets(),
      EditorView.lineWrapping,
      outer.of([]),
      EditorView.domEventHandlers({ blur: () => latest.current.onBlur() }),
      EditorView.updateListener.of((update) => {
        const isTyped = update.transactions.some((transaction) => transaction.annotation(FROM_OUTSIDE) !== true);
        if (update.docChanged && isTyped) latest.current.onChange(update.state.doc.toString());
      }),
      ...(isExpression ? [expressionCompletion(() => latest.current.columns)] : []),
    ];
    const view = new EditorView({
      parent: parent.current,
      state: EditorState.create({ doc: latest.current.value, extensions }),
    });
    editor.current = view;
    if (latest.current.hasFocus) view.focus();
    return () => view.destroy();
  }, [language, isExpression, outer]);

  // Apart from the editor itself, which would lose the cursor if it were made anew for another text beside it.
  useEffect(() => {
    const attributes = { "aria-label": label, id, ...(describedBy && { "aria-describedby": describedBy }) };
    const extensions = [EditorState.readOnly.of(readOnly), EditorView.contentAttributes.of(attributes)];
    editor.current?.dispatch({ effects: outer.reconfigure(extensions) });
  }, [id, label, describedBy, readOnly, outer]);

  useEffect(() => {
    const view = editor.current;
    if (!view || view.state.doc.toString() === value) return;
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: value },
      annotations: FROM_OUTSIDE.of(true),
    });
  }, [value]);

  return <div ref={parent} />;
}
