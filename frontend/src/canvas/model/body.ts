import { type FlowBody, type FlowEdge, portRef } from "./document";
import { freeId } from "./ids";
import type { Port, Ports } from "./ports";
import { portsOf } from "./ports";
import type { Specs } from "./spec";

/**
 * A body's own ports, drawn inside of it as two more nodes. No node of a document can have these ids, so that a wire to
 * one of them is an edge like any other: "#inputs.table" -> "fit.table".
 */
export const BODY_INPUTS = "#inputs";
export const BODY_OUTPUTS = "#outputs";
/** The port that becomes a new one when a wire is drawn from or to it. */
export const NEW_PORT = "+";

const OPEN: Omit<Port, "name"> = { type: "any", required: false, many: true };

export function isBodyEdge({ from, to }: FlowEdge): boolean {
  return portRef(from).node === BODY_INPUTS || portRef(to).node === BODY_OUTPUTS;
}

/** The body's ports as edges inside of it. */
export function bodyEdges({ inputs, outputs }: FlowBody): FlowEdge[] {
  const into = Object.entries(inputs ?? {}).flatMap(([name, refs]) =>
    refs.map((to) => ({ from: `${BODY_INPUTS}.${name}`, to })),
  );
  const out = Object.entries(outputs ?? {}).map(([name, from]) => ({ from, to: `${BODY_OUTPUTS}.${name}` }));
  return [...into, ...out];
}

/** The ports that the two nodes of a body's own ports have inside. */
export function bodyEnds(body: FlowBody, specs: Specs): { inputs: Ports; outputs: Ports } {
  const typeOf = (ref: string | undefined, side: "inputs" | "outputs") => {
    if (ref === undefined) return "any";
    const { node: id, port } = portRef(ref);
    const node = body.nodes.find((one) => one.id === id);
    return (node && portsOf(node, specs, body)[side].find(({ name }) => name === port)?.type) ?? "any";
  };
  const added: Port = { ...OPEN, name: NEW_PORT };
  const inputs = Object.entries(body.inputs ?? {}).map(([name, refs]) => ({
    ...OPEN,
    name,
    type: typeOf(refs[0], "inputs"),
  }));
  const outputs = Object.entries(body.outputs ?? {}).map(([name, ref]) => ({
    ...OPEN,
    name,
    type: typeOf(ref, "outputs"),
    many: false,
  }));
  return { inputs: { inputs: [], outputs: [...inputs, added] }, outputs: { inputs: [...outputs, added], outputs: [] } };
}

/** With a wire between the body's own port and one inside. */
export function withBodyEdge<Body extends FlowBody>(body: Body, { from, to }: FlowEdge): Body {
  const source = portRef(from);
  const target = portRef(to);
  if (source.node === BODY_INPUTS && target.node !== BODY_OUTPUTS) {
    const name = named(source.port, target.port, body.inputs);
    const others = withoutFeed(body, to);
    return { ...others, inputs: { ...others.inputs, [name]: [...(others.inputs?.[name] ?? []), to] } };
  }
  if (target.node === BODY_OUTPUTS && source.node !== BODY_INPUTS) {
    const name = named(target.port, source.port, body.outputs);
    return { ...body, outputs: { ...body.outputs, [name]: from } };
  }
  return body;
}

function named(port: string, wish: string, taken: Readonly<Record<string, unknown>> | undefined): string {
  return port === NEW_PORT ? freeId(wish, new Set(Object.keys(taken ?? {}))) : port;
}

/** What fed this input before, from inside or outside, no longer does. */
function withoutFeed<Body extends FlowBody>(body: Body, to: string): Body {
  const inputs = Object.entries(body.inputs ?? {}).map(
    ([name, refs]) => [name, refs.filter((ref) => ref !== to)] as const,
  );
  return {
    ...body,
    edges: body.edges.filter((edge) => edge.to !== to),
    inputs: Object.fromEntries(inputs.filter(([, refs]) => refs.length > 0)),
  };
}

export function withoutBodyEdge<Body extends FlowBody>(body: Body, edge: FlowEdge): Body {
  const source = portRef(edge.from);
  const target = portRef(edge.to);
  if (source.node === BODY_INPUTS) {
    const { [source.port]: refs = [], ...others } = body.inputs ?? {};
    const left = refs.filter((ref) => ref !== edge.to);
    return { ...body, inputs: left.length > 0 ? { ...others, [source.port]: left } : others };
  }
  if (target.node === BODY_OUTPUTS) {
    const { [target.port]: _gone, ...others } = body.outputs ?? {};
    return { ...body, outputs: others };
  }
  return body;
}

/** Without the ports that led to nodes which are gone. */
export function withoutNodes<Body extends FlowBody>(body: Body, gone: ReadonlySet<string>): Body {
  if (!body.inputs && !body.outputs) return body;
  const inputs = Object.entries(body.inputs ?? {}).map(
    ([name, refs]) => [name, refs.filter((ref) => !gone.has(portRef(ref).node))] as const,
  );
  const outputs = Object.entries(body.outputs ?? {}).filter(([, ref]) => !gone.has(portRef(ref).node));
  return {
    ...body,
    ...(body.inputs && { inputs: Object.fromEntries(inputs.filter(([, refs]) => refs.length > 0)) }),
    ...(body.outputs && { outputs: Object.fromEntries(outputs) }),
  };
}

/** With the ports following a node to its new id. */
export function followingNode<Body extends FlowBody>(body: Body, follow: (ref: string) => string): Body {
  const inputs = Object.entries(body.inputs ?? {}).map(([name, refs]) => [name, refs.map(follow)] as const);
  const outputs = Object.entries(body.outputs ?? {}).map(([name, ref]) => [name, follow(ref)] as const);
  return {
    ...body,
    ...(body.inputs && { inputs: Object.fromEntries(inputs) }),
    ...(body.outputs && { outputs: Object.fromEntries(outputs) }),
  };
}
