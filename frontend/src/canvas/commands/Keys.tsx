import styles from "./Keys.module.css";
import { keyParts } from "./keys";

/** A shortcut as keys are drawn. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className={styles.keys}>
      {keyParts(keys).map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </span>
  );
}
