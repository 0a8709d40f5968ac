import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/**
 * Titles, axes and names of metrics come from operators, which write English. What is common in the trade is said in the
 * person's language, what is not stays as it is.
 */
export function useWords(): (text: string) => string {
  const { i18n } = useTranslation("charts");
  const language = i18n.language;
  return useCallback(
    (text) => {
      const words: unknown = i18n.getResource(language, "charts", "words");
      return translated(text, isTexts(words) ? words : {});
    },
    [i18n, language],
  );
}

/** Names of metrics, which are written like `false_alarm_rate`. */
export function useMetricName(): (name: string) => string {
  const word = useWords();
  const { t } = useTranslation("charts");
  return useCallback(
    (name) => {
      if (word(name) !== name) return word(name);
      for (const prefix of ["training", "validation", "best"] as const) {
        if (name.startsWith(`${prefix}_`)) return t(prefix, { name: metricName(name.slice(prefix.length + 1), word) });
      }
      for (const suffix of ["best", "worst"] as const) {
        if (name.endsWith(`_${suffix}`))
          return t(suffix, { name: metricName(name.slice(0, -suffix.length - 1), word) });
      }
      return metricName(name, word);
    },
    [word, t],
  );
}

function metricName(name: string, word: (text: string) => string): string {
  const known = word(name);
  return known === name ? name.replaceAll("_", " ") : known;
}

type Texts = { [text: string]: string };

function isTexts(value: unknown): value is Texts {
  return typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");
}

/** What stands for a name that the operator has put into its words: "Scores by *". */
const ANY = "*";

export function translated(text: string, words: Texts): string {
  if (Object.hasOwn(words, text)) return words[text] ?? text;
  // Two runs in one chart: "A #7 · recall".
  if (text.includes(" · "))
    return text
      .split(" · ")
      .map((part) => translated(part, words))
      .join(" · ");
  for (const [pattern, translation] of Object.entries(words)) {
    const [before, after] = pattern.split(ANY);
    if (before === undefined || after === undefined) continue;
    if (text.length > before.length + after.length && text.startsWith(before) && text.endsWith(after)) {
      const name = text.slice(before.length, text.length - after.length);
      return translation.replace(ANY, () => translated(name, words));
    }
  }
  return text;
}
