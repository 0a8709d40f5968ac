import { useQuery } from "@tanstack/react-query";
import { api, queries, type Schemas } from "../../api/client";
import { useProjectName } from "../../api/project";

export type Model = Schemas["Model"];
export type Version = Schemas["ModelVersion"];
export type Difference = Schemas["Difference"];

export const MODEL_PATH = "/api/v1/projects/{project_name}/models/{name}";
const VERSIONS = "/api/v1/projects/{project_name}/models/{name}/versions";

export function useModel(name: string) {
  const project_name = useProjectName();
  return queries.useQuery("get", MODEL_PATH, { params: { path: { project_name, name } } });
}

/** A page of versions, newest first. */
export function useVersions(name: string, limit = 50, cursor?: string) {
  const project_name = useProjectName();
  return queries.useQuery("get", VERSIONS, {
    params: { path: { project_name, name }, query: { limit, ...(cursor && { cursor }) } },
  });
}

export function useVersion(name: string, number: number) {
  const project_name = useProjectName();
  return queries.useQuery("get", `${VERSIONS}/{number}`, { params: { path: { project_name, name, number } } });
}

/** The names of a project's models, for choosing one. */
export function useModelNames(enabled = true) {
  const project = useProjectName();
  return useQuery({
    queryKey: ["model names", project],
    enabled,
    queryFn: async () => {
      const { data } = await api.GET("/api/v1/projects/{project_name}/models", {
        params: { path: { project_name: project }, query: { limit: 200 } },
      });
      return (data?.items ?? []).map(({ name }) => name);
    },
  });
}

/** Where a model's page lives below the project, or one of its versions'. */
export function modelPath(name: string, number?: number): string {
  const page = `/models/${encodeURIComponent(name)}`;
  return number === undefined ? page : `${page}/versions/${number}`;
}

/** Where a version can be had as a file. */
export function downloadOf(project: string, name: string, number: number): string {
  const model = `/api/v1/projects/${encodeURIComponent(project)}/models/${encodeURIComponent(name)}`;
  return `${model}/versions/${number}/download`;
}
