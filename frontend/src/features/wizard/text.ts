import { isRecord } from "../../forms/spec";
import type { Text } from "../../lib/localize";

/** A text of an operator's JSON; `useLocalize` (lib/localize) chooses its language. What is no text is none. */
export function readText(raw: unknown): Text {
  if (typeof raw === "string") return raw;
  if (!isRecord(raw)) return null;
  const texts = Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return texts.length > 0 ? Object.fromEntries(texts) : null;
}

/** A list of an operator's JSON; what is no list is empty. */
export function readList<Item>(raw: unknown, read: (item: Record<string, unknown>) => Item): Item[] {
  return Array.isArray(raw) ? raw.filter(isRecord).map(read) : [];
}

export function readTexts(raw: unknown): Text[] {
  return Array.isArray(raw) ? raw.map(readText) : [];
}
