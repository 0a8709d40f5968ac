import { queries } from "../../api/client";

/** The JSON in a text that a step made. `artifact` null: there is none yet. */
export function useJsonText(project_name: string, artifact: string | null) {
  const text = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/artifacts/{artifact_id}/text",
    { params: { path: { project_name, artifact_id: artifact ?? "" } } },
    { enabled: artifact !== null, staleTime: Number.POSITIVE_INFINITY },
  );
  return { ...text, json: text.data ? parsed(text.data.text) : null };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
