import type { Token } from "../theme/tokens";

/** Families of operators, in the order in which a flow uses them. */
export const CATEGORIES = [
  "source",
  "check",
  "clean",
  "shape",
  "feature",
  "model",
  "evaluate",
  "apply",
  "export",
  "code",
] as const;

const COLOURS: Readonly<Record<string, Token>> = {
  source: "source",
  check: "prep",
  clean: "prep",
  shape: "prep",
  feature: "prep",
  model: "model",
  evaluate: "eval",
  apply: "deploy",
  export: "deploy",
};

/** The CSS colour of a family; of unknown ones and of control flow that of code. */
export function categoryColour(category: string): string {
  return `var(--${COLOURS[category] ?? "code"})`;
}
