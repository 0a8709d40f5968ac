import { useQuery } from "@tanstack/react-query";
import { api, queries, type Schemas } from "../../api/client";
import { useProjectName } from "../../api/project";
import { columnsOf, type NamedType } from "../../data/parts";

export type Dataset = Schemas["Dataset"];
export type Meta = Schemas["DatasetMeta"];
export type Version = Schemas["Version"];
export type ListedVersion = Schemas["ListedVersion"];

export const DATASET_PATH = "/api/v1/projects/{project_name}/datasets/{name}";

/** A dataset, and the state that its answer showed. */
export interface SeenDataset {
  dataset: Dataset;
  etag: string;
}

export async function readDataset(project: string, name: string): Promise<SeenDataset> {
  const { data, response } = await api.GET(DATASET_PATH, {
    params: { path: { project_name: project, name } },
    // A state that the browser kept is not the state that others left.
    cache: "no-store",
  });
  if (!data) throw new Error("The answer is empty.");
  return { dataset: data, etag: response.headers.get("ETag") ?? "" };
}

export function useDataset(name: string) {
  const project = useProjectName();
  return useQuery({ queryKey: ["dataset", project, name], queryFn: () => readDataset(project, name) });
}

/** Writes what can be changed of a dataset; refused when it is in another state than `etag` says. */
export async function writeDataset(
  project: string,
  name: string,
  etag: string,
  body: Schemas["DatasetChange"],
): Promise<void> {
  const params = { path: { project_name: project, name }, header: { "If-Match": etag } };
  await api.PUT(DATASET_PATH, { params, body });
}

/** A page of versions, newest first. */
export function useVersions(name: string, limit = 50, cursor?: string) {
  const project_name = useProjectName();
  return queries.useQuery("get", "/api/v1/projects/{project_name}/datasets/{name}/versions", {
    params: { path: { project_name, name }, query: { limit, ...(cursor && { cursor }) } },
  });
}

export function useVersion(name: string, number: number | null) {
  const project_name = useProjectName();
  return queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets/{name}/versions/{number}",
    { params: { path: { project_name, name, number: number ?? 0 } } },
    { enabled: number !== null },
  );
}

export function columnsOfVersion(version: Version | undefined): NamedType[] {
  return version ? columnsOf(version.schema) : [];
}
