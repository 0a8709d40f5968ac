import {
  type FlowBody,
  type FlowEdge,
  type FlowGraph,
  type FlowNode,
  type FlowParam,
  kindOf,
  portRef,
} from "./document";
import { boundsOf, NODE_HEAD, NODE_WIDTH, positionOf, snapped } from "./geometry";
import { freeId } from "./ids";

/** The steps of a sub-flow put where it stood: its wires lead to them, its params are filled in. Gives their ids, too. */
export function unwrapped<Graph extends FlowGraph>(
  graph: Graph,
  id: string,
): { graph: Graph; ids: ReadonlySet<string> } | null {
  const outer = graph.nodes.find((node) => node.id === id);
  if (!outer?.body || kindOf(outer) !== "flow") return null;
  const { body } = outer;
  const others = graph.nodes.filter((node) => node !== outer);
  const taken = new Set([...others, ...(graph.notes ?? [])].map((one) => one.id));
  const named = new Map<string, string>();
  for (const { id: wish } of [...body.nodes, ...(body.notes ?? [])]) {
    const free = freeId(wish, taken);
    taken.add(free);
    named.set(wish, free);
  }
  const follow = (ref: string) => {
    const { node, port } = portRef(ref);
    return `${named.get(node) ?? node}.${port}`;
  };
  const [dx, dy] = shift(outer, body);
  const { values, missing } = paramsOf(graph, outer, body);
  const inner = body.nodes.map((node): FlowNode => {
    const [x, y] = positionOf(node);
    const params = node.params && filledIn(node.params, values);
    return { ...node, id: named.get(node.id) ?? node.id, position: [x + dx, y + dy], ...(params && { params }) };
  });
  const notes = (body.notes ?? []).map((note) => ({
    ...note,
    id: named.get(note.id) ?? note.id,
    position: [note.position[0] + dx, note.position[1] + dy] as const,
  }));
  const into = (ref: string): readonly string[] => {
    const { node, port } = portRef(ref);
    return node === id ? (body.inputs?.[port] ?? []).map(follow) : [ref];
  };
  const out = (ref: string): readonly string[] => {
    const { node, port } = portRef(ref);
    const shown = node === id ? body.outputs?.[port] : ref;
    return shown === undefined ? [] : [node === id ? follow(shown) : ref];
  };
  const edges: FlowEdge[] = [
    ...graph.edges.flatMap((edge) => out(edge.from).flatMap((from) => into(edge.to).map((to) => ({ from, to })))),
    ...body.edges.map(({ from, to }) => ({ from: follow(from), to: follow(to) })),
  ];
  const next: Graph = {
    ...graph,
    nodes: [...others, ...inner],
    edges,
    ...(notes.length > 0 && { notes: [...(graph.notes ?? []), ...notes] }),
    ...(missing.length > 0 && { params: { ...graph.params, ...Object.fromEntries(missing) } }),
    ...(graph.inputs && { inputs: mapped(graph.inputs, (refs) => refs.flatMap(into)) }),
    ...(graph.outputs && { outputs: mapped(graph.outputs, (ref) => out(ref)[0] ?? ref) }),
  };
  return { graph: next, ids: new Set(inner.map((node) => node.id)) };
}

/** What the body's params stand for; those that have no value become params of the graph. */
function paramsOf(graph: FlowGraph, outer: FlowNode, body: FlowBody) {
  const values = new Map<string, unknown>();
  const missing: [string, FlowParam][] = [];
  for (const [name, param] of Object.entries(body.params ?? {})) {
    const value = outer.params?.[name] ?? param.default;
    if (value !== undefined) values.set(name, value);
    else if (!graph.params?.[name]) missing.push([name, param]);
  }
  return { values, missing };
}

function filledIn(params: Readonly<Record<string, unknown>>, values: ReadonlyMap<string, unknown>) {
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== "object" || value === null) return value;
    if ("$param" in value && typeof value.$param === "string") return values.get(value.$param) ?? value;
    return mapped({ ...value }, fill);
  };
  return mapped(params, fill);
}

function mapped<From, To>(record: Readonly<Record<string, From>>, recipe: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, recipe(value)]));
}

/** From where the steps lie in the body to about where the sub-flow stood. */
function shift(outer: FlowNode, body: FlowBody): readonly [number, number] {
  const bounds = boundsOf(
    body.nodes.map((node) => ({
      x: positionOf(node)[0],
      y: positionOf(node)[1],
      width: NODE_WIDTH,
      height: NODE_HEAD,
    })),
  );
  if (!bounds) return [0, 0];
  const [x, y] = positionOf(outer);
  return snapped([x + NODE_WIDTH / 2 - bounds.x - bounds.width / 2, y + NODE_HEAD / 2 - bounds.y - bounds.height / 2]);
}
