import { isRecord } from "../forms/spec";
import type { Text } from "./localize";

/** A text within JSON of an operator or a document; what is no text is none. */
export function readText(raw: unknown): Text {
  if (typeof raw === "string") return raw;
  if (!isRecord(raw)) return null;
  const texts = Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return texts.length > 0 ? Object.fromEntries(texts) : null;
}
