import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../../api/client";
import { hasEnded } from "../../../canvas/run/runState";
import { Chart } from "../../../charts/Chart";
import { useMetricName } from "../../../charts/words";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { curvesOf } from "./curves";
import styles from "./parts.module.css";

const PAGE = 1000;
const NOTHING: Read = { after: 0, metrics: [] };

interface TaskCurvesProps {
  project: string;
  run: number;
  task: Pick<Schemas["Task"], "path" | "index" | "attempt" | "state">;
}

/** What a task has measured step by step: losses while it trains. */
export function TaskCurves({ project, run, task }: TaskCurvesProps) {
  const { t } = useTranslation("runs");
  const name = useMetricName();
  const isOver = hasEnded(task.state);
  const events = useQuery({
    queryKey: ["metric-events", project, run],
    queryFn: ({ signal, client, queryKey }) =>
      readOn(project, run, client.getQueryData<Read>(queryKey) ?? NOTHING, signal),
    refetchInterval: isOver ? false : 1000,
    staleTime: isOver ? 60_000 : 0,
  });
  if (events.error) return <ErrorNotice error={events.error} onRetry={() => void events.refetch()} />;
  if (!events.data) return <Loading />;
  const curves = curvesOf(events.data.metrics, task);
  if (curves.length === 0) return <p className={styles.none}>{t("noCurves")}</p>;
  return (
    <Chart
      height="clamp(150px, calc(100cqh - 46px), 420px)"
      hasTitle={false}
      chart={{
        kind: "line",
        title: t("tab.curves"),
        x_label: "step",
        y_label: "",
        series: curves.map((curve) => ({ ...curve, name: name(curve.name) })),
        notes: [],
      }}
    />
  );
}

interface Read {
  /** The last event that was read. */
  after: number;
  metrics: readonly Schemas["Event"][];
}

/** What has been reported since the last time is read, and added to what is known. */
async function readOn(project: string, run: number, known: Read, signal: AbortSignal): Promise<Read> {
  const { data } = await api.GET("/api/v1/projects/{project_name}/runs/{run_id}/events", {
    params: { path: { project_name: project, run_id: run }, query: { after: known.after, limit: PAGE } },
    signal,
  });
  if (!data || data.items.length === 0) return known;
  const read = {
    after: data.next,
    metrics: [...known.metrics, ...data.items.filter(({ kind }) => kind === "metric")],
  };
  return data.items.length < PAGE ? read : readOn(project, run, read, signal);
}
