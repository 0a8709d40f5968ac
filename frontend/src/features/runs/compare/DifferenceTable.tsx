import { useTranslation } from "react-i18next";
import { Loading } from "../../../lib/Loading";
import styles from "./Compare.module.css";
import { differences } from "./compareRuns";

interface Side {
  document: unknown;
  params: Record<string, unknown>;
}

interface DifferenceTableProps {
  a: Side;
  b: Side;
  titleOf: (path: string) => string;
}

/** The params in which two runs differ. */
export function DifferenceTable({ a, b, titleOf }: DifferenceTableProps) {
  const { t } = useTranslation("runs");
  if (a.document === undefined || b.document === undefined) return <Loading />;
  const found = differences(a, b);
  if (found.length === 0) return <p>{t("noDifference")}</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("step")}</th>
          <th scope="col">{t("param")}</th>
          <th scope="col">
            <span className={`${styles.badge} ${styles.a}`}>A</span>
          </th>
          <th scope="col">
            <span className={`${styles.badge} ${styles.b}`}>B</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {found.map((difference) => (
          <tr key={`${difference.node}.${difference.name}`}>
            <td>{difference.node === null ? t("params.title") : titleOf(difference.node)}</td>
            <td>
              <code>{difference.name}</code>
            </td>
            <td>{shown(difference.a)}</td>
            <td>{shown(difference.b)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
