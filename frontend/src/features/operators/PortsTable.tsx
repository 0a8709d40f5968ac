import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { OperatorSpec, SpecPort } from "../../canvas/model/spec";
import { usePortTitle } from "../../canvas/nodes/usePortTitle";
import styles from "./OperatorPage.module.css";

/** The ports of one side: name, type, whether it must be wired. */
export function PortsTable({ spec, ports, empty }: { spec: OperatorSpec; ports: readonly SpecPort[]; empty: string }) {
  const { t } = useTranslation(["operators", "canvas"]);
  const portTitle = usePortTitle();
  if (ports.length === 0) return <p className={styles.quiet}>{empty}</p>;
  return (
    <table className={styles.table}>
      <tbody>
        {ports.map((port) => (
          <tr key={port.name}>
            <th scope="row">
              {portTitle(spec, port)}
              <code className={styles.name}>{port.name}</code>
            </th>
            <td>
              <Tag>{t(`portTypes.${port.type}`, { ns: "canvas", defaultValue: port.type })}</Tag>
              {port.required === false && <Tag>{t("optional")}</Tag>}
              {port.many && <Tag>{t("many")}</Tag>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
