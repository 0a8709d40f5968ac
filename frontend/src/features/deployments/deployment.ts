import { queries, type Schemas } from "../../api/client";
import { useProjectName } from "../../api/project";

export type Deployment = Schemas["Deployment"];
export type DeploymentDetail = Schemas["DeploymentDetail"];

export const DEPLOYMENT_PATH = "/api/v1/projects/{project_name}/deployments/{name}";

/** Milliseconds between two looks: something is on its way, or all is as it should be. */
const SOON = 1_500;
const LATER = 5_000;

export function lookAgain(states: readonly string[]): number {
  return states.every((state) => state === "serving") ? LATER : SOON;
}

export function useDeployments(query: { q?: string; cursor?: string }) {
  const project_name = useProjectName();
  return queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/deployments",
    { params: { path: { project_name }, query } },
    { refetchInterval: ({ state }) => lookAgain((state.data?.items ?? []).map((each) => each.state)) },
  );
}

export function useDeployment(name: string) {
  const project_name = useProjectName();
  return queries.useQuery(
    "get",
    DEPLOYMENT_PATH,
    { params: { path: { project_name, name } } },
    { refetchInterval: ({ state }) => lookAgain(state.data ? [state.data.state] : []), retry: false },
  );
}

export function useTraffic(name: string, minutes = 60) {
  const project_name = useProjectName();
  return queries.useQuery(
    "get",
    `${DEPLOYMENT_PATH}/traffic`,
    { params: { path: { project_name, name }, query: { minutes } } },
    { refetchInterval: LATER },
  );
}

export function deploymentPath(name: string): string {
  return `/deployments/${encodeURIComponent(name)}`;
}
