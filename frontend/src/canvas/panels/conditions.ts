import type { Conditions } from "../model/document";
import { isObject } from "../saving/same";

/** The comparisons that have a field of their own; everything else is edited as JSON Schema. */
export const OPERATIONS = [
  "minimum",
  "exclusiveMinimum",
  "maximum",
  "exclusiveMaximum",
  "const",
  "enum",
  "schema",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One line of a condition: a field of the value, compared. */
export interface Comparison {
  field: string;
  operation: Operation;
  /** What is compared with; of `schema` the schema itself. */
  value: unknown;
}

export function comparisons(when: Conditions): Comparison[] {
  return Object.entries(when).map(([field, schema]) => {
    const entries = isObject(schema) ? Object.entries(schema) : [];
    const [only] = entries;
    const operation =
      entries.length === 1 ? OPERATIONS.find((one) => one === only?.[0] && one !== "schema") : undefined;
    return operation ? { field, operation, value: only?.[1] } : { field, operation: "schema", value: schema };
  });
}

/** The same as the document holds it. Of two lines for one field the later one counts. */
export function conditionsOf(list: readonly Comparison[]): Conditions {
  return Object.fromEntries(
    list.map(({ field, operation, value }) => [
      field,
      operation === "schema" ? (isObject(value) || typeof value === "boolean" ? value : {}) : { [operation]: value },
    ]),
  );
}

/** What stands in the field of a comparison. */
export function valueText({ operation, value }: Comparison): string {
  if (operation === "schema") return JSON.stringify(value);
  if (operation === "enum" && Array.isArray(value)) return value.map(scalarText).join(", ");
  return value === undefined ? "" : scalarText(value);
}

/** What a text stands for; null: it stands for nothing that this operation could compare with. */
export function readValue(operation: Operation, text: string): { value: unknown } | null {
  switch (operation) {
    case "schema":
      try {
        const value: unknown = JSON.parse(text);
        return isObject(value) && !Array.isArray(value) ? { value } : null;
      } catch {
        return null;
      }
    case "enum":
      return {
        value: text
          .split(",")
          .map((part) => scalar(part.trim()))
          .filter((part) => part !== ""),
      };
    case "const":
      return { value: scalar(text.trim()) };
    default: {
      const value = Number(text);
      return text.trim() && Number.isFinite(value) ? { value } : null;
    }
  }
}

function scalar(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  const isNumber = text !== "" && Number.isFinite(Number(text));
  if (isNumber) return Number(text);
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}

/** A text that reads like something else stands in quotes. */
function scalarText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  return scalar(value) === value ? value : `"${value}"`;
}
