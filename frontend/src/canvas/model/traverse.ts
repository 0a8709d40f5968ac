import { type FlowGraph, portRef } from "./document";
import { type Box, NODE_HEAD, NODE_WIDTH, positionOf } from "./geometry";

export type Direction = "left" | "right" | "up" | "down";

/** The node to go to from another by an arrow key: along a wire if there is one, else the nearest one that way. */
export function neighbour(graph: FlowGraph, id: string, direction: Direction): string | null {
  const boxes = new Map<string, Box>(
    graph.nodes.map((node) => {
      const [x, y] = positionOf(node);
      return [node.id, { x, y, width: NODE_WIDTH, height: NODE_HEAD }];
    }),
  );
  const from = boxes.get(id);
  if (!from) return firstNode(graph);
  const wired = alongWires(graph, id, direction).filter((other) => boxes.has(other));
  const candidates = wired.length > 0 ? wired : [...boxes.keys()].filter((other) => other !== id);
  let best: { id: string; cost: number } | null = null;
  for (const other of candidates) {
    const box = boxes.get(other);
    if (!box) continue;
    const dx = box.x - from.x;
    const dy = box.y - from.y;
    const [ahead, aside] =
      direction === "left" ? [-dx, dy] : direction === "right" ? [dx, dy] : direction === "up" ? [-dy, dx] : [dy, dx];
    if (wired.length === 0 && ahead <= 0) continue;
    const cost = Math.abs(ahead) + 2 * Math.abs(aside);
    if (!best || cost < best.cost) best = { id: other, cost };
  }
  return best?.id ?? null;
}

function alongWires({ edges }: FlowGraph, id: string, direction: Direction): string[] {
  if (direction === "right")
    return edges.filter(({ from }) => portRef(from).node === id).map(({ to }) => portRef(to).node);
  if (direction === "left")
    return edges.filter(({ to }) => portRef(to).node === id).map(({ from }) => portRef(from).node);
  return [];
}

/** Where walking begins: the node that is furthest left, then furthest up. */
export function firstNode({ nodes }: FlowGraph): string | null {
  const sorted = nodes.toSorted((left, right) => {
    const [leftX, leftY] = positionOf(left);
    const [rightX, rightY] = positionOf(right);
    return leftX - rightX || leftY - rightY;
  });
  return sorted[0]?.id ?? null;
}
