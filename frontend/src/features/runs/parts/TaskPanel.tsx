import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LiveTask } from "../../../canvas/run/runModel";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { useLocalize } from "../../../lib/localize";
import { Approval } from "./Approval";
import { Duration } from "./Duration";
import styles from "./parts.module.css";
import { StateTag } from "./StateTag";
import { TaskCurves } from "./TaskCurves";
import { type PortChoice, TaskData } from "./TaskData";
import { TaskError } from "./TaskError";
import { TaskLog } from "./TaskLog";
import { TaskWarnings } from "./TaskWarnings";
import { TaskWhy, useWaitText } from "./TaskWhy";
import { useTask } from "./useTask";

type Tab = "data" | "log" | "why" | "curves" | "error";

export interface TaskPanelProps {
  project: string;
  run: number;
  task: LiveTask;
  /** The port to look at first, and a name for each. */
  port?: PortChoice | null;
  portTitle?: (side: "in" | "out", port: string) => string;
}

/** A task of a run: what went in and came out, what it logged, why it ran or waits, what went wrong. */
export function TaskPanel({ project, run, task, port = null, portTitle }: TaskPanelProps) {
  const { t } = useTranslation("runs");
  const localize = useLocalize();
  const details = useTask(project, run, task.id, task.state);
  const waitText = useWaitText();
  const [chosen, setChosen] = useState<Tab | null>(null);
  const isOver = task.ended_at !== null;
  const error = details.data?.task.error ?? task.error;
  const isBroken = error !== null && task.state !== "done";
  const usual: Tab = isBroken ? "error" : task.state === "running" ? "log" : isOver ? "data" : "why";
  const tabs: Tab[] = [...(isBroken ? (["error"] as const) : []), "data", "log", "curves", "why"];
  const tab = chosen && tabs.includes(chosen) ? chosen : usual;
  const waits = details.data ? waitText(details.data.waits) : null;
  return (
    <div className={styles.panel}>
      <div className={styles.tabs}>
        <Segmented<Tab>
          aria-label={t("views")}
          size="small"
          value={tab}
          onChange={setChosen}
          options={tabs.map((value) => ({ value, label: t(`tab.${value}`) }))}
        />
        <StateTag state={task.state} isUnchanged={task.cached && task.state === "done"} />
        {!task.cached && <Duration from={task.started_at} to={task.ended_at} isRunning={task.state === "running"} />}
        {task.progress !== null && task.progress > 0 && (
          <span className="numbers">
            {Math.round(task.progress * 100)} % {localize(task.progressMessage)}
          </span>
        )}
        {waits && <span className={styles.quiet}>{waits}</span>}
      </div>
      <TaskWarnings task={details.data?.task ?? task} />
      <Approval project={project} run={run} task={details.data?.task ?? task} />
      <div className={styles.content}>
        {details.error ? (
          <ErrorNotice error={details.error} onRetry={() => void details.refetch()} />
        ) : !details.data ? (
          <Loading />
        ) : tab === "data" ? (
          <div className={styles.fill}>
            <TaskData project={project} details={details.data} port={port} {...(portTitle && { portTitle })} />
          </div>
        ) : tab === "log" ? (
          <div className={styles.fill}>
            <TaskLog project={project} run={run} task={task.id} attempts={details.data.attempts} />
          </div>
        ) : tab === "curves" ? (
          <div className={`${styles.fill} ${styles.room}`}>
            <TaskCurves project={project} run={run} task={task} />
          </div>
        ) : tab === "error" && error ? (
          <div className={styles.padded}>
            <TaskError error={error} />
          </div>
        ) : (
          <TaskWhy project={project} details={details.data} />
        )}
      </div>
    </div>
  );
}
