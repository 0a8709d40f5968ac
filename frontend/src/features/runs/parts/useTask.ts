import { queries } from "../../../api/client";
import { hasEnded } from "../../../canvas/run/runState";

/** A task and all that is known about it; asked again while it is not over. */
export function useTask(project: string, run: number, task: number, state: string) {
  return queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}/tasks/{task_id}",
    { params: { path: { project_name: project, run_id: run, task_id: task } } },
    {
      // The state of the task is known from elsewhere: when it changes, what is known here is old.
      refetchInterval: ({ state: { data } }) => (!hasEnded(state) || data?.task.state !== state ? 1500 : false),
      placeholderData: (before) => (before?.task.id === task ? before : undefined),
    },
  );
}
