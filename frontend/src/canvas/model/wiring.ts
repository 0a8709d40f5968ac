import { BODY_INPUTS, BODY_OUTPUTS, bodyEdges, bodyEnds } from "./body";
import { type FlowEdge, type FlowGraph, type PortRef, portRef, refText } from "./document";
import { canConnect, type Port, type Ports, portNamed, portsOf } from "./ports";
import type { Specs } from "./spec";

/** Why two ports cannot be joined; `i18n` key below `wiring.`. */
export type Refusal = "side" | "same_node" | "type" | "cycle" | "there" | "unknown";

/** A graph with its ports looked up once: for the many questions of one gesture. */
export interface Wiring {
  readonly graph: FlowGraph;
  ports: (node: string) => Ports;
  /** All nodes that a node feeds, through any number of edges; itself included. */
  reaches: (from: string, to: string) => boolean;
}

export function wiringOf(graph: FlowGraph, specs: Specs): Wiring {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const known = new Map<string, Ports>();
  const next = new Map<string, string[]>();
  for (const edge of graph.edges) {
    const from = portRef(edge.from).node;
    next.set(from, [...(next.get(from) ?? []), portRef(edge.to).node]);
  }
  const downstream = new Map<string, ReadonlySet<string>>();
  const reached = (start: string): ReadonlySet<string> => {
    const before = downstream.get(start);
    if (before) return before;
    const found = new Set([start]);
    for (const id of found) for (const follower of next.get(id) ?? []) found.add(follower);
    downstream.set(start, found);
    return found;
  };
  const found = (id: string): Ports => {
    if (id === BODY_INPUTS) return bodyEnds(graph, specs).inputs;
    if (id === BODY_OUTPUTS) return bodyEnds(graph, specs).outputs;
    const node = nodes.get(id);
    return node ? portsOf(node, specs, graph) : { inputs: [], outputs: [] };
  };
  return {
    graph,
    ports(id) {
      const before = known.get(id);
      if (before) return before;
      const ports = found(id);
      known.set(id, ports);
      return ports;
    },
    reaches: (from, to) => reached(from).has(to),
  };
}

/** Whether an edge may be drawn; null: yes. An input that takes one edge and has one is no obstacle: the new one takes its place. */
export function refusal(wiring: Wiring, from: PortRef, to: PortRef): Refusal | null {
  const output = portNamed(wiring.ports(from.node), "outputs", from.port);
  const input = portNamed(wiring.ports(to.node), "inputs", to.port);
  if (!output || !input) return "unknown";
  if (from.node === to.node) return "same_node";
  if (!canConnect(output.type, input.type)) return "type";
  const edges = [...wiring.graph.edges, ...bodyEdges(wiring.graph)];
  if (edges.some((edge) => edge.from === refText(from) && edge.to === refText(to))) return "there";
  if (wiring.reaches(to.node, from.node)) return "cycle";
  return null;
}

/** The edges with one more. Where the input takes only one, the new edge takes the old one's place. */
export function connected(wiring: Wiring, edges: readonly FlowEdge[], edge: FlowEdge): FlowEdge[] {
  const to = portRef(edge.to);
  const input = portNamed(wiring.ports(to.node), "inputs", to.port);
  const givesWay = (other: FlowEdge) => other.to === edge.to && (!input?.many || other.from === edge.from);
  return [...edges.filter((other) => !givesWay(other)), edge];
}

/** The port of a node that an output (or input) would be joined to by itself: a free one of the same type first. */
export function bestPort(
  wiring: Wiring,
  node: string,
  other: { side: "inputs" | "outputs"; ref: PortRef },
): Port | undefined {
  const side = other.side === "outputs" ? "inputs" : "outputs";
  const end = portNamed(wiring.ports(other.ref.node), other.side, other.ref.port);
  if (!end) return undefined;
  const fits = wiring.ports(node)[side].filter((port) => {
    const ref = { node, port: port.name };
    return (side === "inputs" ? refusal(wiring, other.ref, ref) : refusal(wiring, ref, other.ref)) === null;
  });
  const taken = new Set(wiring.graph.edges.map((edge) => edge.to));
  const rank = (port: Port) =>
    (port.type === end.type ? 0 : 2) + (side === "inputs" && !port.many && taken.has(`${node}.${port.name}`) ? 1 : 0);
  return fits.toSorted((left, right) => rank(left) - rank(right))[0];
}

/** The edge by which a node would come behind another: of the same type first, from an output that feeds nothing yet. */
export function edgeBehind(wiring: Wiring, first: string, second: string): FlowEdge | undefined {
  const feeding = new Set(wiring.graph.edges.map(({ from }) => from));
  return wiring
    .ports(first)
    .outputs.flatMap(({ name, type }) => {
      const ref = { node: first, port: name };
      const input = bestPort(wiring, second, { side: "outputs", ref });
      if (!input) return [];
      const edge = { from: refText(ref), to: refText({ node: second, port: input.name }) };
      return [{ edge, rank: (input.type === type ? 0 : 2) + (feeding.has(edge.from) ? 1 : 0) }];
    })
    .toSorted((left, right) => left.rank - right.rank)[0]?.edge;
}

/** What an operator's port may be joined to; for the search that opens where a wire was dropped. */
export function fittingPort(ports: Ports, side: "inputs" | "outputs", type: string): Port | undefined {
  const fits = ports[side].filter((port) =>
    side === "inputs" ? canConnect(type, port.type) : canConnect(port.type, type),
  );
  return fits.find((port) => port.type === type) ?? fits[0];
}
