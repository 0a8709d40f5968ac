import { ApiError, api, changeHeaders, errorOf, queries, type Schemas } from "../../../api/client";
import { useProjectName } from "../../../api/project";

export type Feature = Schemas["Feature"];
export type FeatureField = keyof Schemas["FeatureMeta"];

/** In the order of the table. */
export const FEATURE_FIELDS = [
  "type",
  "meaning",
  "unit",
  "process_step",
  "equipment",
  "owner",
] as const satisfies readonly FeatureField[];

const PATH = "/api/v1/projects/{project_name}/datasets/{name}/features/{column}";

export function useFeatures(name: string, q: string, cursor: string | undefined) {
  const project_name = useProjectName();
  return queries.useQuery("get", "/api/v1/projects/{project_name}/datasets/{name}/features", {
    params: { path: { project_name, name }, query: { ...(q && { q }), ...(cursor && { cursor }) } },
  });
}

/** What somebody else wrote into the same field meanwhile. */
export class FieldTaken extends Error {
  constructor(
    readonly theirs: string,
    readonly by: string | null,
  ) {
    super(theirs);
  }
}

/**
 * Writes one field of what a column means. `before`: what the field held when it was opened. Other fields that others
 * changed stay as they left them; where they changed this one, FieldTaken says so and nothing is written.
 */
export async function writeFeature(
  project: string,
  dataset: string,
  column: string,
  change: { field: FeatureField; before: string; after: string },
): Promise<void> {
  const path = { project_name: project, name: dataset, column };
  for (let tries = 0; ; tries += 1) {
    const { data, response } = await api.GET(PATH, { params: { path }, cache: "no-store" });
    if (!data) throw new Error("The answer is empty.");
    const now = data.meta[change.field] ?? "";
    if (now === change.after) return;
    if (now !== change.before) throw new FieldTaken(now, data.changed_by);
    try {
      await api.PUT(PATH, {
        params: { path, header: { "If-Match": response.headers.get("ETag") ?? "" } },
        body: { meta: { ...data.meta, [change.field]: change.after } },
      });
      return;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "conflict") || tries >= 3) throw error;
    }
  }
}

export function sheetAddress(project: string, dataset: string): string {
  return `/api/v1/projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(dataset)}/feature-sheet`;
}

/** Takes a sheet back, all or nothing; how many columns have changed. */
export async function sendSheet(project: string, dataset: string, file: File): Promise<number> {
  const response = await fetch(sheetAddress(project, dataset), {
    method: "PUT",
    body: file,
    headers: { ...changeHeaders(), "Content-Type": "text/csv" },
  });
  if (!response.ok) throw await errorOf(response);
  const { changed } = (await response.json()) as Schemas["SheetResult"];
  return changed;
}
