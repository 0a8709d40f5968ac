import { type FlowDocument, graphAt, nodePath, portRef } from "../model/document";
import { isObject } from "../saving/same";
import type { FlowCheck } from "../store/flowStore";

export interface Column {
  name: string;
  type: string;
  kind: "number" | "text" | "time" | "boolean" | "other";
}

const KINDS: Readonly<Record<string, Column["kind"]>> = {
  int: "number",
  float: "number",
  string: "text",
  category: "text",
  date: "time",
  datetime: "time",
  bool: "boolean",
};

/** The columns that come to an input of a node before anything has run; null: not known. */
export function columnsAt(
  document: FlowDocument,
  check: FlowCheck | null,
  bodyPath: readonly string[],
  node: string,
  input: string,
): Column[] | null {
  if (!check) return null;
  const sources = sourcesOf(document, bodyPath, node, input);
  if (!sources || sources.length === 0) return null;
  const found = new Map<string, Column>();
  for (const { path, port } of sources) {
    const columns = readSchema(check.schemas[path]?.[port]);
    if (!columns) return null;
    for (const column of columns) if (!found.has(column.name)) found.set(column.name, column);
  }
  return [...found.values()];
}

/** The output ports that feed an input: of the same graph, or through the body's own port from outside. */
export function sourcesOf(
  document: FlowDocument,
  bodyPath: readonly string[],
  node: string,
  input: string,
): { path: string; port: string }[] | null {
  const graph = graphAt(document, bodyPath);
  if (!graph) return null;
  const target = `${node}.${input}`;
  const inside = graph.edges
    .filter(({ to }) => to === target)
    .map(({ from }) => ({ path: nodePath(bodyPath, portRef(from).node), port: portRef(from).port }));
  const outer = bodyPath.at(-1);
  if (outer === undefined || !("inputs" in graph)) return inside;
  const ports = Object.entries(graph.inputs ?? {}).filter(([, refs]) => refs.includes(target));
  const around = ports.map(([port]) => sourcesOf(document, bodyPath.slice(0, -1), outer, port));
  return around.some((sources) => sources === null) ? null : [...inside, ...around.flatMap((sources) => sources ?? [])];
}

export function readSchema(schema: unknown): Column[] | null {
  if (!isObject(schema) || !Array.isArray(schema.columns)) return null;
  const columns: unknown[] = schema.columns;
  return columns.flatMap((column) => {
    if (!isObject(column) || typeof column.name !== "string" || typeof column.type !== "string") return [];
    return [{ name: column.name, type: column.type, kind: KINDS[column.type] ?? "other" }];
  });
}
