import type { FlowBody, FlowGraph, FlowNode, NodeKind, Position } from "./document";
import { freeId, idWish } from "./ids";

/** What can be added to a flow: an operator, or a control-flow node. */
export type NewStep = { readonly operator: string } | { readonly kind: Exclude<NodeKind, "operator"> };

export const CONTROL_KINDS = ["branch", "map", "loop", "flow", "approval"] as const;

/** How a step is written where it is dragged or remembered. */
export function stepKey(step: NewStep): string {
  return "operator" in step ? step.operator : `#${step.kind}`;
}

export function stepOf(key: string): NewStep {
  const kind = CONTROL_KINDS.find((one) => `#${one}` === key);
  return kind ? { kind } : { operator: key };
}

const EMPTY: FlowBody = { nodes: [], edges: [] };

/** A new node under a free id, with what its kind cannot be without. */
export function newNode(graph: FlowGraph, step: NewStep, position: Position): FlowNode {
  const taken = new Set([...graph.nodes, ...(graph.notes ?? [])].map(({ id }) => id));
  if ("operator" in step) return { id: freeId(idWish(step.operator), taken), operator: step.operator, position };
  const { kind } = step;
  const node = { id: freeId(kind, taken), kind, position };
  switch (kind) {
    case "branch":
      return { ...node, cases: [{ port: "first", when: { rows: { minimum: 1 } } }, { port: "otherwise" }] };
    case "map":
      return { ...node, over: "item", params: { item: [] }, body: { ...EMPTY, params: { item: { type: "string" } } } };
    case "loop":
      return { ...node, times: 3, body: EMPTY };
    case "flow":
      return { ...node, body: EMPTY };
    case "approval":
      return node;
  }
}
