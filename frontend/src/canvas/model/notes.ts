import type { FlowGraph, FlowNote, Position } from "./document";
import { type Box, boundsOf, GRID } from "./geometry";
import { freeId } from "./ids";

export const NOTE_SIZE = { first: [220, 90], least: [120, 50] } as const;
/** Between a frame and what is in it; its heading stands above. */
const MARGIN = 30;
const HEADING = 34;

export function withNote<Graph extends FlowGraph>(graph: Graph, note: FlowNote): Graph {
  const notes = graph.notes ?? [];
  const isThere = notes.some(({ id }) => id === note.id);
  return { ...graph, notes: isThere ? notes.map((one) => (one.id === note.id ? note : one)) : [...notes, note] };
}

export function newComment(graph: FlowGraph, at: Position): FlowNote {
  return { id: noteId(graph), text: "", position: at, size: NOTE_SIZE.first };
}

/** A frame around boxes. */
export function newGroup(graph: FlowGraph, boxes: readonly Box[]): FlowNote | null {
  const frame = frameAround(boxes);
  return frame && { id: noteId(graph), kind: "group", text: "", ...frame };
}

function frameAround(boxes: readonly Box[]): Pick<FlowNote, "position" | "size"> | null {
  const bounds = boundsOf(boxes);
  if (!bounds) return null;
  const down = (value: number) => Math.floor(value / GRID) * GRID;
  return {
    position: [down(bounds.x - MARGIN), down(bounds.y - MARGIN - HEADING / 2)],
    size: [bounds.width + 2 * MARGIN, bounds.height + 2 * MARGIN + HEADING / 2],
  };
}

/** With every frame around the nodes that it held, where they have been laid out anew. */
export function withFramesKept<Graph extends FlowGraph>(
  graph: Graph,
  before: ReadonlyMap<string, Box>,
  after: ReadonlyMap<string, Box>,
): Graph {
  if (!graph.notes) return graph;
  const ids = new Set(graph.nodes.map(({ id }) => id));
  const notes = graph.notes.map((note) => {
    if (note.kind !== "group") return note;
    const held = insideOf(note, before).filter((id) => ids.has(id));
    const isMoved = held.some((id) => before.get(id)?.x !== after.get(id)?.x || before.get(id)?.y !== after.get(id)?.y);
    const frame = isMoved ? frameAround(held.flatMap((id) => after.get(id) ?? [])) : null;
    return frame ? { ...note, ...frame } : note;
  });
  return { ...graph, notes };
}

function noteId(graph: FlowGraph): string {
  return freeId("note", new Set([...graph.nodes, ...(graph.notes ?? [])].map(({ id }) => id)));
}

/** The nodes and comments that lie within a frame: they move with it. */
export function insideOf(group: FlowNote, boxes: ReadonlyMap<string, Box>): string[] {
  const [x, y] = group.position;
  const [width, height] = group.size;
  return [...boxes]
    .filter(([id, box]) => {
      const middleX = box.x + box.width / 2;
      const middleY = box.y + box.height / 2;
      return id !== group.id && middleX > x && middleX < x + width && middleY > y && middleY < y + height;
    })
    .map(([id]) => id);
}
