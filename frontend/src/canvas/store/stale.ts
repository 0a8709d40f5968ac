import { useEffect, useMemo } from "react";
import { queries } from "../../api/client";
import { type FlowDocument, readDocument } from "../model/document";
import { staleNodes } from "../model/stale";
import { useRunState } from "../run/runState";
import { useFlow, useFlowStore } from "./flowStore";

export function useIsStale(path: string): boolean {
  return useFlow(({ stale }) => stale.has(path));
}

/** Keeps `stale` of the store: compares what is edited with the revision that the shown run is of. */
export function useStaleNodes(): void {
  const store = useFlowStore();
  const project_name = useFlow(({ project }) => project);
  const flow = useFlow(({ name }) => name);
  const number = useRunState(({ model }) => (model?.run.flow === flow ? model.run.revision : null));
  const revision = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/flows/{flow}/revisions/{number}",
    { params: { path: { project_name, flow, number: number ?? 0 } } },
    { enabled: number !== null, staleTime: Number.POSITIVE_INFINITY },
  );
  const raw = revision.data?.document;
  const ran = useMemo<FlowDocument | null>(() => (raw ? readDocument(raw) : null), [raw]);
  useEffect(() => {
    const look = () => store.getState().setStale(ran ? staleNodes(ran, store.getState().document) : new Set());
    look();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = store.subscribe((now, before) => {
      if (now.document === before.document) return;
      clearTimeout(timer);
      timer = setTimeout(look, 250);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store, ran]);
}
