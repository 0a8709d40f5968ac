import { edgeId, type FlowDocument, type FlowEdge, type FlowGraph, type FlowNode } from "../model/document";
import { normal } from "./normal";
import { isSame } from "./same";

/** A field that differs. `node` null: of the flow itself; undefined: not there. */
export interface FieldChange {
  node: string | null;
  /** Such as "params.columns", "settings.seed", "title". */
  field: string;
  old: unknown;
  new: unknown;
}

export interface FlowDiff {
  /** Paths of nodes, those of bodies included. */
  added: string[];
  removed: string[];
  changes: FieldChange[];
  edgesAdded: PlacedEdge[];
  edgesRemoved: PlacedEdge[];
}

export interface PlacedEdge extends FlowEdge {
  /** Path of the node whose body it is in; null: the flow itself. */
  within: string | null;
}

/** What changed from one document to another; where things lie on the canvas does not count. */
export function diff(old: FlowDocument, now: FlowDocument): FlowDiff {
  const found: FlowDiff = { added: [], removed: [], changes: [], edgesAdded: [], edgesRemoved: [] };
  compareGraphs(found, normal(old), normal(now), []);
  return found;
}

export function isEmptyDiff({ added, removed, changes, edgesAdded, edgesRemoved }: FlowDiff): boolean {
  return added.length + removed.length + changes.length + edgesAdded.length + edgesRemoved.length === 0;
}

/** Paths of the nodes that are in both and differ. */
export function changedNodes({ changes }: FlowDiff): string[] {
  return [...new Set(changes.flatMap(({ node }) => (node === null ? [] : [node])))];
}

function compareGraphs(found: FlowDiff, old: FlowGraph, now: FlowGraph, path: readonly string[]): void {
  const within = path.length > 0 ? path.join("/") : null;
  compareFields(found, within, graphFields(old), graphFields(now));
  const before = new Map(old.nodes.map((node) => [node.id, node]));
  const after = new Map(now.nodes.map((node) => [node.id, node]));
  for (const [id, node] of after) {
    const earlier = before.get(id);
    if (earlier) compareNodes(found, earlier, node, [...path, id]);
    else found.added.push([...path, id].join("/"));
  }
  for (const id of before.keys()) if (!after.has(id)) found.removed.push([...path, id].join("/"));
  const place = (edge: FlowEdge): PlacedEdge => ({ ...edge, within });
  found.edgesAdded.push(...without(now.edges, old.edges).map(place));
  found.edgesRemoved.push(...without(old.edges, now.edges).map(place));
}

function compareNodes(found: FlowDiff, old: FlowNode, now: FlowNode, path: readonly string[]): void {
  compareFields(found, path.join("/"), nodeFields(old), nodeFields(now));
  if (old.body && now.body) compareGraphs(found, old.body, now.body, path);
}

function compareFields(found: FlowDiff, node: string | null, old: Fields, now: Fields): void {
  for (const field of Object.keys({ ...old, ...now })) {
    if (!isSame(old[field], now[field])) found.changes.push({ node, field, old: old[field], new: now[field] });
  }
}

type Fields = Readonly<Record<string, unknown>>;

function nodeFields(node: FlowNode): Fields {
  const { id, position, body, params, settings, ...rest } = node;
  return { ...rest, ...flat("params", params), ...flat("settings", settings) };
}

function graphFields(graph: FlowGraph & { inputs?: object; outputs?: object }): Fields {
  const { nodes, edges, notes, params, inputs, outputs, ...rest } = graph;
  const texts = Object.fromEntries((notes ?? []).map(({ id, text }) => [id, text]));
  return {
    ...rest,
    ...flat("params", params),
    ...flat("inputs", inputs),
    ...flat("outputs", outputs),
    ...flat("notes", texts),
  };
}

function flat(prefix: string, record: object | undefined): Fields {
  return Object.fromEntries(Object.entries(record ?? {}).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function without(edges: readonly FlowEdge[], others: readonly FlowEdge[]): FlowEdge[] {
  const known = new Set(others.map(edgeId));
  return edges.filter((edge) => !known.has(edgeId(edge)));
}
