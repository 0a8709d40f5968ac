import { type FlowEdge, type FlowGraph, type FlowNode, type ParamValues, portRef } from "./document";
import type { OperatorSpec, SpecField, Specs } from "./spec";
import { paramName } from "./summary";

/** A column that has another name from an output port on. */
export interface Renaming {
  /** "node.port" of every output that carries the column. */
  readonly from: readonly string[];
  readonly old: string;
  readonly name: string;
}

/** Whether an output carries a column; null: not known. */
export type Carries = (path: string, port: string, column: string) => boolean | null;

const NOT_KNOWN: Carries = () => null;

/** Whatever names the column downstream, in params, lists, expressions and defaults of flow params, names it anew. */
export function withColumnRenamed<Graph extends FlowGraph>(
  graph: Graph,
  specs: Specs,
  { from, old, name }: Renaming,
  carries: Carries = NOT_KNOWN,
  outer = "",
): Graph {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const next = new Map<string, FlowEdge[]>();
  for (const edge of graph.edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge]);
  const defaults = new Set<string>();
  const reached = new Set(from);
  const seen = new Set<string>();
  for (const output of reached) {
    for (const { to } of next.get(output) ?? []) {
      const { node: id, port } = portRef(to);
      const node = nodes.get(id);
      if (!node || seen.has(to)) continue;
      seen.add(to);
      const into = renamedIn(node, port, specs, { old, name }, defaults, carries, outer);
      nodes.set(id, into.node);
      for (const carried of into.outputs) reached.add(`${id}.${carried}`);
    }
  }
  const changed = graph.nodes.some((node) => nodes.get(node.id) !== node);
  const params = { ...graph.params };
  for (const param of defaults) {
    const declared = params[param];
    if (declared) params[param] = { ...declared, default: renamedValue(declared.default, old, name) };
  }
  if (!changed && defaults.size === 0) return graph;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => nodes.get(node.id) ?? node),
    ...(defaults.size > 0 && { params }),
  };
}

interface Into {
  node: FlowNode;
  /** The outputs through which the column goes on under its name. */
  outputs: readonly string[];
}

function renamedIn(
  node: FlowNode,
  port: string,
  specs: Specs,
  names: { old: string; name: string },
  defaults: Set<string>,
  carries: Carries,
  outer: string,
): Into {
  const { old, name } = names;
  const path = outer + node.id;
  if (node.body) {
    const inner = node.body.inputs?.[port] ?? [];
    // Inside, the wires begin at the body's own input: a node that does not exist stands for it.
    const seeded = { ...node.body, edges: [...node.body.edges, ...inner.map((to) => ({ from: "#.in", to }))] };
    const { edges, ...body } = withColumnRenamed(seeded, specs, { from: ["#.in"], old, name }, carries, `${path}/`);
    const isSame = body.nodes === node.body.nodes;
    const outputs = Object.keys(node.body.outputs ?? {}).filter((one) => carries(path, one, old) !== false);
    return {
      node: isSame ? node : { ...node, body: { ...body, edges: edges.filter((edge) => edge.from !== "#.in") } },
      outputs,
    };
  }
  const spec = specs.get(node.operator ?? "");
  if (!spec)
    return {
      node,
      outputs: (node.cases ?? []).map((one) => one.port).concat(node.kind === "approval" ? ["value"] : []),
    };
  const params = renamedParams(spec, node.params ?? {}, port, names, defaults);
  const outputs = spec.outputs.filter(({ name: output, type, schema }) => {
    if (type !== "table" || endsHere(spec, node.params ?? {}, schema?.rename, old)) return false;
    return carries(path, output, old) ?? schema?.from === port;
  });
  return {
    node: params === node.params || params === null ? node : { ...node, params },
    outputs: outputs.map((output) => output.name),
  };
}

/** Null: nothing names the column. */
function renamedParams(
  spec: OperatorSpec,
  params: ParamValues,
  port: string,
  { old, name }: { old: string; name: string },
  defaults: Set<string>,
): ParamValues | null {
  let isChanged = false;
  const entries = Object.entries(params).map(([key, value]) => {
    const field = spec.params.properties[key];
    if (!field || !isAbout(field, spec, port)) return [key, value] as const;
    const param = paramName(value);
    if (param !== null) defaults.add(param);
    for (const inner of Array.isArray(value) ? value : []) {
      const named = paramName(inner);
      if (named !== null) defaults.add(named);
    }
    const next = renamedField(value, field, old, name);
    isChanged ||= next !== value;
    return [key, next] as const;
  });
  return isChanged ? Object.fromEntries(entries) : null;
}

function isAbout(field: SpecField, spec: OperatorSpec, port: string): boolean {
  const inputs = [field["x-source"], ...Object.values(field.items?.properties ?? {}).map((item) => item["x-source"])];
  if (inputs.some((source) => source?.input === port)) return true;
  return field["x-widget"] === "expression" && spec.inputs[0]?.name === port;
}

