import { type FlowEdge, portRef } from "../model/document";
import { type Box, NODE_FOOT, overlap } from "../model/geometry";

/** Wires between ports at different heights let a long chain drift up or down; nearer than this it is a row. */
const NEAR = 40;
const GAP = 12;

/** Puts each node to the height of the one before it, where they are nearly in a row and nothing is in the way. */
export function inRows(boxes: ReadonlyMap<string, Box>, edges: readonly FlowEdge[]): Map<string, Box> {
  const placed = new Map(boxes);
  const feeders = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const id = portRef(to).node;
    feeders.set(id, [...(feeders.get(id) ?? []), portRef(from).node]);
  }
  const sorted = [...boxes].toSorted(([, left], [, right]) => left.x - right.x || left.y - right.y);
  for (const [id, box] of sorted) {
    // What the node before was moved by counts as well: the whole chain becomes straight.
    const rows = (feeders.get(id) ?? [])
      .flatMap((feeder) => {
        const was = boxes.get(feeder);
        const is = placed.get(feeder);
        return was && is ? [{ was: middle(was), is: middle(is) }] : [];
      })
      .filter(({ was }) => Math.abs(was - middle(box)) <= NEAR)
      .toSorted((left, right) => Math.abs(left.was - middle(box)) - Math.abs(right.was - middle(box)));
    for (const { is } of rows) {
      const moved = { ...box, y: box.y + is - middle(box) };
      const roomy = { ...moved, y: moved.y - GAP, height: moved.height + 2 * GAP };
      const isFree = [...placed].every(([other, there]) => other === id || !overlap(roomy, there));
      if (!isFree) continue;
      placed.set(id, moved);
      break;
    }
  }
  return placed;
}

/** Of the part with the ports. */
function middle({ y, height }: Box): number {
  return y + (height - NODE_FOOT) / 2;
}
