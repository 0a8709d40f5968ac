import {
  type FlowEdge,
  type FlowGraph,
  type FlowNode,
  type FlowNote,
  type FlowParam,
  type Position,
  portRef,
} from "./document";
import { boundsOf, GRID, NODE_HEAD, NODE_WIDTH, positionOf } from "./geometry";
import { freeId } from "./ids";

const FORMAT = "patchbay/nodes-1";

/** A part of a flow as it travels between flows and browsers. */
export interface Clip {
  readonly format: typeof FORMAT;
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  readonly notes: readonly FlowNote[];
  /** The flow params that the nodes use. */
  readonly params: Readonly<Record<string, FlowParam>>;
}

/** Nodes and notes with the edges between them. */
export function clipOf(graph: FlowGraph, ids: ReadonlySet<string>): Clip {
  const nodes = graph.nodes.filter(({ id }) => ids.has(id));
  const inside = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to }) => inside.has(portRef(from).node) && inside.has(portRef(to).node));
  const used = new Set(nodes.flatMap(({ params }) => usedParams(params)));
  const params = Object.fromEntries(Object.entries(graph.params ?? {}).filter(([name]) => used.has(name)));
  return { format: FORMAT, nodes, edges, notes: (graph.notes ?? []).filter(({ id }) => ids.has(id)), params };
}

/** What a text from the clipboard holds; null: something else. */
export function readClip(text: string): Clip | null {
  if (!text.includes(FORMAT)) return null;
  try {
    const raw: unknown = JSON.parse(text);
    if (!isClip(raw)) return null;
    return { ...raw, edges: raw.edges ?? [], notes: raw.notes ?? [], params: raw.params ?? {} };
  } catch {
    return null;
  }
}

function isClip(raw: unknown): raw is Clip {
  return (
    typeof raw === "object" &&
    raw !== null &&
    "format" in raw &&
    raw.format === FORMAT &&
    "nodes" in raw &&
    Array.isArray(raw.nodes) &&
    raw.nodes.every((node: unknown) => typeof node === "object" && node !== null && "id" in node)
  );
}

/** The graph with a clip in it and the ids that it got. Its middle comes to `at`; null: beside where it came from. */
export function pasted<Graph extends FlowGraph>(
  graph: Graph,
  clip: Clip,
  at: Position | "asIs" | null,
): [Graph, Set<string>] {
  const taken = new Set([...graph.nodes, ...(graph.notes ?? [])].map(({ id }) => id));
  const named = new Map<string, string>();
  const give = (id: string) => {
    const free = freeId(id, taken);
    taken.add(free);
    named.set(id, free);
    return free;
  };
  const [dx, dy] = shift(clip, at);
  const place = ([x, y]: Position): Position => [x + dx, y + dy];
  const nodes = clip.nodes.map((node) => ({ ...node, id: give(node.id), position: place(positionOf(node)) }));
  const notes = clip.notes.map((note) => ({ ...note, id: give(note.id), position: place(note.position) }));
  const follow = (ref: string) => {
    const { node, port } = portRef(ref);
    return `${named.get(node) ?? node}.${port}`;
  };
  const edges = clip.edges.map(({ from, to }) => ({ from: follow(from), to: follow(to) }));
  const missing = Object.entries(clip.params).filter(([name]) => !graph.params?.[name]);
  const next: Graph = {
    ...graph,
    nodes: [...graph.nodes, ...nodes],
    edges: [...graph.edges, ...edges],
    ...(notes.length > 0 && { notes: [...(graph.notes ?? []), ...notes] }),
    ...(missing.length > 0 && { params: { ...graph.params, ...Object.fromEntries(missing) } }),
  };
  return [next, new Set(named.values())];
}

function shift(clip: Clip, at: Position | "asIs" | null): Position {
  if (at === "asIs") return [0, 0];
  if (!at) return [GRID * 3, GRID * 3];
  const boxes = [
    ...clip.nodes.map((node) => ({
      x: positionOf(node)[0],
      y: positionOf(node)[1],
      width: NODE_WIDTH,
      height: NODE_HEAD,
    })),
    ...clip.notes.map(({ position, size }) => ({ x: position[0], y: position[1], width: size[0], height: size[1] })),
  ];
  const bounds = boundsOf(boxes);
  if (!bounds) return [0, 0];
  const snap = (value: number) => Math.round(value / GRID) * GRID;
  return [snap(at[0] - bounds.x - bounds.width / 2), snap(at[1] - bounds.y - bounds.height / 2)];
}

/** Names of the flow params that a value refers to, however deep. */
export function usedParams(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(usedParams);
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === "$param" && typeof only[1] === "string") return [only[1]];
  return entries.flatMap(([, inner]) => usedParams(inner));
}
