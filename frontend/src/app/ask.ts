import { projectQuery, rolesQuery } from "../api/project";
import { sessionQuery } from "../api/session";
import { operatorsQuery } from "../canvas/store/operators";
import { openedFlowQuery } from "../features/flows/openedFlow";
import { queryClient } from "./queryClient";

/** What every page needs is asked for while the code is still on its way. */
export function askForSession(): void {
  void queryClient.prefetchQuery(sessionQuery);
}

/** The same for the canvas, which needs the most. */
export function askForFlow(project: string, flow: string): void {
  void queryClient.prefetchQuery(openedFlowQuery(project, flow));
  void queryClient.prefetchQuery(projectQuery(project));
  void queryClient.prefetchQuery(rolesQuery);
  void queryClient.prefetchQuery(operatorsQuery);
}
