import { Button, Popconfirm, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { useMayHere, useProjectPath } from "../../api/project";
import { useMetricName } from "../../charts/words";
import { useFormat } from "../../lib/format";
import { useLocalize } from "../../lib/localize";
import { Card } from "../../lib/Page";
import { useAct } from "../../lib/useAct";
import { Duration } from "../runs/parts/Duration";
import { StateTag } from "../runs/parts/StateTag";
import styles from "./Summary.module.css";
import { isOver, progressOf, type Training, titleOf } from "./training";
import { useMetricText } from "./useMetricText";

/** Latest values that are told in numbers, as far as a training reports them. */
const SHOWN = [
  "loss",
  "validation_loss",
  "learning_rate",
  "rows_per_second",
  "tokens_per_second",
  "samples_per_second",
  "memory",
  "mfu",
] as const;

interface SummaryProps {
  project: string;
  training: Training;
  recipe: string | null;
}

/** What trains, how far it is, its latest numbers, and where there is more of it. */
export function Summary({ project, training, recipe }: SummaryProps) {
  const { t } = useTranslation("training");
  const to = useProjectPath();
  const localize = useLocalize();
  const format = useFormat();
  const metricName = useMetricName();
  const metricText = useMetricText();
  const { run_id, flow, revision, step, steps, state, metrics } = training;
  const title = localize(titleOf(training)) || recipe || training.path;
  return (
    <Card title={title} actions={<Actions project={project} training={training} />}>
      <p className={styles.facts}>
        <StateTag state={state} isUnchanged={training.cached && state === "done"} />
        {recipe && <span>{recipe}</span>}
        <span>{t("on", { engine: training.engine, pool: training.pool })}</span>
        <Duration from={training.started_at} to={training.ended_at} isRunning={state === "running"} />
        <span className={styles.links}>
          <Link to={to(`/runs/${run_id}?task=${training.id}`)}>{t("toRun", { run: run_id })}</Link>
          <Link to={to(`/flows/${encodeURIComponent(flow)}?revision=${revision}&run=${run_id}`)}>
            {t("toFlow", { flow })}
          </Link>
        </span>
      </p>
      <div className={styles.progress}>
        <Progress
          percent={Math.round(progressOf(training) * 100)}
          status={state === "failed" ? "exception" : "normal"}
          aria-label={t("progress")}
        />
        <span className={styles.quiet}>
          {step !== null && steps !== null
            ? t("stepOf", { step: format.number(step), steps: format.number(steps) })
            : training.message}
        </span>
      </div>
      <dl className={styles.numbers}>
        {SHOWN.flatMap((name) => {
          const value = metrics[name];
          if (value === undefined) return [];
          return [
            <div key={name}>
              <dt>{metricName(name)}</dt>
              <dd className="numbers">{metricText(name, value)}</dd>
            </div>,
          ];
        })}
      </dl>
    </Card>
  );
}

function Actions({ project, training }: { project: string; training: Training }) {
  const { t } = useTranslation("training");
  const { act, isBusy } = useAct();
  const mayControl = useMayHere("run.control");
  if (isOver(training) || !mayControl) return null;
  const { run_id, cancel_requested } = training;
  const stop = () =>
    act(() =>
      api.POST("/api/v1/projects/{project_name}/runs/{run_id}/cancel", {
        params: { path: { project_name: project, run_id } },
      }),
    );
  return (
    <Popconfirm
      title={t("stopSure", { run: run_id })}
      description={t("stopHelp")}
      placement="bottomRight"
      okText={t("stop")}
      okButtonProps={{ danger: true }}
      cancelText={t("goOn")}
      onConfirm={() => void stop()}
    >
      <Button danger loading={isBusy || cancel_requested}>
        {t(cancel_requested ? "stopping" : "stop")}
      </Button>
    </Popconfirm>
  );
}
