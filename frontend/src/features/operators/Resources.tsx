import { useTranslation } from "react-i18next";
import styles from "./OperatorPage.module.css";

/** Where and with how much an operator runs, as its spec says. */
export function Resources({ raw }: { raw: Record<string, unknown> }) {
  const { t } = useTranslation("operators");
  const runs = isRecord(raw.runs) ? raw.runs : {};
  const rows = (["engines", "pool", "cpu", "gpu", "memory", "cacheable"] as const).filter(
    (name) => runs[name] !== undefined,
  );
  return (
    <table className={styles.table}>
      <tbody>
        {rows.map((name) => (
          <tr key={name}>
            <th scope="row">{t(`runs.${name}`)}</th>
            <td>{asText(runs[name], t("yes"), t("no"))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function asText(value: unknown, yes: string, no: string): string {
  if (typeof value === "boolean") return value ? yes : no;
  return Array.isArray(value) ? value.join(", ") : String(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
