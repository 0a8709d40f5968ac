import { Tooltip } from "antd";
import { type ReadTerm, withTerms } from "./terms";
import styles from "./WizardResult.module.css";

/** A sentence whose technical terms say what they mean, to the pointer and to the keyboard. */
export function Sentence({ text, terms }: { text: string; terms: readonly ReadTerm[] }) {
  return withTerms(text, terms).map((part) =>
    typeof part === "string" ? (
      part
    ) : (
      <Tooltip key={part.text} title={part.meaning} trigger={["hover", "focus"]}>
        <button type="button" className={styles.term}>
          {part.text}
        </button>
      </Tooltip>
    ),
  );
}
