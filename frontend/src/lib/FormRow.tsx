import type { ReactNode } from "react";
import styles from "./FormRow.module.css";

/** Three short fields of a form side by side, so that its buttons stay in sight. */
export function FormRow({ children }: { children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}
