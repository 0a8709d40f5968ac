import { ArrowLeftOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { Link } from "react-router";
import styles from "./Page.module.css";

interface PageProps {
  title: string;
  /** One line below the title. */
  about?: ReactNode;
  /** The way back: to the list that this page was reached from. */
  back?: { to: string; label: string };
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page with a title, in the page and in the browser's tab, and a way back. */
export function Page({ title, about, back, actions, children }: PageProps) {
  return (
    <div className={styles.page}>
      <title>{`${title} · Patchbay`}</title>
      {back && (
        <Link to={back.to} className={styles.back}>
          <ArrowLeftOutlined /> {back.label}
        </Link>
      )}
      <header className={styles.header}>
        <div className={styles.heading}>
          <h1>{title}</h1>
          {about && <p className={styles.about}>{about}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A white area of a page, with a heading of its own. */
export function Card({
  title,
  actions,
  children,
  flush = false,
}: {
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  return (
    <section className={flush ? `${styles.card} ${styles.flush}` : styles.card}>
      {(title || actions) && (
        <header className={styles.cardHeader}>
          <h2>{title}</h2>
          {actions && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
