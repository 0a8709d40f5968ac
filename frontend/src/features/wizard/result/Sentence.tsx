import { Tooltip } from "antd";
import type { Part } from "./terms";
import styles from "./WizardResult.module.css";

/** A sentence whose technical terms say what they mean, to the pointer and to the keyboard. */
export function Sentence({ parts }: { parts: readonly Part[] }) {
  return parts.map((part) =>
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
