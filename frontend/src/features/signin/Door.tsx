import type { ReactNode } from "react";
import styles from "./Door.module.css";

/** What stands before the product: one card, nothing else. */
export function Door({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <main className={styles.door}>
      <title>{`${title} · Patchbay`}</title>
      <div className={styles.card}>
        <svg viewBox="0 0 24 24" className={styles.logo} aria-hidden="true">
          <path d="M12 2 22 12 12 22 2 12Z" />
        </svg>
        <h1>{title}</h1>
        {about && <p className={styles.about}>{about}</p>}
        {children}
      </div>
    </main>
  );
}
