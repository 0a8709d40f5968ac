import { bodyEdges, followingNode, isBodyEdge, withBodyEdge, withoutBodyEdge, withoutNodes } from "./body";
import { edgeId, type FlowEdge, type FlowGraph, type FlowNode, type Position, portRef } from "./document";
import { positionOf } from "./geometry";
import { canConnect, portNamed } from "./ports";
import type { Specs } from "./spec";
import { connected, refusal, type Wiring, wiringOf } from "./wiring";

/** Changes of one graph: each gives a new one, or the same when there is nothing to do. */

export function withNode<Graph extends FlowGraph>(
  graph: Graph,
  id: string,
  recipe: (node: FlowNode) => FlowNode,
): Graph {
  let isChanged = false;
  const nodes = graph.nodes.map((node) => {
    if (node.id !== id) return node;
    const next = recipe(node);
    isChanged ||= next !== node;
    return next;
  });
  return isChanged ? { ...graph, nodes } : graph;
}

export function withNewNode<Graph extends FlowGraph>(graph: Graph, node: FlowNode): Graph {
  return { ...graph, nodes: [...graph.nodes, node] };
}

/** Nodes and notes at new places. */
export function moved<Graph extends FlowGraph>(graph: Graph, places: ReadonlyMap<string, Position>): Graph {
  if (places.size === 0) return graph;
  let isChanged = false;
  const at = <Thing extends { readonly id: string; readonly position?: Position | null }>(thing: Thing): Thing => {
    const place = places.get(thing.id);
    if (!place || (thing.position && thing.position[0] === place[0] && thing.position[1] === place[1])) return thing;
    isChanged = true;
    return { ...thing, position: place };
  };
  const nodes = graph.nodes.map(at);
  const notes = graph.notes?.map(at);
  return isChanged ? { ...graph, nodes, ...(notes && { notes }) } : graph;
}

export function connect<Graph extends FlowGraph>(graph: Graph, specs: Specs, edge: FlowEdge): Graph {
  const wiring = wiringOf(graph, specs);
  if (refusal(wiring, portRef(edge.from), portRef(edge.to)) !== null) return graph;
  if (isBodyEdge(edge)) return withBodyEdge(graph, edge);
  return { ...graph, edges: connected(wiring, graph.edges, edge) };
}

/** An end of an edge put elsewhere. */
export function rewired<Graph extends FlowGraph>(graph: Graph, specs: Specs, old: FlowEdge, edge: FlowEdge): Graph {
  if (edgeId(old) === edgeId(edge)) return graph;
  const without = isBodyEdge(old)
    ? withoutBodyEdge(graph, old)
    : { ...graph, edges: graph.edges.filter((other) => edgeId(other) !== edgeId(old)) };
  const next = connect(without, specs, edge);
  return next === without ? graph : next;
}

/**
 * Without nodes, notes and edges. Where nodes in the middle of a chain go, their neighbours are joined: what fed a node
 * feeds what it fed, as far as the types allow.
 */
export function removed<Graph extends FlowGraph>(graph: Graph, specs: Specs, ids: ReadonlySet<string>): Graph {
  const wiring = wiringOf(graph, specs);
  const gone = graph.nodes.filter(({ id }) => ids.has(id));
  let edges: readonly FlowEdge[] = graph.edges.filter((edge) => !ids.has(edgeId(edge)));
  for (const { id } of gone) edges = bridged(wiring, edges, id);
  const nodes = gone.length > 0 ? graph.nodes.filter(({ id }) => !ids.has(id)) : graph.nodes;
  const notes = graph.notes?.filter(({ id }) => !ids.has(id));
  const ends = bodyEdges(graph).filter((edge) => ids.has(edgeId(edge)));
  const isSame =
    ends.length === 0 &&
    nodes.length === graph.nodes.length &&
    edges.length === graph.edges.length &&
    notes?.length === graph.notes?.length;
  if (isSame) return graph;
  const left = withoutNodes({ ...graph, nodes, edges, ...(notes && { notes }) }, ids);
  return ends.reduce(withoutBodyEdge, left);
}

