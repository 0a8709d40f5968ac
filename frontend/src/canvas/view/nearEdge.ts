import { type FlowEdge, type FlowGraph, portRef } from "../model/document";
import { placeOnEdge } from "../model/edit";
import { NODE_WIDTH, PORT_SIZE, portY, positionOf } from "../model/geometry";
import type { Wiring } from "../model/wiring";

const SAMPLES = 16;

/** The wire that passes nearest to a point, if it is near; where a node dropped there would be put into it. */
export function nearEdge(
  graph: FlowGraph,
  wiring: Wiring,
  point: { x: number; y: number },
  within: number,
  fits: (edge: FlowEdge) => boolean,
): FlowEdge | null {
  const places = new Map(graph.nodes.map((node) => [node.id, positionOf(node)]));
  const end = (ref: string, side: "inputs" | "outputs") => {
    const { node, port } = portRef(ref);
    const place = places.get(node);
    const ports = wiring.ports(node);
    const index = ports[side].findIndex(({ name }) => name === port);
    if (!place || index < 0) return null;
    const x = place[0] + (side === "outputs" ? NODE_WIDTH + PORT_SIZE / 2 : -PORT_SIZE / 2);
    return { x, y: place[1] + portY(ports, side, index) };
  };
  let best: { edge: FlowEdge; distance: number } | null = null;
  for (const edge of graph.edges) {
    const from = end(edge.from, "outputs");
    const to = end(edge.to, "inputs");
    if (!from || !to || !fits(edge)) continue;
    const distance = distanceTo(from, to, point);
    if (distance <= within && (!best || distance < best.distance)) best = { edge, distance };
  }
  return best?.edge ?? null;
}

/** Into which wires a node fits; null: it is wired already and stays as it is. */
export function canBeInserted(wiring: Wiring, id: string): ((edge: FlowEdge) => boolean) | null {
  const isWired = wiring.graph.edges.some(({ from, to }) => portRef(from).node === id || portRef(to).node === id);
  return isWired ? null : (edge) => placeOnEdge(wiring, id, edge) !== null;
}

/** To a bezier curve as the canvas draws it. */
function distanceTo(
  from: { x: number; y: number },
  to: { x: number; y: number },
  point: { x: number; y: number },
): number {
  const dx = to.x - from.x;
  const bend = dx >= 0 ? dx / 2 : 0.25 * 25 * Math.sqrt(-dx);
  let least = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample <= SAMPLES; sample++) {
    const t = sample / SAMPLES;
    const u = 1 - t;
    const x = u ** 3 * from.x + 3 * u * u * t * (from.x + bend) + 3 * u * t * t * (to.x - bend) + t ** 3 * to.x;
    const y = (u ** 3 + 3 * u * u * t) * from.y + (3 * u * t * t + t ** 3) * to.y;
    least = Math.min(least, Math.hypot(point.x - x, point.y - y));
  }
  return least;
}
