import { edgeId, type FlowEdge, portRef } from "./document";
import { type Box, NODE_FOOT, NODE_WIDTH, nodeHeight, PORT_SIZE, portY, positionOf } from "./geometry";
import type { Wiring } from "./wiring";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface WireEnds {
  readonly from: Point;
  readonly to: Point;
}

/** How far a wire that runs back leaves its ports at the sides. */
export const ASIDE = 24;
/** A lane that is narrower is none. */
const LEAST_GAP = 20;
/** Between wires of different outputs in one gap. */
const APART = 8;

/** Where the ends of a wire are; null: one of them is not there, or is an end of a body. */
export function wireEnds({ graph, ports }: Wiring): (edge: FlowEdge) => WireEnds | null {
  const places = new Map(graph.nodes.map((node) => [node.id, positionOf(node)]));
  const end = (ref: string, side: "inputs" | "outputs"): Point | null => {
    const { node, port } = portRef(ref);
    const place = places.get(node);
    if (!place) return null;
    const own = ports(node);
    const index = own[side].findIndex(({ name }) => name === port);
    const x = place[0] + (side === "outputs" ? NODE_WIDTH + PORT_SIZE / 2 : -PORT_SIZE / 2);
    return index < 0 ? null : { x, y: place[1] + portY(own, side, index) };
  };
  return (edge) => {
    const from = end(edge.from, "outputs");
    const to = end(edge.to, "inputs");
    return from && to && { from, to };
  };
}

/**
 * At which height wires that lead back to the beginning of another row run: between the nodes, near the one that they
 * feed. Wires of one output share a lane.
 */
export function lanesOf(wiring: Wiring): ReadonlyMap<string, number> {
  const { graph, ports } = wiring;
  const lanes = new Map<string, number>();
  const places = new Map(graph.nodes.map((node) => [node.id, positionOf(node)]));
  const leadsBack = graph.edges.filter(({ from, to }) => {
    const [source, target] = [from, to].map((ref) => places.get(portRef(ref).node));
    return source && target && target[0] < source[0] + NODE_WIDTH;
  });
  if (leadsBack.length === 0) return lanes;
  const ends = wireEnds(wiring);
  const boxes = graph.nodes.map((node): Box => {
    const [x, y] = positionOf(node);
    return { x, y, width: NODE_WIDTH, height: nodeHeight(ports(node.id)) + NODE_FOOT };
  });
  const users = new Map<number, string[]>();
  for (const edge of leadsBack) {
    const place = ends(edge);
    const middle = place && laneOf(place, boxes);
    if (middle === null) continue;
    const sources = users.get(middle) ?? [];
    users.set(middle, sources);
    if (!sources.includes(edge.from)) sources.push(edge.from);
    const nth = sources.indexOf(edge.from);
    lanes.set(edgeId(edge), middle + APART * Math.ceil(nth / 2) * (nth % 2 === 0 ? 1 : -1));
  }
  return lanes;
}

/** The middle of the gap between nodes that is nearest to the end of the wire; null: there is none. */
function laneOf({ from, to }: WireEnds, boxes: readonly Box[]): number | null {
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const inTheWay = boxes
    .filter(({ x, width }) => x < from.x + ASIDE && x + width > to.x - ASIDE)
    .map(({ y, height }) => ({ start: y, end: y + height }))
    .filter(({ start, end }) => end > top && start < bottom)
    .toSorted((left, right) => left.start - right.start);
  const gaps: { start: number; end: number }[] = [];
  let free = top;
  for (const { start, end } of inTheWay) {
    if (start - free >= LEAST_GAP) gaps.push({ start: free, end: start });
    free = Math.max(free, end);
  }
  const gap = to.y > from.y ? gaps.at(-1) : gaps[0];
  return gap ? Math.round((gap.start + gap.end) / 2) : null;
}

/** The corners of such a wire. */
export function cornersOf({ from, to }: WireEnds, lane: number): Point[] {
  const right = from.x + ASIDE;
  const left = to.x - ASIDE;
  return [from, { x: right, y: from.y }, { x: right, y: lane }, { x: left, y: lane }, { x: left, y: to.y }, to];
}
