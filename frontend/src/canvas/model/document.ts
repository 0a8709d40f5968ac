import type { Text } from "../../lib/localize";
import { placed } from "./unplaced";

/** The flow document as docs/flow-document.md describes it. Never changed in place: a change makes new objects along its way. */
export type NodeKind = "operator" | "branch" | "map" | "loop" | "flow" | "approval";

export type ParamValues = Readonly<Record<string, unknown>>;

/** One JSON Schema per field of a value; all of them must hold. */
export type Conditions = Readonly<Record<string, unknown>>;

export interface FlowParam {
  readonly type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  readonly default?: unknown;
  readonly title?: Text;
  readonly description?: Text;
}

export interface WizardStep {
  readonly id: string;
  readonly view: "data" | "form" | "check" | "run" | "result";
  readonly title?: Text;
  readonly help?: Text;
  /** Params of the flow that the step asks for. */
  readonly params?: readonly string[];
  /** Whose findings a check shows, or whose report a result. */
  readonly node?: string;
}

/** How the flow is shown to somebody who is led through it: docs/wizards.md. */
export interface WizardBlock {
  readonly kind: string;
  readonly icon?: string;
  readonly description?: Text;
  /** Whether others can start from it. */
  readonly published?: boolean;
  /** The wizard that made this flow. */
  readonly template?: string;
  /** What a flow that it makes is called; params in braces are filled in. */
  readonly flow_title?: Text;
  readonly steps: readonly WizardStep[];
}

export interface NodeSettings {
  readonly engine?: string;
  readonly pool?: "train" | "test" | "inference" | null;
  readonly retries?: number;
  readonly retry_delay?: number;
  readonly timeout?: number | null;
  readonly cache?: boolean;
  readonly seed?: number | null;
  readonly priority?: number;
  readonly load_test?: boolean;
}

export interface BranchCase {
  readonly port: string;
  /** Without it: otherwise. */
  readonly when?: Conditions;
}

export interface LoopEnd {
  readonly output: string;
  readonly when: Conditions;
}

export type Position = readonly [x: number, y: number];

export interface FlowNode {
  readonly id: string;
  readonly kind?: NodeKind;
  /** "id@version" of an operator node. */
  readonly operator?: string;
  readonly params?: ParamValues;
  readonly settings?: NodeSettings;
  readonly title?: Text;
  readonly position?: Position | null;
  readonly body?: FlowBody;
  readonly over?: string;
  readonly times?: number;
  readonly until?: LoopEnd;
  readonly cases?: readonly BranchCase[];
}

/** From an output port to an input port, each as "node.port". */
export interface FlowEdge {
  readonly from: string;
  readonly to: string;
}

/** For people only, never executed: a comment on the canvas, or a frame around nodes. */
export interface FlowNote {
  readonly id: string;
  readonly kind?: "comment" | "group";
  readonly text: string;
  readonly position: Position;
  readonly size: readonly [width: number, height: number];
}

/** A flow, or the body of a map, loop or flow node; only bodies have `inputs` and `outputs`. */
export interface FlowGraph {
  readonly params?: Readonly<Record<string, FlowParam>>;
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  readonly notes?: readonly FlowNote[];
  /** Input port of the outer node -> input ports inside that it feeds. */
  readonly inputs?: Readonly<Record<string, readonly string[]>>;
  /** Output port of the outer node -> the output port inside that it shows. */
  readonly outputs?: Readonly<Record<string, string>>;
}

export type FlowBody = FlowGraph;

export interface FlowDocument extends FlowGraph {
  readonly format: 1;
  readonly name: string;
  readonly title?: Text;
  readonly wizard?: WizardBlock;
}

export function kindOf(node: FlowNode): NodeKind {
  return node.kind ?? "operator";
}

export interface PortRef {
  readonly node: string;
  readonly port: string;
}

export function portRef(text: string): PortRef {
  const dot = text.indexOf(".");
  return { node: text.slice(0, dot), port: text.slice(dot + 1) };
}

export function refText({ node, port }: PortRef): string {
  return `${node}.${port}`;
}

/** How an edge is called in the selection, and by the canvas. */
export function edgeId({ from, to }: FlowEdge): string {
  return `${from}>${to}`;
}

/** The document as the server gave it; what the server may leave out is filled in, also places of nodes. */
export function readDocument(raw: unknown): FlowDocument {
  if (!isGraph(raw) || !("name" in raw) || typeof raw.name !== "string") throw new Error("This is no flow document.");
  return { ...filledIn(raw), format: 1, name: raw.name };
}

function filledIn<Graph extends FlowGraph>(graph: Graph): Graph {
  const edges = graph.edges ?? [];
  const nodes = graph.nodes.map((node) => (node.body ? { ...node, body: filledIn(node.body) } : node));
  return { ...graph, edges, nodes: placed(nodes, edges) };
}

function isGraph(raw: unknown): raw is FlowGraph {
  return typeof raw === "object" && raw !== null && "nodes" in raw && Array.isArray(raw.nodes);
}

/** The graph whose body is open: the document itself, or the body at a path of node ids. null: it is no longer there. */
export function graphAt(document: FlowDocument, path: readonly string[]): FlowGraph | null {
  let graph: FlowGraph = document;
  for (const id of path) {
    const body: FlowBody | undefined = graph.nodes.find((node) => node.id === id)?.body;
    if (!body) return null;
    graph = body;
  }
  return graph;
}

/** The document with the graph at a path changed. */
export function withGraphAt(
  document: FlowDocument,
  path: readonly string[],
  recipe: <Graph extends FlowGraph>(graph: Graph) => Graph,
): FlowDocument {
  return changed(document, path, recipe);
}

function changed<Graph extends FlowGraph>(
  graph: Graph,
  [id, ...rest]: readonly string[],
  recipe: <Inner extends FlowGraph>(graph: Inner) => Inner,
): Graph {
  if (id === undefined) return recipe(graph);
  const nodes = graph.nodes.map((node) =>
    node.id === id && node.body ? { ...node, body: changed(node.body, rest, recipe) } : node,
  );
  return { ...graph, nodes };
}

/** The path of a node as problems, schemas and tasks name it: "per_tool/fit". */
export function nodePath(bodyPath: readonly string[], id: string): string {
  return [...bodyPath, id].join("/");
}
