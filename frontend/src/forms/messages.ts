import i18next, { type TFunction } from "i18next";
import type { Finding } from "./check";
import type { FieldProblem } from "./spec";

/** What the browser finds by itself while one types, in the user's language. */
export function findingText(t: TFunction<"forms">, { verdict, keyword, limit }: Finding): string {
  if (verdict !== "invalid") return t(`verdict.${verdict}`);
  const value = typeof limit === "object" ? JSON.stringify(limit) : String(limit);
  switch (keyword) {
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
    case "multipleOf":
    case "minItems":
    case "maxItems":
    case "minProperties":
    case "maxProperties":
    case "maxLength":
    case "pattern":
      return Number(limit) === 1 && keyword.startsWith("min") && keyword !== "minimum"
        ? t("invalid.empty")
        : t(`invalid.${keyword}`, { limit: value });
    case "minLength":
      return limit === 1 ? t("invalid.empty") : t("invalid.minLength", { limit: value });
    case "uniqueItems":
    case "enum":
      return t(`invalid.${keyword}`);
    case "const":
      return t("invalid.const", { limit: value });
    case "type":
      return typeText(t, limit);
    default:
      return t("invalid.other");
  }
}

function typeText(t: TFunction<"forms">, types: unknown): string {
  const [only, ...others] = [types].flat().filter((type) => type !== "null");
  switch (others.length === 0 ? only : undefined) {
    case "integer":
      return t("invalid.integer");
    case "number":
      return t("invalid.number");
    case "string":
      return t("invalid.string");
    case "boolean":
      return t("invalid.boolean");
    case "array":
      return t("invalid.array");
    default:
      return t("invalid.type");
  }
}

const MOST = 6;

/** What only the server finds, in the user's language where its code is known; else as it says it. */
export function problemText(t: TFunction<"forms">, { code, message, value, allowed, texts }: FieldProblem): string {
  switch (code) {
    case "column_missing":
    case "column_kind":
      return t(`problem.${code}`, { value: String(value) });
    case "missing":
    case "hidden":
    case "unknown":
      return t(`verdict.${code}`);
    case "expression":
      return t("problem.expression", { message: texts?.[i18next.language] ?? message.replace(/^[\w.]+: /, "") });
    case "invalid": {
      const choices = Array.isArray(allowed) ? allowed : [];
      if (choices.length === 0) return t("problem.invalid", { message });
      const shown = choices.slice(0, MOST).map(String).join(", ");
      return t("problem.allowed", { value: shown + (choices.length > MOST ? ", …" : "") });
    }
    case "secret_unknown":
      return t("problem.secret_unknown", { value: String(value) });
    case "flow_param_unknown":
      return t("problem.flow_param_unknown", { value: String(value) });
    case "flow_param_missing":
      return t("problem.flow_param_missing");
    default:
      return message;
  }
}
