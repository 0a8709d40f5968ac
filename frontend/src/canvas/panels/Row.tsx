import { Tooltip } from "antd";
import { type ReactNode, useId } from "react";
import styles from "./Row.module.css";

interface RowProps {
  label: string;
  help?: string;
  /** Something is wrong with it. */
  error?: string | null;
  /** Gets the id that the label points to. */
  children: (id: string) => ReactNode;
  /** The control stands at the right of its label. */
  inline?: boolean;
}

/** A labelled control of a panel, in the look of the generated forms. */
export function Row({ label, help, error, children, inline = false }: RowProps) {
  const id = useId();
  return (
    <div className={inline ? `${styles.row} ${styles.inline}` : styles.row}>
      <label htmlFor={id} className={styles.label}>
        {help ? (
          <Tooltip title={help} placement="left">
            <span className={styles.helped}>{label}</span>
          </Tooltip>
        ) : (
          label
        )}
      </label>
      {children(id)}
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
