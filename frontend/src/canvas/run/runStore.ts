import { createStore, type StoreApi } from "zustand/vanilla";
import { ApiError, api } from "../../api/client";
import { keyOf, makeModel, needTasks, type RunModel, type Task, withEvents } from "./runModel";

export interface RunState {
  /** null: nothing has been run, or it is not known yet. */
  model: RunModel | null;
  isLoading: boolean;
  /** The server does not answer; it is asked again. */
  isAway: boolean;
  error: unknown;
}

export interface RunStore extends StoreApi<RunState> {
  /** Shows a run, and follows it until it ends. */
  open: (run: number | null) => void;
  /** Looks again at once: something was asked of the run. */
  look: () => void;
  close: () => void;
}

const INTERVAL = 1000;
const LONGEST_INTERVAL = 15_000;
/** With many tasks the list of them is read less often than the events. */
const LARGE = 200;
const LARGE_INTERVAL = 4000;

/** Follows one run at a time: its events each second while it runs, nothing while the page is hidden or the run is over. */
export function makeRunStore(project: string): RunStore {
  const store = createStore<RunState>(() => ({ model: null, isLoading: false, isAway: false, error: null }));
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = INTERVAL;
  let current: number | null = null;
  let areTasksOld = false;
  let readAt = 0;

  const isOver = () => {
    const run = store.getState().model?.run;
    return run !== undefined && run.state !== "queued" && run.state !== "running" && !areTasksOld;
  };

  function later(delay: number) {
    clearTimeout(timer);
    if (current !== null && !isOver() && !document.hidden) timer = setTimeout(() => void round(), delay);
  }

  async function round() {
    const run = current;
    const { signal } = abort;
    if (run === null) return;
    try {
      const { model } = store.getState();
      if (model?.run.id !== run) await readWhole(run, signal);
      else await readNews(model, signal);
      if (signal.aborted) return;
      wait = INTERVAL;
      store.setState({ isAway: false, isLoading: false, error: null });
    } catch (error) {
      if (signal.aborted) return;
      // Refused is refused; what does not answer is asked again, less and less often.
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
        store.setState({ error, isLoading: false });
        return;
      }
      wait = Math.min(LONGEST_INTERVAL, wait * 2);
      store.setState({ isAway: true, isLoading: false });
    }
    later(wait);
  }

  async function readWhole(id: number, signal: AbortSignal) {
    // First the run, then its tasks: events in between come a second time, which changes nothing.
    const { data: run } = await api.GET("/api/v1/projects/{project_name}/runs/{run_id}", {
      params: { path: { project_name: project, run_id: id } },
      signal,
    });
    const found = await readTasks(project, id, signal);
    const lacksMetrics = found.some(({ cached, metrics }) => cached && metrics === null);
    const isEnded = run?.state !== "queued" && run?.state !== "running";
    const tasks = isEnded && lacksMetrics ? await withScores(project, id, found, signal) : found;
    if (!run || signal.aborted) return;
    readAt = Date.now();
    areTasksOld = false;
    store.setState(({ model }) => ({ model: makeModel(run, tasks, model) }));
  }

  async function readNews(model: RunModel, signal: AbortSignal) {
    const { data } = await api.GET("/api/v1/projects/{project_name}/runs/{run_id}/events", {
      params: { path: { project_name: project, run_id: model.run.id }, query: { after: model.seq, limit: 1000 } },
      signal,
    });
    if (!data || signal.aborted) return;
    const next = withEvents(model, data.items);
    store.setState({ model: next });
    areTasksOld ||= needTasks(data.items);
    const pause = next.tasks.length > LARGE ? LARGE_INTERVAL : 0;
    const hasEnded = next.run.state !== "queued" && next.run.state !== "running";
    if (areTasksOld && (hasEnded || Date.now() - readAt >= pause)) await readWhole(model.run.id, signal);
  }

  const onVisible = () => {
    if (!document.hidden) later(0);
    else clearTimeout(timer);
  };

  return Object.assign(store, {
    open(run: number | null) {
      if (run === current) return;
      abort.abort();
      abort = new AbortController();
      current = run;
      wait = INTERVAL;
      areTasksOld = false;
      // The model before stays until the next one is there: nothing blinks.
      store.setState({ error: null, isAway: false, isLoading: run !== null, ...(run === null && { model: null }) });
      clearTimeout(timer);
      document.addEventListener("visibilitychange", onVisible);
      if (run !== null) void round();
    },
    look() {
      areTasksOld = true;
      readAt = 0;
      wait = INTERVAL;
      later(0);
    },
    close() {
      abort.abort();
      clearTimeout(timer);
      current = null;
      store.setState({ model: null });
      document.removeEventListener("visibilitychange", onVisible);
    },
  });
}

export async function readTasks(project: string, run: number, signal: AbortSignal): Promise<Task[]> {
  const tasks: Task[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await api.GET("/api/v1/projects/{project_name}/runs/{run_id}/tasks", {
      params: { path: { project_name: project, run_id: run }, query: { limit: 200, ...(cursor && { cursor }) } },
      signal,
    });
    tasks.push(...(data?.items ?? []));
    cursor = data?.next ?? undefined;
  } while (cursor);
  return tasks;
}

/** Steps that were taken over from an earlier run have their numbers only among the run's scores. */
async function withScores(project: string, run: number, tasks: Task[], signal: AbortSignal): Promise<Task[]> {
  const { data } = await api.GET("/api/v1/projects/{project_name}/runs/{run_id}/scores", {
    params: { path: { project_name: project, run_id: run } },
    signal,
  });
  const scores = new Map<string, Record<string, unknown>>();
  for (const { path, index, port, values } of data?.items ?? []) {
    const key = keyOf(path, index);
    scores.set(key, { ...scores.get(key), [port]: values });
  }
  return tasks.map((task) => ({ ...task, metrics: task.metrics ?? scores.get(keyOf(task.path, task.index)) ?? null }));
}
