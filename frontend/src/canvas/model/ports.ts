import { type FlowBody, type FlowGraph, type FlowNode, kindOf, type PortRef, portRef } from "./document";
import type { OperatorSpec, SpecPort, Specs } from "./spec";

/** A port as the canvas draws and checks it. */
export interface Port {
  readonly name: string;
  readonly type: string;
  /** A text of the spec, "$t.key"; none: its name. */
  readonly title?: string;
  readonly required: boolean;
  readonly many: boolean;
}

export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export type Side = "inputs" | "outputs";

const NO_PORTS: Ports = { inputs: [], outputs: [] };
const VALUE: Port = { name: "value", type: "any", required: true, many: false };

/** What is converted on its way; the table is in plugins/patchbay_sdk/ports.py. */
const CONVERSIONS = new Set(["metrics>table", "metrics>text", "metrics>file", "chart>file", "table>file", "text>file"]);

/** Whether an output of type `source` may feed an input of type `target`. */
export function canConnect(source: string, target: string): boolean {
  return source === target || source === "any" || target === "any" || CONVERSIONS.has(`${source}>${target}`);
}

function portOf({ name, type, title, required, many }: SpecPort): Port {
  return { name, type, required: required ?? true, many: many ?? false, ...(title !== undefined && { title }) };
}

const ofSpec = new WeakMap<OperatorSpec, Ports>();

export function portsOfSpec(spec: OperatorSpec): Ports {
  const known = ofSpec.get(spec);
  if (known) return known;
  const ports = { inputs: spec.inputs.map(portOf), outputs: spec.outputs.map(portOf) };
  ofSpec.set(spec, ports);
  return ports;
}

/** The ports of a node, whatever its kind; of an operator that is not known, those that its edges name. */
export function portsOf(node: FlowNode, specs: Specs, graph?: FlowGraph): Ports {
  switch (kindOf(node)) {
    case "operator": {
      const spec = specs.get(node.operator ?? "");
      return spec ? portsOfSpec(spec) : graph ? portsInEdges(node, graph) : NO_PORTS;
    }
    case "branch":
      return { inputs: [VALUE], outputs: (node.cases ?? []).map(({ port }) => ({ ...VALUE, name: port })) };
    case "approval":
      return { inputs: [VALUE], outputs: [VALUE] };
    default:
      return node.body ? outerPorts(node.body, specs) : NO_PORTS;
  }
}

/** The ports that the node around a body shows: as their counterparts inside. */
function outerPorts(body: FlowBody, specs: Specs): Ports {
  const nodes = new Map(body.nodes.map((node) => [node.id, node]));
  const inner = ({ node: id, port }: PortRef, side: Side): Port | undefined => {
    const node = nodes.get(id);
    return node && portsOf(node, specs, body)[side].find(({ name }) => name === port);
  };
  const inputs = Object.entries(body.inputs ?? {}).map(([name, refs]) => {
    const fed = refs.map((ref) => inner(portRef(ref), "inputs")).filter((port) => port !== undefined);
    return {
      name,
      type: fed[0]?.type ?? "any",
      required: fed.some((port) => port.required),
      many: fed.some((port) => port.many),
    };
  });
  const outputs = Object.entries(body.outputs ?? {}).map(([name, ref]) => ({
    ...VALUE,
    name,
    type: inner(portRef(ref), "outputs")?.type ?? "any",
  }));
  return { inputs, outputs };
}

function portsInEdges({ id }: FlowNode, { edges }: FlowGraph): Ports {
  const named = (end: "from" | "to") => {
    const refs = edges.map((edge) => portRef(edge[end])).filter(({ node }) => node === id);
    return [...new Set(refs.map(({ port }) => port))].map((name) => ({ ...VALUE, name, required: false, many: true }));
  };
  return { inputs: named("to"), outputs: named("from") };
}

export function portNamed(ports: Ports, side: Side, name: string): Port | undefined {
  return ports[side].find((port) => port.name === name);
}
