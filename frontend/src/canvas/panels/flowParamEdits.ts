import type { FlowDocument, FlowGraph, FlowNode, FlowParam } from "../model/document";

/** Where a param of a graph is used: a node, and the param of the node that holds it. */
export interface ParamUse {
  node: string;
  field: string;
}

/** Names of the params that are used, and where. */
export function paramUses(graph: FlowGraph): Map<string, ParamUse[]> {
  const uses = new Map<string, ParamUse[]>();
  for (const { id, params } of graph.nodes) {
    for (const [field, value] of Object.entries(params ?? {})) {
      for (const name of new Set(namesIn(value))) uses.set(name, [...(uses.get(name) ?? []), { node: id, field }]);
    }
  }
  return uses;
}

export function withParam<Graph extends FlowGraph>(graph: Graph, name: string, param: FlowParam): Graph {
  return { ...graph, params: { ...graph.params, [name]: param } };
}

/** Under another name, in the same place; what uses it follows. */
export function renamedParam<Graph extends FlowGraph>(graph: Graph, old: string, name: string): Graph {
  if (old === name || !graph.params?.[old] || graph.params[name]) return graph;
  const params = Object.fromEntries(
    Object.entries(graph.params).map(([key, param]) => [key === old ? name : key, param]),
  );
  const renamed = { ...graph, params, nodes: replaced(graph.nodes, old, { $param: name }) };
  return inWizard(renamed, (asked) => asked.map((param) => (param === old ? name : param)));
}

/** Without the param; what used it keeps the default value, or, without one, nothing. */
export function removedParam<Graph extends FlowGraph>(graph: Graph, name: string): Graph {
  const { [name]: gone, ...params } = graph.params ?? {};
  if (!gone) return graph;
  const left = { ...graph, params, nodes: replaced(graph.nodes, name, gone.default) };
  return inWizard(left, (asked) => asked.filter((param) => param !== name));
}

/** The same graph, where it has a wizard with other params asked for by its steps. */
function inWizard<Graph extends FlowGraph & Pick<FlowDocument, "wizard">>(
  graph: Graph,
  change: (asked: readonly string[]) => string[],
): Graph {
  if (!graph.wizard) return graph;
  const steps = graph.wizard.steps.map((step) => (step.params ? { ...step, params: change(step.params) } : step));
  return { ...graph, wizard: { ...graph.wizard, steps } };
}

/** `field` of a node made a param of the graph, with the value that it has as the default. */
export function boundToNewParam<Graph extends FlowGraph>(
  graph: Graph,
  use: ParamUse,
  name: string,
  param: FlowParam,
): Graph {
  return bound(withParam(graph, name, param), use, name);
}

/** `field` of a node takes its value from the param; null: it has a value of its own again, the param's default. */
export function bound<Graph extends FlowGraph>(
  graph: Graph,
  { node: id, field }: ParamUse,
  name: string | null,
): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.id !== id) return node;
    const before = node.params?.[field];
    const value = name === null ? graph.params?.[boundName(before) ?? ""]?.default : { $param: name };
    return withValue(node, field, value);
  });
  return { ...graph, nodes };
}

/** The param that a value is bound to as a whole. */
export function boundName(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  const [only] = entries;
  return entries.length === 1 && only?.[0] === "$param" && typeof only[1] === "string" ? only[1] : null;
}

/** The type of param that a value needs. */
export function paramTypeOf(value: unknown, declared: unknown): FlowParam["type"] {
  const [first] = Array.isArray(declared) ? declared : [declared];
  switch (first) {
    case "string":
    case "integer":
    case "number":
    case "boolean":
    case "array":
    case "object":
      return first;
  }
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "object" && value !== null ? "object" : "string";
}

function replaced(nodes: readonly FlowNode[], name: string, value: unknown): FlowNode[] {
  return nodes.map((node) => {
    if (!namesIn(node.params).includes(name)) return node;
    let next = node;
    for (const [field, before] of Object.entries(node.params ?? {})) {
      const after = put(before, name, value);
      if (after !== before) next = withValue(next, field, after);
    }
    return next;
  });
}

function withValue(node: FlowNode, field: string, value: unknown): FlowNode {
  const { [field]: _before, ...others } = node.params ?? {};
  return { ...node, params: value === undefined ? others : { ...node.params, [field]: value } };
}

function put(holder: unknown, name: string, value: unknown): unknown {
  if (boundName(holder) === name) return value;
  if (!namesIn(holder).includes(name)) return holder;
  if (Array.isArray(holder)) return holder.map((item) => put(item, name, value)).filter((item) => item !== undefined);
  if (typeof holder !== "object" || holder === null) return holder;
  const entries = Object.entries(holder).map(([key, inner]) => [key, put(inner, name, value)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

function namesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const name = boundName(value);
  if (name !== null) return [name];
  return Object.values(value).flatMap(namesIn);
}
