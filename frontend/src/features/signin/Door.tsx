import type { ReactNode } from "react";
import { usePreferences } from "../../app/preferences";
import styles from "./Door.module.css";

/** What stands before the product: one card, nothing else. */
export function Door({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const { language, set } = usePreferences();
  const other = language === "en" ? "zh-CN" : "en";
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
        <button type="button" className={styles.language} lang={other} onClick={() => set({ language: other })}>
          {other === "en" ? "English" : "简体中文"}
        </button>
      </div>
    </main>
  );
}
