import { usedParams } from "./clipboard";
import { type FlowEdge, type FlowGraph, type FlowNode, type FlowParam, portRef } from "./document";
import { positionOf, snapped } from "./geometry";
import { freeId } from "./ids";

/**
 * Nodes made into the body of a sub-flow: wires from outside become its inputs, those to the outside its outputs, and
 * the flow params that they use are handed in. Gives the graph and the id of the node around them.
 */
export function wrapped<Graph extends FlowGraph>(
  graph: Graph,
  ids: ReadonlySet<string>,
  wish: string,
): { graph: Graph; id: string } | null {
  const inside = graph.nodes.filter(({ id }) => ids.has(id));
  if (inside.length === 0) return null;
  const id = freeId(wish, new Set(graph.nodes.map((node) => node.id)));
  const isIn = (ref: string) => ids.has(portRef(ref).node);
  const inputs: Record<string, string[]> = {};
  const outputs: Record<string, string> = {};
  const nameOfSource = new Map<string, string>();
  const nameOfOutput = new Map<string, string>();
  const outer: FlowEdge[] = [];
  for (const { from, to } of graph.edges) {
    if (isIn(from) === isIn(to)) {
      if (!isIn(from)) outer.push({ from, to });
    } else if (isIn(to)) {
      const isKnown = nameOfSource.get(from);
      const name = isKnown ?? freeId(portRef(to).port, new Set(Object.keys(inputs)));
      nameOfSource.set(from, name);
      inputs[name] = [...(inputs[name] ?? []), to];
      if (!isKnown) outer.push({ from, to: `${id}.${name}` });
    } else {
      const name = nameOfOutput.get(from) ?? freeId(portRef(from).port, new Set(Object.keys(outputs)));
      nameOfOutput.set(from, name);
      outputs[name] = from;
      outer.push({ from: `${id}.${name}`, to });
    }
  }
  const names = [...new Set(inside.flatMap(({ params }) => usedParams(params)))].filter((name) => graph.params?.[name]);
  const params: Record<string, FlowParam> = {};
  for (const name of names) {
    const param = graph.params?.[name];
    if (param) params[name] = param;
  }
  const node: FlowNode = {
    id,
    kind: "flow",
    position: middle(inside),
    ...(names.length > 0 && { params: Object.fromEntries(names.map((name) => [name, { $param: name }])) }),
    body: {
      ...(names.length > 0 && { params }),
      nodes: inside,
      edges: graph.edges.filter(({ from, to }) => isIn(from) && isIn(to)),
      inputs,
      outputs,
    },
  };
  const nodes = [...graph.nodes.filter((one) => !ids.has(one.id)), node];
  return { graph: followed({ ...graph, nodes, edges: outer }, ids, id, nameOfOutput), id };
}

/** Where the graph is a body itself, its own ports lead into the new node. */
function followed<Graph extends FlowGraph>(
  graph: Graph,
  ids: ReadonlySet<string>,
  id: string,
  nameOfOutput: Map<string, string>,
): Graph {
  const body = graph.nodes.find((node) => node.id === id)?.body;
  if (!body || (!graph.inputs && !graph.outputs)) return graph;
  const innerInputs: Record<string, readonly string[]> = { ...body.inputs };
  const innerOutputs: Record<string, string> = { ...body.outputs };
  const inputs = Object.entries(graph.inputs ?? {}).map(([name, refs]) => {
    const inner = refs.filter((ref) => ids.has(portRef(ref).node));
    if (inner.length === 0) return [name, refs] as const;
    const port = freeId(name, new Set(Object.keys(innerInputs)));
    innerInputs[port] = inner;
    return [name, [...refs.filter((ref) => !inner.includes(ref)), `${id}.${port}`]] as const;
  });
  const outputs = Object.entries(graph.outputs ?? {}).map(([name, ref]) => {
    if (!ids.has(portRef(ref).node)) return [name, ref] as const;
    const port = nameOfOutput.get(ref) ?? freeId(name, new Set(Object.keys(innerOutputs)));
    innerOutputs[port] = ref;
    return [name, `${id}.${port}`] as const;
  });
  const nodes = graph.nodes.map((node) =>
    node.id === id ? { ...node, body: { ...body, inputs: innerInputs, outputs: innerOutputs } } : node,
  );
  return {
    ...graph,
    nodes,
    ...(graph.inputs && { inputs: Object.fromEntries(inputs) }),
    ...(graph.outputs && { outputs: Object.fromEntries(outputs) }),
  };
}

function middle(nodes: readonly FlowNode[]): readonly [number, number] {
  const places = nodes.map(positionOf);
  const mean = (axis: 0 | 1) => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
  return snapped([mean(0), mean(1)]);
}
