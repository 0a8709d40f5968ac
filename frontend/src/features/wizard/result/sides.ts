import type { Schemas } from "../../../api/client";
import { type FlowDocument, portRef } from "../../../canvas/model/document";

/** Nodes and params that a wizard's flow may have beside its main chain, by the names that docs/wizards.md gives them. */
export const TRY_ROW = { node: "try_row", param: "rows" } as const;
export const SCORE = { node: "scored", table: "score", param: "score_dataset", file: "score_file" } as const;

export function hasSide({ nodes, params }: FlowDocument, side: { node: string; param: string }): boolean {
  return nodes.some(({ id }) => id === side.node) && params?.[side.param] !== undefined;
}

/** The task and the port that feed an input of a node; null: nothing does, or it has not been run. */
export function feeding(
  { edges }: FlowDocument,
  tasks: readonly Schemas["Task"][],
  input: string,
): { task: Schemas["Task"]; port: string } | null {
  const edge = edges.find(({ to }) => to === input);
  if (!edge) return null;
  const { node, port } = portRef(edge.from);
  const task = tasks.find(({ path }) => path === node);
  return task ? { task, port } : null;
}

/** The id of what a task made at a port. */
export function madeBy(tasks: readonly Schemas["Task"][], node: string, port: string): string | null {
  return tasks.find(({ path }) => path === node)?.outputs[port] ?? null;
}
