import { useParams } from "react-router";
import { queries } from "./client";

/** The name of the project that the address names. */
export function useProjectName(): string {
  return useParams().project ?? "default";
}

/** Where pages of a project live. */
export function useProjectPath(): (path: string) => string {
  const project = useProjectName();
  return (path) => `/p/${encodeURIComponent(project)}${path}`;
}

/** Whether the user may do something in the project of the address. The server decides; this hides what it would refuse. */
export function useMayHere(permission: string): boolean {
  return useMayHereWhenKnown(permission) ?? false;
}

/** The same, null as long as it is not known: where it decides what a page begins with. */
export function useMayHereWhenKnown(permission: string): boolean | null {
  const project_name = useProjectName();
  const project = queries.useQuery("get", "/api/v1/projects/{project_name}", { params: { path: { project_name } } });
  const roles = queries.useQuery("get", "/api/v1/roles", {}, { staleTime: Number.POSITIVE_INFINITY });
  const session = queries.useQuery("get", "/api/v1/session", {}, { staleTime: 5 * 60_000 });
  if (session.data?.is_admin) return true;
  if (session.isPending || roles.isPending || project.isPending) return null;
  return roles.data?.find(({ role }) => role === project.data?.role)?.permissions.includes(permission) ?? false;
}
