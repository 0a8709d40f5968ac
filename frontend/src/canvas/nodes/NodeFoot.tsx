import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMetricName } from "../../charts/words";
import { type Format, useFormat } from "../../lib/format";
import { type Text, useLocalize } from "../../lib/localize";
import type { Port } from "../model/ports";
import type { NodeRun } from "../run/runState";
import styles from "./StepNode.module.css";

/** The last line of a node: what came out of it, and how long it took. */
export function NodeFoot({ run, outputs }: { run: NodeRun; outputs: readonly Port[] }) {
  const { t } = useTranslation("canvas");
  const format = useFormat();
  const metric = run.state === "done" && !run.iterations ? run.metric : null;
  const isRunning = run.state === "running";
  const localize = useLocalize();
  const seconds = useSeconds(run, isRunning);
  return (
    <div className={styles.foot}>
      <span className={styles.result}>
        {metric ? <Metric {...metric} /> : resultText(run, outputs, format, t, localize)}
      </span>
      <span className={styles.time}>
        {run.isUnchanged ? t("unchanged") : seconds === null ? "" : format.duration(seconds)}
      </span>
      {isRunning && (
        <span
          className={styles.progress}
          data-unknown={run.progress === null ? "" : undefined}
          style={{ width: run.progress === null ? undefined : `${Math.round(run.progress * 100)}%` }}
        />
      )}
    </div>
  );
}

/** Where there is no room for both, the name is cut, never the number. */
function Metric({ name, value }: { name: string; value: number }) {
  const metricName = useMetricName();
  const format = useFormat();
  return (
    <span className={styles.metric}>
      <span>{metricName(name)}</span> {format.number(value)}
    </span>
  );
}

function resultText(
  run: NodeRun,
  outputs: readonly Port[],
  format: Format,
  t: ReturnType<typeof useTranslation<"canvas">>["t"],
  localize: (text: Text) => string,
): string {
  if (run.state === "failed") return run.error ?? t("states.failed");
  if (run.state === "running" && run.progressMessage) return localize(run.progressMessage);
  if (run.iterations) return t("iterations", { done: run.iterations.done, of: run.iterations.of });
  // The first table of the operator is its main one.
  const rows = outputs.map(({ name }) => run.rows[name]).find((count) => count !== undefined);
  if (rows !== undefined) return t("rows", { rows: format.number(rows), count: rows });
  return run.state === "done" ? "" : t(`states.${run.state}`, { defaultValue: run.state });
}

function useSeconds(run: NodeRun, isRunning: boolean): number | null {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now() / 1000), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  if (run.startedAt === null) return null;
  if (run.endedAt !== null) return run.endedAt - run.startedAt;
  return isRunning ? Math.max(0, now - run.startedAt) : null;
}
