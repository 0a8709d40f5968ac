import { api, type Schemas } from "../api/client";
import { limited } from "./limited";

/** Where a table's rows are: what a run made, or a version of a dataset. */
export type TableSource =
  | { kind: "artifact"; project: string; id: string }
  | { kind: "dataset"; project: string; name: string; version: number };

export interface RowsQuestion {
  offset: number;
  limit: number;
  columns?: string[];
  sort?: string;
  descending?: boolean;
  search?: string;
  longest?: number;
}

export interface Order {
  column: string;
  descending: boolean;
}

/** What names a source in caches. */
export function sourceKey(source: TableSource): readonly unknown[] {
  return source.kind === "artifact"
    ? ["table", source.project, source.id]
    : ["table", source.project, source.name, source.version];
}

// The server answers four questions about tables at once, of all people together; rows come before figures.
const rowsFirst = limited(2);
const figuresBeside = limited(1);

export function fetchRows(source: TableSource, query: RowsQuestion, signal?: AbortSignal): Promise<Schemas["Rows"]> {
  return rowsFirst(async () => {
    const { data } =
      source.kind === "artifact"
        ? await api.GET("/api/v1/projects/{project_name}/artifacts/{artifact_id}/rows", {
            params: { path: { project_name: source.project, artifact_id: source.id }, query },
            signal,
          })
        : await api.GET("/api/v1/projects/{project_name}/datasets/{name}/versions/{number}/rows", {
            params: { path: { project_name: source.project, name: source.name, number: source.version }, query },
            signal,
          });
    return there(data);
  }, signal);
}

export function fetchFigures(source: TableSource, signal?: AbortSignal): Promise<Schemas["Statistics"]> {
  return figuresBeside(async () => {
    const { data } =
      source.kind === "artifact"
        ? await api.GET("/api/v1/projects/{project_name}/artifacts/{artifact_id}/columns", {
            params: { path: { project_name: source.project, artifact_id: source.id } },
            signal,
          })
        : await api.GET("/api/v1/projects/{project_name}/datasets/{name}/versions/{number}/statistics", {
            params: { path: { project_name: source.project, name: source.name, number: source.version } },
            signal,
          });
    return there(data);
  }, signal);
}

export interface HistogramQuestion {
  column: string;
  bins: number;
  by?: string;
}

export function fetchHistogram(
  source: TableSource,
  query: HistogramQuestion,
  signal?: AbortSignal,
): Promise<Schemas["Distribution"]> {
  return figuresBeside(async () => {
    const { data } =
      source.kind === "artifact"
        ? await api.GET("/api/v1/projects/{project_name}/artifacts/{artifact_id}/histogram", {
            params: { path: { project_name: source.project, artifact_id: source.id }, query },
            signal,
          })
        : await api.GET("/api/v1/projects/{project_name}/datasets/{name}/versions/{number}/histogram", {
            params: { path: { project_name: source.project, name: source.name, number: source.version }, query },
            signal,
          });
    return there(data);
  }, signal);
}

/** Address of the whole table as a file. */
export function tableFile(source: TableSource, format: "csv" | "parquet"): string {
  const project = `/api/v1/projects/${encodeURIComponent(source.project)}`;
  return source.kind === "artifact"
    ? `${project}/artifacts/${source.id}/${format}`
    : `${project}/datasets/${encodeURIComponent(source.name)}/versions/${source.version}/download?format=${format}`;
}

function there<T>(data: T | undefined): T {
  if (data === undefined) throw new Error("The answer is empty.");
  return data;
}
