import { api } from "../../../api/client";
import { newKey } from "../../../lib/newKey";

const PATH = "/api/v1/projects/{project_name}/datasets/{name}/versions";

type What =
  | { upload: string; source: string; options: Record<string, unknown> }
  | { run: number; node: string; port: string };

/** Starts the run that makes the next version of a dataset; its number. */
export async function startImport(
  project: string,
  name: string,
  what: What,
): Promise<{ run_id: number; upload: string }> {
  const { data } = await api.POST(PATH, {
    params: { path: { project_name: project, name }, header: { "Idempotency-Key": newKey() } },
    body: what,
  });
  if (!data) throw new Error("The answer is empty.");
  return data;
}
