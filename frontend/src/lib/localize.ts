import { usePreferences } from "../app/preferences";
import { isRecord } from "../forms/spec";

/** A text of a flow, spec or catalogue: one for all languages, or one per language. */
export type Text = string | { [language: string]: string } | null | undefined;

export function localized(text: Text, language: string): string {
  if (!text) return "";
  if (typeof text === "string") return text;
  return text[language] ?? text.en ?? Object.values(text)[0] ?? "";
}

export function useLocalize(): (text: Text) => string {
  const language = usePreferences((preferences) => preferences.language);
  return (text) => localized(text, language);
}

/** A text within JSON of an operator or a document; what is no text is none. */
export function readText(raw: unknown): Text {
  if (typeof raw === "string") return raw;
  if (!isRecord(raw)) return null;
  const texts = Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return texts.length > 0 ? Object.fromEntries(texts) : null;
}
