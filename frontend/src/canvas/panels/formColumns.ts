import type { ColumnList } from "../../forms/spec";
import { type FlowDocument, graphAt } from "../model/document";
import { isObject } from "../saving/same";
import type { FlowCheck } from "../store/flowStore";
import { type Column, readSchema, sourcesOf } from "./columns";

/**
 * The columns that a form offers for an input. Where a table may have more columns than are known before a run (some
 * step keeps or drops them by their values), those that came into that step are offered too, as possible ones.
 */
export function formColumns(
  document: FlowDocument,
  check: FlowCheck | null,
  bodyPath: readonly string[],
  node: string,
  input: string,
): ColumnList | null {
  if (!check) return null;
  const sure = new Map<string, Column>();
  const possible = new Map<string, Column>();
  const seen = new Set<string>();
  let isOpen = false;

  const visit = (path: readonly string[], id: string, port: string, into: Map<string, Column>) => {
    const sources = sourcesOf(document, path, id, port);
    if (!sources || sources.length === 0) {
      isOpen = true;
      return;
    }
    for (const source of sources) {
      const schema = check.schemas[source.path]?.[source.port];
      for (const column of readSchema(schema) ?? []) if (!into.has(column.name)) into.set(column.name, column);
      if (isClosed(schema)) continue;
      isOpen = true;
      if (seen.has(source.path)) continue;
      seen.add(source.path);
      const parts = source.path.split("/");
      const from = parts.pop() ?? "";
      for (const one of inputsOf(document, parts, from)) visit(parts, from, one, possible);
    }
  };
  visit(bodyPath, node, input, sure);
  const more = [...possible.values()].filter(({ name }) => !sure.has(name));
  if (isOpen && sure.size + more.length === 0) return null;
  const columns = [...sure.values(), ...more.map((column) => ({ ...column, isPossible: true }))];
  return Object.assign(columns, { isOpen });
}

function isClosed(schema: unknown): boolean {
  return isObject(schema) && schema.open !== true;
}

/** The inputs of a node that something is connected to. */
function inputsOf(document: FlowDocument, path: readonly string[], id: string): string[] {
  const graph = graphAt(document, path);
  const wired = graph?.edges.flatMap(({ to }) => (to.startsWith(`${id}.`) ? [to.slice(id.length + 1)] : [])) ?? [];
  return [...new Set(wired)];
}
