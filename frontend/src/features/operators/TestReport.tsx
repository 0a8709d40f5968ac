import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { Alert, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../lib/format";
import { Card } from "../../lib/Page";
import styles from "./ReleasePage.module.css";
import { isRecord } from "./Resources";

interface Check {
  name: string;
  ok: boolean;
  message: string;
  seconds: number | null;
  peak_memory: number | null;
}

/** What the package's tests said in the sandbox: every check of every operator, with time and memory. */
export function TestReport({ report }: { report: Record<string, unknown> }) {
  const { t } = useTranslation("operators");
  const format = useFormat();
  const operators = Array.isArray(report.operators) ? report.operators.filter(isRecord) : [];
  const walls = isRecord(report.protections) ? Object.entries(report.protections) : [];
  return (
    <Card>
      {typeof report.failure === "string" && report.failure && <Alert type="error" showIcon title={report.failure} />}
      <p className={styles.facts}>
        <span>
          {typeof report.seconds === "number" && t("tookInAll", { time: format.duration(report.seconds) })}{" "}
          {typeof report.peak_memory === "number" && t("memoryInAll", { size: format.bytes(report.peak_memory) })}
        </span>
        {walls.map(([wall, held]) => (
          <Tag key={wall}>
            {t(`walls.${wall as "user"}`, { defaultValue: wall })}: {held === true ? "✓" : held ? String(held) : "–"}
          </Tag>
        ))}
      </p>
      {operators.map((operator) => (
        <section key={String(operator.operator)} className={styles.part}>
          <h3>{String(operator.operator)}</h3>
          <Checks checks={Array.isArray(operator.checks) ? operator.checks.filter(isCheck) : []} />
        </section>
      ))}
    </Card>
  );
}

function Checks({ checks }: { checks: Check[] }) {
  const { t } = useTranslation("operators");
  const format = useFormat();
  // "example: two of three": which check, and after a colon what it looked at.
  const checkName = (name: string) => {
    const [kind = "", ...of] = name.split(": ");
    return [t(`checks.${kind as "code"}`, { defaultValue: kind }), ...of].join(": ");
  };
  return (
    <table className={styles.checks}>
      <thead>
        <tr>
          <th scope="col">{t("check")}</th>
          <th scope="col">{t("result")}</th>
          <th scope="col" className={styles.figure}>
            {t("time")}
          </th>
          <th scope="col" className={styles.figure}>
            {t("memory")}
          </th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <tr key={check.name}>
            <td>
              <span className={check.ok ? styles.ok : styles.failed}>
                {check.ok ? (
                  <CheckCircleFilled aria-label={t("passed")} />
                ) : (
                  <CloseCircleFilled aria-label={t("failed")} />
                )}
              </span>{" "}
              {checkName(check.name)}
            </td>
            <td className={styles.quiet}>{check.message}</td>
            <td className={styles.figure}>{check.seconds === null ? "–" : format.duration(check.seconds)}</td>
            <td className={styles.figure}>{check.peak_memory === null ? "–" : format.bytes(check.peak_memory)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isCheck(value: unknown): value is Check {
  return isRecord(value) && typeof value.name === "string" && typeof value.ok === "boolean";
}
