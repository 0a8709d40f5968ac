import { type QueryClient, type QueryFunctionContext, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../../../api/client";
import { NOTHING, type Read, withEvents } from "./curves";

const PAGE = 1000;

/** What the tasks of a run have reported step by step; goes on being read while `isOver` is false. */
export function useCurves(project: string, run: number, isOver: boolean) {
  const read = useQuery(curvesQuery(project, run, isOver));
  const { refetch } = read;
  // What came between the last look and the end.
  useEffect(() => {
    if (isOver) void refetch({ cancelRefetch: false });
  }, [isOver, refetch]);
  return read;
}

export function curvesQuery(project: string, run: number, isOver: boolean) {
  return {
    queryKey: ["metric-events", project, run],
    queryFn: ({ signal, client, queryKey }: QueryFunctionContext & { client: QueryClient }) =>
      readOn(project, run, client.getQueryData<Read>(queryKey) ?? NOTHING, signal),
    refetchInterval: isOver ? (false as const) : 1000,
    staleTime: isOver ? 60_000 : 0,
    // Thousands of points need not be compared one by one to see that there are new ones.
    structuralSharing: false,
  };
}

/** What has been reported since the last time is read, and added to what is known. */
export async function readOn(project: string, run: number, known: Read, signal: AbortSignal): Promise<Read> {
  const { data } = await api.GET("/api/v1/projects/{project_name}/runs/{run_id}/events", {
    params: { path: { project_name: project, run_id: run }, query: { after: known.after, limit: PAGE } },
    signal,
  });
  if (!data || data.items.length === 0) return known;
  const read = withEvents(known, data.items, data.next);
  return data.items.length < PAGE ? read : readOn(project, run, read, signal);
}