function bridged(wiring: Wiring, edges: readonly FlowEdge[], id: string): readonly FlowEdge[] {
  const into = edges.filter((edge) => portRef(edge.to).node === id);
  const out = edges.filter((edge) => portRef(edge.from).node === id);
  let left: readonly FlowEdge[] = edges.filter((edge) => !into.includes(edge) && !out.includes(edge));
  for (const edge of out) {
    const target = portRef(edge.to);
    const passed = portNamed(wiring.ports(id), "outputs", portRef(edge.from).port)?.type;
    const wanted = portNamed(wiring.ports(target.node), "inputs", target.port)?.type;
    const feeder = into.find(({ from }) => {
      const source = portRef(from);
      const type = portNamed(wiring.ports(source.node), "outputs", source.port)?.type;
      return type !== undefined && wanted !== undefined && type === passed && canConnect(type, wanted);
    });
    if (feeder) left = connected(wiring, left, { from: feeder.from, to: edge.to });
  }
  return left;
}

/** The ports by which a node would stand in the middle of an edge; null: its types do not fit there. */
export function placeOnEdge(wiring: Wiring, id: string, edge: FlowEdge): { input: string; output: string } | null {
  const from = portRef(edge.from);
  const to = portRef(edge.to);
  if (from.node === id || to.node === id) return null;
  const source = portNamed(wiring.ports(from.node), "outputs", from.port);
  const target = portNamed(wiring.ports(to.node), "inputs", to.port);
  if (!source || !target) return null;
  const ports = wiring.ports(id);
  const input =
    ports.inputs.find(({ type }) => type === source.type) ??
    ports.inputs.find(({ type }) => canConnect(source.type, type));
  const output =
    ports.outputs.find(({ type }) => type === target.type) ??
    ports.outputs.find(({ type }) => canConnect(type, target.type));
  return input && output ? { input: input.name, output: output.name } : null;
}

/** A node put into the middle of an edge. A node that is wired already is left alone. */
export function insertedOnEdge<Graph extends FlowGraph>(graph: Graph, specs: Specs, id: string, edge: FlowEdge): Graph {
  const wiring = wiringOf(graph, specs);
  const isWired = graph.edges.some(({ from, to }) => portRef(from).node === id || portRef(to).node === id);
  const place = isWired ? null : placeOnEdge(wiring, id, edge);
  if (!place) return graph;
  const others = graph.edges.filter((other) => edgeId(other) !== edgeId(edge));
  const edges = [
    ...others,
    { from: edge.from, to: `${id}.${place.input}` },
    { from: `${id}.${place.output}`, to: edge.to },
  ];
  return { ...graph, edges };
}

/** By so much: nodes and notes nudged with the arrow keys. */
export function nudged<Graph extends FlowGraph>(graph: Graph, ids: ReadonlySet<string>, dx: number, dy: number): Graph {
  const places = new Map<string, Position>();
  for (const node of graph.nodes) {
    const [x, y] = positionOf(node);
    if (ids.has(node.id)) places.set(node.id, [x + dx, y + dy]);
  }
  for (const note of graph.notes ?? []) {
    const [x, y] = note.position;
    if (ids.has(note.id)) places.set(note.id, [x + dx, y + dy]);
  }
  return moved(graph, places);
}

/** The node under another id; edges and the body's ports follow. */
export function renamedNode<Graph extends FlowGraph>(graph: Graph, old: string, id: string): Graph {
  if (old === id || graph.nodes.some((node) => node.id === id)) return graph;
  const follow = (ref: string) => (portRef(ref).node === old ? `${id}.${portRef(ref).port}` : ref);
  const nodes = graph.nodes.map((node) => (node.id === old ? { ...node, id } : node));
  const edges = graph.edges.map(({ from, to }) => ({ from: follow(from), to: follow(to) }));
  return followingNode({ ...graph, nodes, edges }, follow);
}
