import type { Text } from "../../lib/localize";

/** A param of a flow, as its document declares it. */
export interface FlowParam {
  type: string;
  default?: unknown;
  title?: Text;
  description?: Text;
}

export type FlowParams = Readonly<Record<string, FlowParam>>;

export function needsValue(param: FlowParam): boolean {
  return !("default" in param);
}

/** What stands in the field at first. */
export function fieldText({ type, default: value }: FlowParam): string {
  if (value === undefined || value === null) return "";
  return type === "string" ? String(value) : JSON.stringify(value);
}

export type Read = { value: unknown } | { problem: "needed" | "number" | "integer" | "json" };

/** The value that a text stands for. */
export function readField({ type }: FlowParam, text: string): Read {
  if (type === "string") return { value: text };
  if (!text.trim()) return { problem: "needed" };
  if (type === "boolean") return { value: text === "true" };
  if (type === "integer" || type === "number") {
    const value = Number(text);
    if (!Number.isFinite(value)) return { problem: "number" };
    return type === "integer" && !Number.isInteger(value) ? { problem: "integer" } : { value };
  }
  try {
    const value: unknown = JSON.parse(text);
    const fits =
      type === "array" ? Array.isArray(value) : typeof value === "object" && value !== null && !Array.isArray(value);
    return fits ? { value } : { problem: "json" };
  } catch {
    // A list of words needs no brackets.
    if (type === "array" && !/[[\]{}"]/.test(text))
      return {
        value: text
          .split(",")
          .map((word) => word.trim())
          .filter(Boolean),
      };
    return { problem: "json" };
  }
}
