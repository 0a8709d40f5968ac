import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, queries, type Schemas } from "../../../api/client";
import { readTasks } from "../../../canvas/run/runStore";
import { newKey } from "../../../lib/newKey";

const INTERVAL = 700;

export interface SideRun {
  /** null: nothing was asked yet. */
  run: number | null;
  isBusy: boolean;
  /** The tasks of the run that was asked for last, once it has ended. */
  tasks: Schemas["Task"][] | null;
  /** Why there is no answer: the request failed, or a step of the run did. */
  error: unknown;
  failed: Schemas["Task"] | null;
  start: (params: Record<string, unknown>) => Promise<void>;
}

/**
 * One more run of the flow as it was in `of`, up to a node of the side. What `of` has made is taken from it as it is,
 * whatever has become of the data since: only the side is worked on, and never another model.
 */
export function useSideRun(project: string, of: Schemas["Run"], node: string): SideRun {
  const [run, setRun] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isStarting, setStarting] = useState(false);
  const isSent = useRef(false);
  const path = { project_name: project, run_id: run ?? 0 };
  const state = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}",
    { params: { path } },
    { enabled: run !== null, refetchInterval: ({ state: { data } }) => (data && !isOpen(data) ? false : INTERVAL) },
  );
  const isEnded = run !== null && state.data?.id === run && !isOpen(state.data);
  const tasks = useQuery({
    queryKey: ["tasks-of-run", project, run],
    queryFn: ({ signal }) => readTasks(project, run ?? 0, signal),
    enabled: isEnded,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const start = async (params: Record<string, unknown>) => {
    if (isSent.current) return;
    isSent.current = true;
    setStarting(true);
    setError(null);
    try {
      const { data } = await api.POST("/api/v1/projects/{project_name}/runs", {
        params: { path: { project_name: project }, header: { "Idempotency-Key": newKey() } },
        body: {
          flow: of.flow,
          revision: of.revision,
          mode: "to",
          nodes: [node],
          results_of: of.id,
          params: { ...of.params, ...params },
        },
      });
      setRun(data?.id ?? null);
    } catch (problem) {
      setError(problem);
    } finally {
      isSent.current = false;
      setStarting(false);
    }
  };
  const shown = isEnded ? (tasks.data ?? null) : null;
  const failed = shown?.find((task) => task.state === "failed") ?? null;
  const isBusy = isStarting || (run !== null && shown === null && !state.error && !tasks.error);
  return { run, isBusy, tasks: shown, error: error ?? state.error ?? tasks.error, failed, start };
}

function isOpen({ state }: Schemas["Run"]): boolean {
  return state === "queued" || state === "running";
}
