import { useTranslation } from "react-i18next";
import { KindIcon } from "../lib/KindIcon";
import styles from "./ArtifactView.module.css";
import { kindOfType, type NamedType } from "./parts";

/** Names and short texts; those without a text are left out. */
export function Facts({ of }: { of: readonly (readonly [name: string, text: string | null])[] }) {
  const known = of.filter(([, text]) => text !== null);
  if (known.length === 0) return null;
  return (
    <dl className={styles.facts}>
      {known.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

const MOST = 60;

export function ColumnChips({ title, columns }: { title: string; columns: readonly NamedType[] }) {
  const { t } = useTranslation("data");
  if (columns.length === 0) return null;
  return (
    <section className={styles.section}>
      <h3>
        {title} ({columns.length})
      </h3>
      <ul className={styles.chips}>
        {columns.slice(0, MOST).map(({ name, type }) => (
          <li key={name} title={`${name}: ${type}`}>
            <KindIcon kind={kindOfType(type)} type={type} />
            <span>{name}</span>
          </li>
        ))}
        {columns.length > MOST && <li>{t("moreColumns", { count: columns.length - MOST })}</li>}
      </ul>
    </section>
  );
}
