import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queries, type Schemas } from "../../api/client";
import { hasEnded as taskHasEnded } from "../../canvas/run/taskStates";
import { messageOf } from "../../lib/messageOf";
import { newKey } from "../../lib/newKey";
import { latestRun } from "./latestRun";

export type Run = Schemas["Run"];
type Task = Schemas["Task"];

const RUNS = "/api/v1/projects/{project_name}/runs";

export function isOpen(run: Run): boolean {
  return run.state === "queued" || run.state === "running";
}

/**
 * The latest run of a flow up to a node (null: of the whole flow), and the button that starts another.
 * `state`: only among those that ended so.
 */
export function useNodeRun(project_name: string, flow: string, node: string | null, state?: "done") {
  const { t } = useTranslation("wizard");
  const { message } = App.useApp();
  const client = useQueryClient();
  const [isStarting, setStarting] = useState(false);
  const isBusy = useRef(false);
  const runs = useQuery({
    // Below the key of the list of runs: what makes that old makes this old.
    queryKey: ["get", RUNS, "latest", project_name, flow, node, state],
    queryFn: ({ signal }) => latestRun(project_name, { flow, node, state }, signal),
    refetchInterval: ({ state: { data } }) => (data && isOpen(data) ? 1_000 : false),
  });
  const run = runs.data ?? undefined;
  const tasks = queries.useQuery(
    "get",
    `${RUNS}/{run_id}/tasks`,
    { params: { path: { project_name, run_id: run?.id ?? 0 }, query: { limit: 200 } } },
    {
      enabled: run !== undefined,
      // What a run that has ended left is read once more after it has ended.
      refetchInterval: ({ state: { data } }) =>
        run && (isOpen(run) || data?.items.some(({ state }) => !taskHasEnded(state))) ? 1_000 : false,
    },
  );
  const start = async (revision: number | null, params: Record<string, unknown> = {}): Promise<number | null> => {
    if (isBusy.current) return null;
    isBusy.current = true;
    setStarting(true);
    try {
      const { data } = await api.POST(RUNS, {
        params: { path: { project_name }, header: { "Idempotency-Key": newKey() } },
        body: { flow, revision, params, ...(node === null ? { mode: "all" } : { mode: "to", nodes: [node] }) },
      });
      await client.invalidateQueries({ queryKey: ["get", RUNS] });
      return data?.id ?? null;
    } catch (error) {
      void message.error(t("notStarted", { message: messageOf(error) }), 8);
      return null;
    } finally {
      isBusy.current = false;
      setStarting(false);
    }
  };
  const task = tasks.data?.items.find(({ path, index }) => path === node && index === "");
  const failed = tasks.data?.items.find(({ error }) => error !== null);
  return { runs, run: run ?? null, tasks: tasks.data?.items ?? NONE, task: task ?? null, failed, start, isStarting };
}

const NONE: readonly Task[] = [];
