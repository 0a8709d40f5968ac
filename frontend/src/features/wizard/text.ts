import { isRecord } from "../../forms/spec";
import type { Text } from "../../lib/localize";
import { readText } from "../../lib/readText";

/** A list of an operator's JSON; what is no list is empty. */
export function readList<Item>(raw: unknown, read: (item: Record<string, unknown>) => Item): Item[] {
  return Array.isArray(raw) ? raw.filter(isRecord).map(read) : [];
}

export function readTexts(raw: unknown): Text[] {
  return Array.isArray(raw) ? raw.map(readText) : [];
}
