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

/** Pages of 1000 events that are read for curves. */
const MOST_PAGES = 20;

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
    queryFn: ({ signal }) => metricEvents(project, run, signal),
    refetchInterval: isOver ? false : 2000,
    staleTime: isOver ? 60_000 : 0,
  });
  if (events.error) return <ErrorNotice error={events.error} onRetry={() => void events.refetch()} />;
  if (!events.data) return <Loading />;
  const curves = curvesOf(events.data, task);
  if (curves.length === 0) return <p className={styles.none}>{t("noCurves")}</p>;
  return (
    <Chart
      height={260}
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

async function metricEvents(project: string, run: number, signal: AbortSignal): Promise<Schemas["Event"][]> {
  const found: Schemas["Event"][] = [];
  let after = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data } = await api.GET("/api/v1/projects/{project_name}/runs/{run_id}/events", {
      params: { path: { project_name: project, run_id: run }, query: { after, limit: 1000 } },
      signal,
    });
    if (!data || data.items.length === 0) break;
    found.push(...data.items.filter(({ kind }) => kind === "metric"));
    after = data.next;
    if (data.items.length < 1000) break;
  }
  return found;
}
