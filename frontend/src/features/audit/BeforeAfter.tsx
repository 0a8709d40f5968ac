import { useTranslation } from "react-i18next";
import styles from "./AuditTable.module.css";

type State = Record<string, unknown> | null;

/** What a change did to each field: the old value struck out, the new one beside it. */
export function BeforeAfter({ before, after }: { before: State; after: State }) {
  const { t } = useTranslation("audit");
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
  if (changed.length === 0) return <span aria-hidden="true">–</span>;
  return (
    <dl className={styles.changes}>
      {changed.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          {before && name in before && (
            <dd className={styles.old}>
              <span className="visually-hidden">{t("before")}</span> {asText(before[name])}
            </dd>
          )}
          {after && name in after && (
            <dd className={styles.new}>
              <span className="visually-hidden">{t("after")}</span> {asText(after[name])}
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

function asText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text || '""';
}
