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
      for (const prefix of ["training", "best"] as const) {
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

export function translated(text: string, words: Texts): string {
  return Object.hasOwn(words, text) ? (words[text] ?? text) : text;
}
