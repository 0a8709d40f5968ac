import { queries } from "../../../api/client";
import { type Report, readReport } from "./report";

/** The report that an artifact of text holds. `report` null: not there yet, or the text is none (`isNone`). */
export function useReport(project_name: string, artifact_id: string | null) {
  const text = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/artifacts/{artifact_id}/text",
    { params: { path: { project_name, artifact_id: artifact_id ?? "" } } },
    { enabled: artifact_id !== null, staleTime: Number.POSITIVE_INFINITY, select: ({ text }) => readReport(text) },
  );
  const report: Report | null = text.data ?? null;
  return { report, isNone: text.data === null, error: text.error, retry: () => void text.refetch() };
}
