import { Tooltip } from "antd";
import { createContext, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type ReadTerm, withTerms } from "./terms";
import styles from "./Words.module.css";

const Explains = createContext(false);

/** Within it, `Words` explain technical terms; elsewhere they are plain text. */
export const ExplainTerms = Explains.Provider;

/** Every technical term and its one line, in the language that is read. */
export function useGlossary(): readonly ReadTerm[] {
  const { i18n } = useTranslation("glossary");
  const known: unknown = i18n.getResourceBundle(i18n.language, "glossary");
  return useMemo(() => Object.values((known ?? {}) as Record<string, ReadTerm>), [known]);
}

interface WordsProps {
  text: string;
  /** Meanings that were given before: each is given once. */
  seen?: Set<string>;
}

/** A text whose technical terms say what they mean, to the pointer and to the keyboard. */
export function Words({ text, seen }: WordsProps) {
  const explains = useContext(Explains);
  const terms = useGlossary();
  if (!explains) return text;
  return withTerms(text, terms, seen).map((part) =>
    typeof part === "string" ? (
      part
    ) : (
      <Tooltip key={part.text} title={part.meaning} trigger={["hover", "focus"]}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its meaning is shown to the keyboard, too */}
        <dfn className={styles.term} tabIndex={0}>
          {part.text}
        </dfn>
      </Tooltip>
    ),
  );
}