function renamedField(value: unknown, field: SpecField, old: string, name: string): unknown {
  switch (field["x-widget"]) {
    case "expression":
      return typeof value === "string" ? renamedExpression(value, old, name) : value;
    case "rename":
      return isRecord(value) && Object.hasOwn(value, old)
        ? Object.fromEntries(Object.entries(value).map(([key, to]) => [key === old ? name : key, to]))
        : value;
    default:
      if (Array.isArray(value) && field.items?.properties)
        return renamedItems(value, field.items.properties, old, name);
      return renamedValue(value, old, name);
  }
}

function renamedItems(
  items: readonly unknown[],
  properties: Readonly<Record<string, SpecField>>,
  old: string,
  name: string,
): readonly unknown[] {
  let isChanged = false;
  const next = items.map((item) => {
    if (!isRecord(item)) return item;
    const entries = Object.entries(item).map(([key, value]) => {
      if (value !== old || !properties[key]?.["x-source"]) return [key, value] as const;
      isChanged = true;
      return [key, name] as const;
    });
    return Object.fromEntries(entries);
  });
  return isChanged ? next : items;
}

function renamedValue(value: unknown, old: string, name: string): unknown {
  if (value === old) return name;
  return Array.isArray(value) && value.includes(old) ? value.map((item) => (item === old ? name : item)) : value;
}

/** In the safe part of SQL that expressions are: names stand bare or between double quotes, texts between single ones. */
export function renamedExpression(text: string, old: string, name: string): string {
  const isBare = /^[A-Za-z_]\w*$/.test(name);
  const quoted = `"${name.replaceAll('"', '""')}"`;
  return text.replace(/'(?:[^']|'')*'|"((?:[^"]|"")*)"|[A-Za-z_]\w*/g, (token: string, inner: string | undefined) => {
    if (token.startsWith("'")) return token;
    if (inner !== undefined) return inner.replaceAll('""', '"') === old ? quoted : token;
    return token === old ? (isBare ? name : quoted) : token;
  });
}

/** A node that gives the column a new name itself: behind it the old name means nothing. */
function endsHere(spec: OperatorSpec, params: ParamValues, rename: unknown, old: string): boolean {
  const param = isRecord(rename) && typeof rename.param === "string" ? rename.param : null;
  const names = param === null || !spec.params.properties[param] ? undefined : params[param];
  return isRecord(names) && typeof names[old] === "string";
}

/** Columns that a node's outputs call differently when its params change: what a form of renamings was changed to. */
export function renamingsOf(node: FlowNode, spec: OperatorSpec, before: ParamValues, after: ParamValues): Renaming[] {
  const from = spec.outputs.filter(({ type }) => type === "table").map(({ name }) => `${node.id}.${name}`);
  return Object.entries(spec.params.properties).flatMap(([key, field]) => {
    const [old, now] = [before[key], after[key]];
    if (field["x-widget"] !== "rename") return [];
    const [oldNames, newNames] = [isRecord(old) ? old : {}, isRecord(now) ? now : {}];
    const columns = new Set([...Object.keys(oldNames), ...Object.keys(newNames)]);
    return [...columns].flatMap((column) => {
      const was = String(oldNames[column] || column);
      const is = String(newNames[column] || column);
      return was === is ? [] : [{ from, old: was, name: is }];
    });
  });
}

/** Other params for a node; columns that it calls differently from then on are called so downstream, too. One step. */
export function withParams<Graph extends FlowGraph>(
  graph: Graph,
  specs: Specs,
  id: string,
  params: ParamValues,
  carries: Carries = NOT_KNOWN,
  outer = "",
): Graph {
  const node = graph.nodes.find((one) => one.id === id);
  if (!node) return graph;
  const spec = specs.get(node.operator ?? "");
  // While a name is typed it may for a moment be that of another column: then nobody can tell which one is meant.
  const isOfAnother = ({ from, old, name }: Renaming) =>
    from.some((ref) => carries(outer + id, portRef(ref).port, name) === true) ||
    graph.edges.some(({ from: feeder, to }) => {
      const { node: source, port } = portRef(feeder);
      const isRenamed = Object.values(node.params ?? {}).some(
        (value) => isRecord(value) && Object.values(value).includes(old),
      );
      return portRef(to).node === id && isRenamed && carries(outer + source, port, old) === true;
    });
  const renamings = spec
    ? renamingsOf(node, spec, node.params ?? {}, params).filter((renaming) => !isOfAnother(renaming))
    : [];
  const changed = { ...graph, nodes: graph.nodes.map((one) => (one === node ? { ...node, params } : one)) };
  return renamings.reduce<Graph>((now, renaming) => withColumnRenamed(now, specs, renaming, carries, outer), changed);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
