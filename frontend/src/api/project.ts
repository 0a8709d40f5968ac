import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { queries } from "./client";
import { useSession } from "./session";

/** The name of the project that the address names. */
export function useProjectName(): string {
  return useParams().project ?? "default";
}

/** Where pages of a project live. */
export function useProjectPath(): (path: string) => string {
  const project = useProjectName();
  return (path) => `/p/${encodeURIComponent(project)}${path}`;
}

export function projectQuery(project_name: string) {
  return queries.queryOptions("get", "/api/v1/projects/{project_name}", { params: { path: { project_name } } });
}

/** What each role may do. */
export const rolesQuery = {
  ...queries.queryOptions("get", "/api/v1/roles"),
  staleTime: Number.POSITIVE_INFINITY,
};

/** Whether the user may do something in the project of the address. The server decides; this hides what it would refuse. */
export function useMayHere(permission: string): boolean {
  return useMayHereWhenKnown(permission) ?? false;
}

/** The same, null as long as it is not known: where it decides what a page begins with. */
export function useMayHereWhenKnown(permission: string): boolean | null {
  const project_name = useProjectName();
  const project = useQuery(projectQuery(project_name));
  const roles = useQuery(rolesQuery);
  const session = useSession();
  if (session.data?.is_admin) return true;
  if (session.isPending || roles.isPending || project.isPending) return null;
  return roles.data?.find(({ role }) => role === project.data?.role)?.permissions.includes(permission) ?? false;
}
