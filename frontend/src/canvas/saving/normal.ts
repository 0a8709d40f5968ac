import type { FlowBody, FlowDocument, FlowGraph, FlowNode, NodeSettings } from "../model/document";
import { isObject } from "./same";

const SETTINGS: Required<NodeSettings> = {
  engine: "auto",
  pool: null,
  retries: 0,
  retry_delay: 1,
  timeout: null,
  cache: true,
  seed: 0,
  priority: 0,
  load_test: false,
};

/** The document as the server writes it: fields that say nothing but their default are left out. */
export function normal(document: FlowDocument): FlowDocument {
  return normalGraph(document);
}

function normalGraph<Graph extends FlowGraph>(graph: Graph): Graph {
  return {
    ...withoutEmpty(graph, ["params", "notes", "inputs", "outputs", "title"]),
    nodes: graph.nodes.map(normalNode),
  };
}

function normalNode(node: FlowNode): FlowNode {
  const { settings, body, ...rest } = withoutEmpty(node, ["params", "title", "position"]);
  const told = settings && normalSettings(settings);
  const inner: FlowBody | undefined = body && normalGraph(body);
  const { kind, ...others } = rest;
  return {
    ...others,
    ...(kind && kind !== "operator" && { kind }),
    ...(told && Object.keys(told).length > 0 && { settings: told }),
    ...(inner && { body: inner }),
  };
}

function normalSettings(settings: NodeSettings): NodeSettings {
  const defaults: Readonly<Record<string, unknown>> = SETTINGS;
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => value !== defaults[name]));
}

function withoutEmpty<Holder extends object>(holder: Holder, fields: readonly string[]): Holder {
  const left = { ...holder };
  for (const [field, value] of Object.entries(holder)) {
    const isEmpty = value === null || value === "" || (isObject(value) && Object.keys(value).length === 0);
    if (value === undefined || (fields.includes(field) && isEmpty)) Reflect.deleteProperty(left, field);
  }
  return left;
}
