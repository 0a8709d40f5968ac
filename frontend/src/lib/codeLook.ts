import type { Extension } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";

const THEME = EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "var(--surface)", color: "var(--ink)", maxHeight: "320px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace', lineHeight: "18px" },
  ".cm-content": { caretColor: "var(--ink)", padding: "7px 0", minHeight: "32px" },
  ".cm-line": { padding: "0 11px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft)",
  },
  // The editor's own colours are for white paper only: ours take their place.
  ".cm-line span": { color: "inherit" },
  ".cm-line .code-word": { color: "var(--model) !important" },
  ".cm-line .code-text": { color: "var(--deploy) !important" },
  ".cm-line .code-number": { color: "var(--eval) !important" },
  ".cm-line .code-comment": { color: "var(--ink-faint) !important", fontStyle: "italic" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    overflow: "hidden",
    boxShadow: "0 6px 20px var(--shadow)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "220px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--accent-ink)",
  },
  ".cm-completionDetail": { color: "var(--ink-faint)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
});

const WORDS = {
  python:
    "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return True try while with yield",
  sql: "all and as asc between by case cast desc distinct else end exists false from full group having in inner is join left like limit not null offset on or order outer over partition right select then true union using when where with",
  json: "true false null",
} as const;

export type CodeLanguage = keyof typeof WORDS;

const COMMENTS = { python: "#.*", sql: "--.*", json: "(?!)" } as const;
const TEXT = `'(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*"`;
const NUMBER = "\\b\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?\\b";

/** What a piece of code is, by the group of the pattern that found it. */
const MARKS = ["code-comment", "code-text", "code-number", "code-word"].map((name) => Decoration.mark({ class: name }));

function colours(language: CodeLanguage): Extension {
  const words = `\\b(?:${WORDS[language].replaceAll(" ", "|")})\\b`;
  const pattern = `(${COMMENTS[language]})|(${TEXT})|(${NUMBER})|(${words})`;
  const decorator = new MatchDecorator({
    regexp: new RegExp(pattern, language === "sql" ? "gi" : "g"),
    decoration: (match) => MARKS[match.slice(1).findIndex((group) => group !== undefined)] ?? null,
  });
  return ViewPlugin.define<{ marks: DecorationSet; update: (update: ViewUpdate) => void }>(
    (view) => ({
      marks: decorator.createDeco(view),
      update(update) {
        this.marks = decorator.updateDeco(update, this.marks);
      },
    }),
    { decorations: ({ marks }) => marks },
  );
}

/** How code looks, in the light and in the dark. */
export function codeLook(language: CodeLanguage): Extension {
  return [THEME, colours(language)];
}
