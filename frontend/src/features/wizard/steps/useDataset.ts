import { queries } from "../../../api/client";
import type { TableSource } from "../../../data/source";

/** The newest version of a dataset as a table; null: there is none, or not yet known. */
export function useDataset(project_name: string, name: string): TableSource | null {
  const found = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets/{name}",
    { params: { path: { project_name, name } } },
    { retry: false, enabled: name !== "" },
  );
  const version = found.data?.latest ?? null;
  return version === null ? null : { kind: "dataset", project: project_name, name, version };
}
