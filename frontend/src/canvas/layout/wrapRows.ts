import { type FlowEdge, portRef } from "../model/document";
import { type Box, boundsOf } from "../model/geometry";

/** What is free of a small window: a layout that is seen whole in it at this size needs no wrapping. */
const SIGHT = { width: 930, height: 600 };
const READABLE = 0.7;
/** A layout is worth breaking only if it can be read much better then. */
const GAIN = 1.3;
/** Between rows: there the wires run back to the beginning. */
const ROW_GAP = 70;
/** Where more outputs than this are used on both sides, the graph is one piece. */
const MOST_CROSSING = 3;

interface Column {
  readonly ids: readonly string[];
  readonly box: Box;
}

/** A long chain broken into rows, as a text is into lines; what is short, or one dense piece, stays as it is. */
export function wrapRows(boxes: ReadonlyMap<string, Box>, edges: readonly FlowEdge[]): ReadonlyMap<string, Box> {
  const columns = columnsOf(boxes);
  const isCut = cuts(columns, edges);
  // From here on breaking is worth it.
  let best = { rows: [columns], zoom: zoomOf([columns]) * GAIN };
  for (let count = 2; best.zoom < READABLE && count <= columns.length / 2; count++) {
    const rows = broken(columns, Math.ceil(columns.length / count), isCut);
    const zoom = zoomOf(rows);
    if (zoom > best.zoom) best = { rows, zoom };
  }
  return best.rows.length === 1 ? boxes : stacked(best.rows, boxes);
}

/** Nodes that lie above each other, from left to right. */
function columnsOf(boxes: ReadonlyMap<string, Box>): Column[] {
  const columns: { ids: string[]; box: Box }[] = [];
  for (const [id, box] of [...boxes].toSorted(([, left], [, right]) => left.x - right.x)) {
    const last = columns.at(-1);
    if (last && box.x < last.box.x + last.box.width) {
      last.ids.push(id);
      last.box = boundsOf([last.box, box]) ?? box;
    } else columns.push({ ids: [id], box });
  }
  return columns;
}

/** Whether the graph may be broken before a column. */
function cuts(columns: readonly Column[], edges: readonly FlowEdge[]): boolean[] {
  const columnOf = new Map(columns.flatMap(({ ids }, index) => ids.map((id) => [id, index] as const)));
  return columns.map((_column, index) => {
    const crossing = edges.filter(({ from, to }) => {
      const [left = 0, right = 0] = [from, to].map((ref) => columnOf.get(portRef(ref).node));
      return left < index && right >= index;
    });
    return new Set(crossing.map(({ from }) => from)).size <= MOST_CROSSING;
  });
}

/** Rows of at most so many columns, or more where the graph cannot be broken. */
function broken(columns: readonly Column[], most: number, isCut: readonly boolean[]): Column[][] {
  const rows: Column[][] = [];
  let start = 0;
  while (start < columns.length) {
    let end = Math.min(start + most, columns.length);
    while (end > start + 1 && end < columns.length && !isCut[end]) end--;
    if (end <= start + 1) {
      end = start + most;
      while (end < columns.length && !isCut[end]) end++;
    }
    rows.push(columns.slice(start, end));
    start = end;
  }
  return rows;
}

function sizeOf(row: readonly Column[]): Box {
  return boundsOf(row.map(({ box }) => box)) ?? { x: 0, y: 0, width: 0, height: 0 };
}

function zoomOf(rows: readonly (readonly Column[])[]): number {
  const sizes = rows.map(sizeOf);
  const width = Math.max(...sizes.map((size) => size.width));
  const height = sizes.reduce((sum, size) => sum + size.height, ROW_GAP * (rows.length - 1));
  return Math.min(SIGHT.width / width, SIGHT.height / height);
}

function stacked(rows: readonly (readonly Column[])[], boxes: ReadonlyMap<string, Box>): Map<string, Box> {
  const placed = new Map<string, Box>();
  let top = 0;
  for (const [nth, row] of rows.entries()) {
    const size = sizeOf(row);
    for (const [index, column] of row.entries()) {
      // What the row before leads to stands at the top, near the gap in which the wire comes.
      const above = nth > 0 && index === 0 ? column.box.y : size.y;
      for (const id of column.ids) {
        const box = boxes.get(id);
        if (box) placed.set(id, { ...box, x: box.x - size.x, y: box.y + top - above });
      }
    }
    top += size.height + ROW_GAP;
  }
  return placed;
}
