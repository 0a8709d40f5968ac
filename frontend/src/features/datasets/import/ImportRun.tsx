import { CheckCircleFilled, InfoCircleOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { api, queries, type Schemas } from "../../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFormat } from "../../../lib/format";
import { LinkButton } from "../../../lib/LinkButton";
import { Loading } from "../../../lib/Loading";
import { useAct } from "../../../lib/useAct";
import { Duration } from "../../runs/parts/Duration";
import { StateTag } from "../../runs/parts/StateTag";
import { TaskError } from "../../runs/parts/TaskError";
import styles from "./Import.module.css";
import { ImportStep } from "./ImportStep";

interface ImportRunProps {
  run: number;
  dataset: string;
  /** To the options, where another try makes sense. */
  onAgain?: () => void;
  /** Somebody goes to the data: whatever stands before it closes. */
  onLeave?: () => void;
}

/** The run that makes a version: how far it is, what came of it, what to do when it failed. */
export function ImportRun({ run, dataset, onAgain, onLeave }: ImportRunProps) {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const path = useProjectPath();
  const mayControl = useMayHere("run.control");
  const { act } = useAct();
  const params = { path: { project_name, run_id: run } };
  const found = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}",
    { params },
    { refetchInterval: ({ state: { data } }) => (data && hasEnded(data) ? false : 1_000) },
  );
  const state = found.data?.state;
  const tasks = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}/tasks",
    { params },
    { refetchInterval: found.data && hasEnded(found.data) ? false : 1_000 },
  );
  useReadAgain(state);
  if (found.error) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const steps = tasks.data?.items ?? [];
  const failed = steps.find(({ error }) => error !== null);
  const cancel = () =>
    act(() => api.POST("/api/v1/projects/{project_name}/runs/{run_id}/cancel", { params }), t("import.cancelled"));
  return (
    <div className={styles.run} aria-live="polite">
      <div className={styles.runHead}>
        <h3>{t("import.of", { name: dataset })}</h3>
        <StateTag state={found.data.state} />
        <Duration from={found.data.started_at} to={found.data.ended_at} isRunning={found.data.state === "running"} />
      </div>
      <ol className={styles.steps}>
        {steps.map((task) => (
          <ImportStep key={task.id} task={task} />
        ))}
      </ol>
      {state === "done" && <Made run={run} dataset={dataset} {...(onLeave && { onLeave })} />}
      {failed?.error && <TaskError error={failed.error} />}
      {state === "failed" && <p className={styles.help}>{t("import.failedHelp")}</p>}
      {state === "cancelled" && <p className={styles.help}>{t("import.wasCancelled")}</p>}
      <div className="form-buttons">
        <LinkButton to={path(`/runs/${run}`)}>{t("import.openRun", { run })}</LinkButton>
        {!hasEnded(found.data) && mayControl && <Button onClick={() => void cancel()}>{t("import.cancel")}</Button>}
        {(state === "failed" || state === "cancelled") && onAgain && (
          <Button type="primary" onClick={onAgain}>
            {t("import.again")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The version that came of it; or that there is none, since nothing has changed. */
function Made({ run, dataset, onLeave }: Omit<ImportRunProps, "onAgain">) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const project_name = useProjectName();
  const path = useProjectPath();
  const versions = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets/{name}/versions", {
    params: { path: { project_name, name: dataset }, query: { limit: 5 } },
  });
  const newest = versions.data?.items[0];
  if (!newest) return versions.error ? <ErrorNotice error={versions.error} /> : <Loading />;
  const made = versions.data?.items.find(({ run_id }) => run_id === run);
  const page = path(`/datasets/${encodeURIComponent(dataset)}`);
  return (
    <div className={styles.made}>
      {made ? (
        <p>
          <CheckCircleFilled className={styles.ok} />{" "}
          {t("import.made", {
            number: made.number,
            rows: format.number(made.rows),
            columns: format.number(made.columns),
          })}
        </p>
      ) : (
        <p>
          <InfoCircleOutlined /> {t("import.nothingNew", { number: newest.number })}
        </p>
      )}
      <div className={styles.next}>
        <LinkButton to={`${page}?tab=data`} onGo={onLeave} type="primary">
          {t("import.look")}
        </LinkButton>
        <LinkButton to={`${page}?edit=meta`} onGo={onLeave}>
          {t("import.describe")}
        </LinkButton>
      </div>
    </div>
  );
}

function hasEnded({ state }: Schemas["Run"]): boolean {
  return state !== "queued" && state !== "running";
}

/** When the import is over, lists beside it are old. */
function useReadAgain(state: string | undefined): void {
  const client = useQueryClient();
  const isOver = state === "done" || state === "failed" || state === "cancelled";
  useEffect(() => {
    if (isOver) void client.invalidateQueries();
  }, [isOver, client]);
}
