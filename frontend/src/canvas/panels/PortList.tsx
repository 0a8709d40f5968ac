import { useTranslation } from "react-i18next";
import type { Port, Ports } from "../model/ports";
import type { OperatorSpec } from "../model/spec";
import { usePortTitle } from "../nodes/usePortTitle";
import { isObject } from "../saving/same";
import type { Column } from "./columns";
import styles from "./PortList.module.css";

interface PortListProps {
  ports: Ports;
  spec: OperatorSpec | null;
  /** The columns that come to an input; null: not known. */
  columns: (input: string) => Column[] | null;
  /** Of its outputs, as the check found them. */
  schemas: Readonly<Record<string, unknown>> | undefined;
}

/** What goes into a step and what comes out. */
export function PortList({ ports, spec, columns, schemas }: PortListProps) {
  const { t } = useTranslation("canvas");
  const made = (port: string) => {
    const schema = schemas?.[port];
    return isObject(schema) && Array.isArray(schema.columns) ? schema.columns.length : null;
  };
  return (
    <>
      {ports.inputs.length > 0 && <h3 className={styles.heading}>{t("panels.inspector.inputs")}</h3>}
      {ports.inputs.map((port) => (
        <PortRow
          key={port.name}
          port={port}
          spec={spec}
          count={port.type === "table" ? (columns(port.name)?.length ?? null) : null}
          isInput
        />
      ))}
      {ports.outputs.length > 0 && <h3 className={styles.heading}>{t("panels.inspector.outputs")}</h3>}
      {ports.outputs.map((port) => (
        <PortRow key={port.name} port={port} spec={spec} count={made(port.name)} isInput={false} />
      ))}
    </>
  );
}

interface PortRowProps {
  port: Port;
  spec: OperatorSpec | null;
  count: number | null;
  isInput: boolean;
}

function PortRow({ port, spec, count, isInput }: PortRowProps) {
  const { t } = useTranslation("canvas");
  const portTitle = usePortTitle();
  return (
    <div className={styles.port}>
      <span className={styles.name}>{portTitle(spec, port)}</span>
      <span className={styles.type}>{t(`portTypes.${port.type}`, { defaultValue: port.type })}</span>
      {isInput && !port.required && <span className={styles.note}>{t("panels.inspector.optional")}</span>}
      {isInput && port.many && <span className={styles.note}>{t("panels.inspector.many")}</span>}
      {count !== null && <span className={styles.note}>{t("panels.inspector.columns", { count })}</span>}
    </div>
  );
}
