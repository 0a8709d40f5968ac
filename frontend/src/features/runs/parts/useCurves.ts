import { type QueryClient, type QueryFunctionContext, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, type Schemas } from "../../../api/client";
import { NOTHING, type Read, withEvents } from "./curves";

/** Events per request, the most that the API gives. */
export const PAGE = 1000;

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
      readOn(askFor(project, run, signal), client.getQueryData<Read>(queryKey) ?? NOTHING, (read) =>
        // A long run takes a while to read: what is there is drawn.
        client.setQueryData(queryKey, read),
      ),
    refetchInterval: isOver ? (false as const) : 1000,
    staleTime: isOver ? 60_000 : 0,
    // Thousands of points need not be compared one by one to see that there are new ones.
    structuralSharing: false,
  };
}

/** Events that follow number `after`, at most `PAGE`. */
export type Ask = (after: number) => Promise<Schemas["Events"] | undefined>;

function askFor(project: string, run: number, signal: AbortSignal): Ask {
  return async (after) => {
    const { data } = await api.GET("/api/v1/projects/{project_name}/runs/{run_id}/events", {
      params: { path: { project_name: project, run_id: run }, query: { after, limit: PAGE } },
      signal,
    });
    return data;
  };
}

/** What has been reported since the last time is read, and added to what is known; `onPage`: told where there is more. */
export async function readOn(ask: Ask, known: Read, onPage: (read: Read) => void): Promise<Read> {
  const events = await ask(known.after);
  if (!events || events.items.length === 0) return known;
  const read = withEvents(known, events.items, events.next);
  if (events.items.length < PAGE) return read;
  onPage(read);
  return readOn(ask, read, onPage);
}
