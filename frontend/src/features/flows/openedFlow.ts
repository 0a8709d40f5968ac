import { queries } from "../../api/client";

/** A flow as it is when it is opened; from then on saving keeps it up to date. */
export function openedFlowQuery(project_name: string, flow: string) {
  return {
    ...queries.queryOptions("get", "/api/v1/projects/{project_name}/flows/{flow}", {
      params: { path: { project_name, flow } },
    }),
    // Only between being asked for and being opened.
    staleTime: 5_000,
    gcTime: 5_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  };
}
