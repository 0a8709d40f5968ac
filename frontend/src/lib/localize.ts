import { usePreferences } from "../app/preferences";

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
