import { queries } from "../../../api/client";

/** A run, its flow as it was, its tasks and what it measured. */
export function useRunWhole(project: string, run: number | null) {
  const enabled = run !== null;
  const path = { project_name: project, run_id: run ?? 0 };
  const found = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}",
    { params: { path } },
    { enabled },
  );
  const tasks = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}/tasks",
    { params: { path, query: { limit: 200 } } },
    { enabled },
  );
  const scores = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}/scores",
    { params: { path } },
    { enabled },
  );
  const flow = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/flows/{flow}/revisions/{number}",
    {
      params: {
        path: { project_name: project, flow: found.data?.flow ?? "", number: found.data?.revision ?? 0 },
      },
    },
    { enabled: found.data !== undefined, retry: false },
  );
  return {
    run: found.data,
    tasks: tasks.data?.items,
    scores: scores.data?.items,
    document: flow.data?.document,
    error: found.error ?? tasks.error ?? scores.error,
  };
}

export type RunWhole = ReturnType<typeof useRunWhole>;
