import type { ReactNode } from "react";
import styles from "./Teach.module.css";

/** What an empty list says: what would be here, and how to get there. */
export function Teach({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.teach}>
      {icon && <div className={styles.icon}>{icon}</div>}
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}
