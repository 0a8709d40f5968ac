import { useTranslation } from "react-i18next";
import { mainMetric } from "../../../canvas/run/nodeRun";
import type { LiveTask } from "../../../canvas/run/runModel";
import { useMetricName } from "../../../charts/words";
import { useFormat } from "../../../lib/format";
import { Duration } from "./Duration";
import styles from "./parts.module.css";
import { StateTag } from "./StateTag";

interface IterationTableProps {
  tasks: readonly LiveTask[];
  /** Whether the tasks are of several nodes, so that each needs its name. */
  hasPaths: boolean;
  chosen: number | null;
  onChoose: (task: number) => void;
}

/** Each time that a node ran, or each task within its body. */
export function IterationTable({ tasks, hasPaths, chosen, onChoose }: IterationTableProps) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const name = useMetricName();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("iteration")}</th>
          {hasPaths && <th scope="col">{t("step")}</th>}
          <th scope="col">{t("stateTitle")}</th>
          <th scope="col">{t("duration")}</th>
          <th scope="col">{t("measured")}</th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => {
          const metric = mainMetric(task);
          return (
            <tr key={task.id} aria-selected={task.id === chosen} onClick={() => onChoose(task.id)}>
              <td>
                <button type="button" className={styles.link} onClick={() => onChoose(task.id)}>
                  {iterationName(task.index) || "–"}
                </button>
              </td>
              {hasPaths && <td>{task.path}</td>}
              <td>
                <StateTag state={task.state} isUnchanged={task.cached && task.state === "done"} />
              </td>
              <td>
                <Duration from={task.started_at} to={task.ended_at} isRunning={task.state === "running"} />
              </td>
              <td>{metric && `${name(metric.name)} ${format.number(metric.value)}`}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** "2.0" is the third item, and of it the first round: people count from one. */
export function iterationName(index: string): string {
  return index
    .split(".")
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part))
    .join(" · ");
}
