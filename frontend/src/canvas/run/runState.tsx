import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { api } from "../../api/client";
import { type NodeRun, nodeRun } from "./nodeRun";
import { makeRunStore, type RunState, type RunStore } from "./runStore";
import { hasEnded } from "./taskStates";

export type { NodeRun } from "./nodeRun";
export type { RunModel } from "./runModel";
export { hasEnded } from "./taskStates";

const Context = createContext<RunStore | null>(null);
const NOTHING = makeNothing();

/** Around an open flow: the run that its nodes show, at first the latest one of the flow. */
export function FlowRunProvider({ project, flow, children }: { project: string; flow: string; children: ReactNode }) {
  const store = useRunStoreOf(project);
  useEffect(() => {
    const abort = new AbortController();
    api
      .GET("/api/v1/projects/{project_name}/runs", {
        params: { path: { project_name: project }, query: { flow, limit: 1 } },
        signal: abort.signal,
      })
      .then(({ data }) => {
        const latest = data?.items[0];
        if (latest && !abort.signal.aborted && !store.getState().model) store.open(latest.id);
      })
      // A flow opens without its last run when that cannot be read; running it says what is wrong.
      .catch(() => undefined);
    return () => abort.abort();
  }, [project, flow, store]);
  return <Context value={store}>{children}</Context>;
}

/** Around the page of one run. */
export function RunProvider({ project, run, children }: { project: string; run: number; children: ReactNode }) {
  const store = useRunStoreOf(project);
  useEffect(() => store.open(run), [store, run]);
  return <Context value={store}>{children}</Context>;
}

function useRunStoreOf(project: string): RunStore {
  const store = useMemo(() => makeRunStore(project), [project]);
  useEffect(() => () => store.close(), [store]);
  return store;
}

/** Of the run that is shown; outside of a provider nothing is ever run. */
export function useRunStore(): RunStore {
  return useContext(Context) ?? NOTHING;
}

export function useRunState<T>(select: (state: RunState) => T): T {
  return useStore(useRunStore(), select);
}

/** What the node at a path ("per_tool/fit") shows of the run; null: it takes no part. The same object until it changes. */
export function useNodeRun(path: string): NodeRun | null {
  return useRunState(({ model }) => {
    const group = model?.groups.get(path);
    return group ? nodeRun(group) : null;
  });
}

/** Whether something flows towards a node now: its incoming edges are drawn dashed. */
export function useIsRunning(path: string): boolean {
  return useRunState(({ model }) => {
    const group = model?.groups.get(path);
    return group ? nodeRun(group).state === "running" : false;
  });
}

export interface Progress {
  run: number;
  state: string;
  done: number;
  of: number;
  isOpen: boolean;
  isCancelling: boolean;
  /** A step of it has failed, and nobody tries it again. */
  hasFailed: boolean;
}

/** How far the run is that is shown. */
export function useRunProgress(): Progress | null {
  const model = useRunState((state) => state.model);
  return useMemo(
    () =>
      model && {
        run: model.run.id,
        state: model.run.state,
        done: model.tasks.filter(({ state }) => hasEnded(state)).length,
        of: model.tasks.length,
        isOpen: model.run.state === "queued" || model.run.state === "running",
        isCancelling: model.run.cancel_requested,
        hasFailed: model.tasks.some(({ state }) => state === "failed"),
      },
    [model],
  );
}

function makeNothing(): RunStore {
  const store = makeRunStore("");
  store.close();
  return store;
}
