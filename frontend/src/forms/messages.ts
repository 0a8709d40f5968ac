import type { TFunction } from "i18next";
import type { Finding } from "./check";
import type { FieldProblem } from "./SchemaForm";

/** What the browser finds by itself while one types, in the user's language. */
export function findingText(t: TFunction<"forms">, { verdict, keyword, limit }: Finding): string {
  if (verdict !== "invalid") return t(`verdict.${verdict}`);
  const value = typeof limit === "object" ? JSON.stringify(limit) : String(limit);
  switch (keyword) {
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
    case "minItems":
    case "maxItems":
    case "maxLength":
    case "pattern":
      return t(`invalid.${keyword}`, { limit: value });
    case "minLength":
      return limit === 1 ? t("invalid.empty") : t("invalid.minLength", { limit: value });
    case "minProperties":
      return t("invalid.empty");
    case "uniqueItems":
    case "enum":
    case "type":
      return t(`invalid.${keyword}`);
    default:
      return t("invalid.other");
  }
}

/** What only the server finds: columns and expressions. Other codes it has in common with `check`. */
const SERVER_CODES = ["column_missing", "column_kind"] as const;

export function problemText(t: TFunction<"forms">, problem: FieldProblem): string {
  const code = SERVER_CODES.find((known) => known === problem.code);
  return code ? t(`problem.${code}`, { value: String(problem.value) }) : problem.message;
}

const FOUND_HERE = new Set(["missing", "invalid", "hidden", "unknown"]);

/** The server's problems of one field that the browser does not find itself. */
export function serverProblems(problems: readonly FieldProblem[], name: string): FieldProblem[] {
  const prefix = `params.${name}`;
  return problems.filter(
    ({ field, code }) =>
      !FOUND_HERE.has(code) && field !== null && (field === prefix || field.startsWith(`${prefix}.`)),
  );
}
