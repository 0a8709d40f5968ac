import { usedParams } from "./clipboard";
import { type FlowGraph, type FlowNode, portRef } from "./document";

/** Paths of the nodes whose results are not those of the graph as it is now: edited since, or fed by such. */
export function staleNodes(ran: FlowGraph, now: FlowGraph, outer = "", isAllStale = false): Set<string> {
  const before = new Map(ran.nodes.map((node) => [node.id, node]));
  const fedBefore = feeds(ran);
  const fedNow = feeds(now);
  const paths = new Set<string>();
  const changed = now.nodes.filter((node) => {
    const old = before.get(node.id);
    return (
      isAllStale ||
      !old ||
      !isSameStep(old, node) ||
      fedBefore.get(node.id) !== fedNow.get(node.id) ||
      usedParams(node.params).some((name) => text(ran.params?.[name]) !== text(now.params?.[name]))
    );
  });
  const reached = new Set(changed.map(({ id }) => id));
  for (const id of reached) {
    for (const { from, to } of now.edges) if (portRef(from).node === id) reached.add(portRef(to).node);
  }
  for (const node of now.nodes) {
    const path = outer + node.id;
    const old = before.get(node.id);
    const isStale = reached.has(node.id);
    if (isStale) paths.add(path);
    if (node.body && old?.body)
      for (const inner of staleNodes(old.body, node.body, `${path}/`, isStale)) paths.add(inner);
  }
  return paths;
}

function feeds({ edges }: FlowGraph): Map<string, string> {
  const found = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const id = portRef(to).node;
    found.set(id, [...(found.get(id) ?? []), `${from}>${to}`]);
  }
  return new Map([...found].map(([id, list]) => [id, list.sort().join("|")]));
}

/** Titles, positions and how it is run say nothing about what comes out. */
function isSameStep(left: FlowNode, right: FlowNode): boolean {
  return left === right || text(essence(left)) === text(essence(right));
}

function essence({ title: _title, position: _position, settings, body, ...node }: FlowNode) {
  const { seed = null, engine = "auto" } = settings ?? {};
  return { ...node, params: node.params ?? {}, seed, engine, body: body && withoutPlaces(body) };
}

function withoutPlaces({ notes: _notes, nodes, ...graph }: FlowGraph): unknown {
  return { ...graph, nodes: nodes.map(essence) };
}

/** JSON with sorted keys. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}
