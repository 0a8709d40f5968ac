import { autocompletion, type Completion, type CompletionContext } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";

export interface CompletedColumn {
  readonly name: string;
  readonly type: string;
}

/** What expressions may call; the server checks them (docs/operators.md). */
const FUNCTIONS =
  "abs ceil coalesce concat contains day dayofweek ends_with exp floor greatest hour if isnan least length ln log10 log2 lower minute month nullif power quarter regexp_matches replace round sign sqrt starts_with substring trim upper year".split(
    " ",
  );
const WORDS = ["AND", "OR", "NOT", "IN", "IS NULL", "IS NOT NULL", "BETWEEN", "LIKE", "CASE WHEN", "TRUE", "FALSE"];

/** Completes columns, functions and words of an expression. */
export function expressionCompletion(columns: () => readonly CompletedColumn[]): Extension {
  return autocompletion({ icons: false, override: [(context) => completions(context, columns())] });
}

function completions(context: CompletionContext, columns: readonly CompletedColumn[]) {
  // A name in double quotes may hold blanks; within quotes only columns make sense.
  const quoted = context.matchBefore(/"[^"]*/);
  const word = quoted ?? context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*/u);
  if (!word && !context.explicit) return null;
  const own: Completion[] = columns.map(({ name, type }) => ({
    label: quoted ? quotedName(name) : name,
    displayLabel: name,
    apply: quoted ? quotedName(name) : nameOf(name),
    type: "property",
    detail: type,
    boost: 1,
  }));
  if (quoted) return { from: quoted.from, options: own };
  const others: Completion[] = [
    ...FUNCTIONS.map((name) => ({ label: name, apply: `${name}(`, type: "function" })),
    ...WORDS.map((label) => ({ label, type: "keyword" })),
  ];
  return { from: word?.from ?? context.pos, options: [...own, ...others] };
}

const quotedName = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** As it stands in an expression. */
export function nameOf(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) && !RESERVED.has(name.toLowerCase()) ? name : quotedName(name);
}

const RESERVED = new Set("and or not in is null between like case when then else end true false".split(" "));
