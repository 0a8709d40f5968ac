import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, LoadingOutlined } from "@ant-design/icons";
import { App, Button, Popconfirm, Progress } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import type { LiveTask } from "../../../canvas/run/runModel";
import { RunProvider, useRunState } from "../../../canvas/run/runState";
import { Loading } from "../../../lib/Loading";
import { useLocalize } from "../../../lib/localize";
import { messageOf } from "../../../lib/messageOf";
import { Words } from "../../../lib/terms/Words";
import { Duration } from "../../runs/parts/Duration";
import { TaskError } from "../../runs/parts/TaskError";
import { useFlowTexts } from "../useFlowTexts";
import { useHindering } from "../useHindering";
import { isOpen, type Run, useNodeRun } from "../useNodeRun";
import type { StepProps } from "./StepView";
import styles from "./steps.module.css";
import { TimeLeft } from "./TimeLeft";

/** The flow's param that says how long the search may take. */
const MINUTES = "minutes";
const RUN = "/api/v1/projects/{project_name}/runs/{run_id}";

/** Starts the run and says how far it is; it goes on when the page is closed. */
export function RunStep(props: StepProps) {
  const { project, flow, wizard, steps, onGo } = props;
  const { t } = useTranslation("wizard");
  const result = steps.find(({ view }) => view === "result");
  const { runs, run, tasks, start, isStarting } = useNodeRun(project, flow, result?.node ?? null);
  const hindering = useHindering(project, flow, wizard, result?.node ?? null);
  const area = useRef<HTMLDivElement>(null);
  if (runs.isPending) return <Loading />;
  const isFresh = run?.revision === wizard.number;
  const isDone = run?.state === "done" && isFresh && result;
  const isEndedEarly = isDone && tasks.some(({ finished_early }) => finished_early);
  const minutes = Number(wizard.values[MINUTES]);
  const isHindered = hindering !== null && hindering.problems.length > 0;
  const again = () => {
    // The button goes away with the first step of the run.
    area.current?.focus();
    void start(wizard.number);
  };
  return (
    <div ref={area} tabIndex={-1} className={styles.run}>
      {run && (isFresh || isOpen(run)) && (
        <RunProvider key={run.id} project={project} run={run.id}>
          <Progressing {...props} run={run} />
        </RunProvider>
      )}
      {isEndedEarly && <p>{t("endedEarly")}</p>}
      {!(run && isOpen(run)) && (
        <div className={styles.actions}>
          {isDone ? (
            <Button type="primary" onClick={() => onGo(result.id)}>
              {t("toResult")}
            </Button>
          ) : (
            <Button type="primary" size="large" loading={isStarting} disabled={isHindered} onClick={again}>
              {t(run && isFresh ? "runAgain" : "runNow")}
            </Button>
          )}
          {isEndedEarly && (
            <Button loading={isStarting} disabled={isHindered} onClick={again}>
              {minutes > 0 ? t("runAgainWhole", { count: minutes }) : t("runAgain")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function Progressing({ project, flow, wizard, run }: StepProps & { run: Run }) {
  const { t } = useTranslation("wizard");
  const { message } = App.useApp();
  const model = useRunState((state) => state.model);
  const { nodeTitle } = useFlowTexts(project, flow);
  if (!model) return <Loading />;
  const params = { path: { project_name: project, run_id: run.id } };
  const act = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work();
      void message.success(done);
    } catch (error) {
      void message.error(messageOf(error), 8);
    }
  };
  const failed = model.tasks.find(({ state, error }) => state === "failed" && error);
  const canFinish = run.finishable.some(({ requested }) => !requested);
  // Of the steps that run, the one that can end early is the one that the minutes are for.
  const minutes = Number({ ...wizard.values, ...run.params }[MINUTES]);
  const budgetOf = ({ id }: LiveTask) =>
    minutes > 0 && run.finishable.some((each) => each.task === id && !each.requested) ? minutes : null;
  const isFinishing = run.finishable.some(({ requested }) => requested);
  return (
    <div className={styles.progress} aria-live="polite">
      <ol className={styles.tasks}>
        {model.tasks.map((task) => (
          <li key={task.id} data-state={task.state}>
            <StateIcon state={task.state} />
            <div>
              <span className={styles.taskTitle}>
                <Words text={nodeTitle(task.path)} />
              </span>
              {task.state === "running" && <Running task={task} minutes={budgetOf(task)} />}
              {task.state === "ready" && <span className={styles.quiet}>{t("waits")}</span>}
            </div>
          </li>
        ))}
      </ol>
      {failed?.error && <TaskError error={failed.error} />}
      {run.state === "cancelled" && <p>{t("wasCancelled")}</p>}
      {isOpen(run) && (
        <div className={styles.actions}>
          <Button
            type="primary"
            disabled={!canFinish}
            onClick={() => void act(() => api.POST(`${RUN}/finish`, { params }), t("finishing"))}
          >
            {t(isFinishing ? "finishing" : "finishNow")}
          </Button>
          <Popconfirm
            title={t("cancelSure")}
            okText={t("cancelRun")}
            cancelText={t("goOnRunning")}
            onConfirm={() => void act(() => api.POST(`${RUN}/cancel`, { params }), t("cancelling"))}
          >
            <Button danger loading={run.cancel_requested}>
              {t("cancelRun")}
            </Button>
          </Popconfirm>
          <span className={styles.quiet}>
            {t("since")} <Duration from={run.started_at} to={run.ended_at} isRunning={run.state === "running"} />
          </span>
        </div>
      )}
      {isOpen(run) && <p className={styles.quiet}>{t("mayLeave")}</p>}
    </div>
  );
}

function Running({ task, minutes }: { task: LiveTask; minutes: number | null }) {
  const localize = useLocalize();
  return (
    <>
      {minutes !== null && task.started_at !== null && <TimeLeft minutes={minutes} since={task.started_at} />}
      {task.progress !== null && task.progress > 0 && (
        <Progress percent={Math.round(task.progress * 100)} size="small" showInfo={false} />
      )}
      {task.progressMessage && (
        <span className={styles.quiet}>
          <Words text={localize(task.progressMessage)} />
        </span>
      )}
    </>
  );
}

function StateIcon({ state }: { state: string }) {
  if (state === "done") return <CheckCircleFilled className={styles.ok} />;
  if (state === "failed") return <CloseCircleFilled className={styles.bad} />;
  if (state === "running") return <LoadingOutlined className={styles.now} />;
  return <ClockCircleOutlined className={styles.quiet} />;
}
