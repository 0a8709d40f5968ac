import { edgeId, type FlowEdge, portRef } from "../model/document";
import { placeOnEdge } from "../model/edit";
import { cornersOf, lanesOf, type Point, type WireEnds, wireEnds } from "../model/lanes";
import type { Wiring } from "../model/wiring";

const SAMPLES = 16;

/** A wire as it is drawn: points along it. */
export interface DrawnWire {
  readonly edge: FlowEdge;
  readonly points: readonly Point[];
}

export function drawnWires(wiring: Wiring): DrawnWire[] {
  const endsOf = wireEnds(wiring);
  const lanes = lanesOf(wiring);
  return wiring.graph.edges.flatMap((edge) => {
    const ends = endsOf(edge);
    const lane = lanes.get(edgeId(edge));
    return ends ? { edge, points: lane === undefined ? curve(ends) : cornersOf(ends, lane) } : [];
  });
}

/** The wire that passes nearest to a point, if it is near; where a node dropped there would be put into it. */
export function nearEdge(
  wires: readonly DrawnWire[],
  point: Point,
  within: number,
  fits: (edge: FlowEdge) => boolean,
): FlowEdge | null {
  const near = wires
    .map(({ edge, points }) => ({ edge, distance: distanceTo(points, point) }))
    .filter(({ distance }) => distance <= within)
    .toSorted((left, right) => left.distance - right.distance);
  return near.find(({ edge }) => fits(edge))?.edge ?? null;
}

/** Into which wires a node fits; null: it is wired already and stays as it is. */
export function canBeInserted(wiring: Wiring, id: string): ((edge: FlowEdge) => boolean) | null {
  const isWired = wiring.graph.edges.some(({ from, to }) => portRef(from).node === id || portRef(to).node === id);
  return isWired ? null : (edge) => placeOnEdge(wiring, id, edge) !== null;
}

/** Points of a bezier curve as the canvas draws it. */
function curve({ from, to }: WireEnds): Point[] {
  const dx = to.x - from.x;
  const bend = dx >= 0 ? dx / 2 : 0.25 * 25 * Math.sqrt(-dx);
  return Array.from({ length: SAMPLES + 1 }, (_none, sample) => {
    const t = sample / SAMPLES;
    const u = 1 - t;
    const x = u ** 3 * from.x + 3 * u * u * t * (from.x + bend) + 3 * u * t * t * (to.x - bend) + t ** 3 * to.x;
    const y = (u ** 3 + 3 * u * u * t) * from.y + (3 * u * t * t + t ** 3) * to.y;
    return { x, y };
  });
}

/** From a point to the nearest of the straight lines between points that follow each other. */
function distanceTo(points: readonly Point[], { x, y }: Point): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [index, end] of points.entries()) {
    const start = points[index - 1] ?? end;
    const [dx, dy] = [end.x - start.x, end.y - start.y];
    const length = dx * dx + dy * dy;
    const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - start.x) * dx + (y - start.y) * dy) / length));
    least = Math.min(least, Math.hypot(x - start.x - share * dx, y - start.y - share * dy));
  }
  return least;
}
