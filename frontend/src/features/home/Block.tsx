import type { ReactNode } from "react";
import { Link } from "react-router";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import styles from "./HomePage.module.css";

interface Row {
  key: string | number;
  to: string;
  icon?: ReactNode;
  name: ReactNode;
  about: ReactNode;
}

interface BlockProps {
  title: string;
  actions?: ReactNode;
  query: { isPending: boolean; error: unknown; refetch: () => unknown };
  rows: Row[];
  empty: ReactNode;
}

/** A few of the latest things, each a link, and the way to all of them. */
export function Block({ title, actions, query, rows, empty }: BlockProps) {
  return (
    <Card title={title} actions={actions}>
      {query.error ? (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        empty
      ) : (
        <ul className={styles.rows}>
          {rows.map((row) => (
            <li key={row.key}>
              <Link to={row.to} className={styles.row}>
                {row.icon && <span className={styles.icon}>{row.icon}</span>}
                <span className={styles.main}>{row.name}</span>
                <span className={styles.about}>{row.about}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
