import { type FlowEdge, type FlowNode, portRef } from "./document";
import { NODE_WIDTH, positionOf } from "./geometry";

const COLUMN = NODE_WIDTH + 68;
const ROW = 140;

/** The nodes, where nobody has placed them from left to right along their wires, below those that have a place. */
export function placed(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): readonly FlowNode[] {
  const unplaced = nodes.filter(({ position }) => !position);
  if (unplaced.length === 0) return nodes;
  const columns = columnsOf(unplaced, edges);
  const below = nodes.filter(({ position }) => position).map((node) => positionOf(node)[1] + ROW);
  const top = Math.max(0, ...below);
  const rows = new Map<number, number>();
  return nodes.map((node) => {
    if (node.position) return node;
    const column = columns.get(node.id) ?? 0;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { ...node, position: [column * COLUMN, top + row * ROW] };
  });
}

/** How many nodes come before each at most; where they wait for each other in a circle, it ends all the same. */
function columnsOf(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): Map<string, number> {
  const columns = new Map(nodes.map(({ id }) => [id, 0]));
  const wires = edges.map(({ from, to }) => [portRef(from).node, portRef(to).node] as const);
  for (let pass = 0, changed = true; changed && pass < nodes.length; pass++) {
    changed = false;
    for (const [from, to] of wires) {
      const before = columns.get(from);
      const after = columns.get(to);
      if (before === undefined || after === undefined || after > before || from === to) continue;
      columns.set(to, Math.min(before + 1, nodes.length - 1));
      changed = before + 1 < nodes.length || changed;
    }
  }
  return columns;
}
