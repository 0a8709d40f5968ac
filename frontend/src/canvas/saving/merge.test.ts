import { expect, test } from "vitest";
import type { FlowDocument, FlowEdge, FlowNode } from "../model/document";
import { type MergeOptions, merge } from "./merge";

const edge = (from: string, to: string): FlowEdge => ({ from, to });
const node = (id: string, params: Record<string, unknown> = {}, more: Partial<FlowNode> = {}): FlowNode => ({
  id,
  operator: `made.${id}@1.0.0`,
  params,
  ...more,
});
const flow = (nodes: FlowNode[], edges: FlowEdge[] = [], more: Partial<FlowDocument> = {}): FlowDocument => ({
  format: 1,
  name: "f",
  nodes,
  edges,
  ...more,
});
const CHAIN = flow(
  [node("read", { path: "a" }), node("fill", { strategy: "mean", columns: ["x"] }), node("train")],
  [edge("read.table", "fill.table"), edge("fill.table", "train.table")],
);
const changed = (document: FlowDocument, id: string, change: (node: FlowNode) => FlowNode): FlowDocument => ({
  ...document,
  nodes: document.nodes.map((node) => (node.id === id ? change(node) : node)),
});
const withParam = (document: FlowDocument, id: string, name: string, value: unknown) =>
  changed(document, id, (node) => ({ ...node, params: { ...node.params, [name]: value } }));
const without = (document: FlowDocument, id: string): FlowDocument => ({
  ...document,
  nodes: document.nodes.filter((node) => node.id !== id),
  edges: document.edges.filter(({ from, to }) => !from.startsWith(`${id}.`) && !to.startsWith(`${id}.`)),
});
const paramsOf = (document: FlowDocument, id: string) => document.nodes.find((node) => node.id === id)?.params;
const idsOf = (document: FlowDocument) => document.nodes.map(({ id }) => id);

test("changes of different fields of one node come together without a question", () => {
  const { document, conflicts } = merge(
    CHAIN,
    withParam(CHAIN, "fill", "strategy", "median"),
    withParam(CHAIN, "fill", "columns", ["x", "y"]),
  );
  expect(conflicts).toEqual([]);
  expect(paramsOf(document, "fill")).toEqual({ strategy: "median", columns: ["x", "y"] });
});

test("the same field changed in two ways is a conflict, which the choice decides", () => {
  const mine = withParam(CHAIN, "fill", "strategy", "median");
  const theirs = withParam(CHAIN, "fill", "strategy", "constant");
  const { document, conflicts } = merge(CHAIN, mine, theirs);
  expect(conflicts).toEqual([
    {
      key: "fill#params.strategy",
      node: "fill",
      field: "params.strategy",
      base: "mean",
      mine: "median",
      theirs: "constant",
    },
  ]);
  expect(paramsOf(document, "fill")?.strategy).toBe("median");
  const options: MergeOptions = { choices: new Map([["fill#params.strategy", "theirs"]]) };
  expect(paramsOf(merge(CHAIN, mine, theirs, options).document, "fill")?.strategy).toBe("constant");
});

test("the same change on both sides is one change", () => {
  const both = withParam(CHAIN, "fill", "strategy", "median");
  expect(merge(CHAIN, both, both)).toMatchObject({ conflicts: [] });
});

test("a default that one side spells out is no change", () => {
  const spelled = changed(CHAIN, "read", (node) => ({
    ...node,
    kind: "operator",
    settings: { retries: 0 },
    title: null,
  }));
  const theirs = changed(CHAIN, "read", (node) => ({ ...node, settings: { retries: 2 } }));
  const { document, conflicts } = merge(CHAIN, spelled, theirs);
  expect(conflicts).toEqual([]);
  expect(document.nodes[0]?.settings).toEqual({ retries: 2 });
});

test("nodes and edges that the two sides added are all there", () => {
  const mine = flow([...CHAIN.nodes, node("mine")], [...CHAIN.edges, edge("train.model", "mine.model")]);
  const theirs = flow([...CHAIN.nodes, node("theirs")], [...CHAIN.edges, edge("train.model", "theirs.model")]);
  const { document } = merge(CHAIN, mine, theirs);
  expect(idsOf(document)).toEqual(["read", "fill", "train", "theirs", "mine"]);
  expect(document.edges).toHaveLength(4);
});

test("two different nodes that were given the same id are both kept, with their edges", () => {
  const mine = flow([...CHAIN.nodes, node("csv", { path: "m" })], [...CHAIN.edges, edge("csv.table", "train.more")]);
  const theirs = flow([...CHAIN.nodes, node("csv", { path: "t" })], [...CHAIN.edges, edge("csv.table", "train.extra")]);
  const { document, renamed } = merge(CHAIN, mine, theirs);
  expect(paramsOf(document, "csv")).toEqual({ path: "t" });
  expect(paramsOf(document, "csv_2")).toEqual({ path: "m" });
  expect(document.edges).toContainEqual(edge("csv_2.table", "train.more"));
  expect(document.edges).toContainEqual(edge("csv.table", "train.extra"));
  expect([...renamed]).toEqual([["csv", "csv_2"]]);
});

test("a node that one side deleted and the other left alone is gone, with its edges", () => {
  const { document, conflicts } = merge(CHAIN, without(CHAIN, "fill"), CHAIN);
  expect(conflicts).toEqual([]);
  expect(idsOf(document)).toEqual(["read", "train"]);
  expect(document.edges).toEqual([]);
});

test("a moved node does not outlive its deletion", () => {
  const moved = changed(CHAIN, "fill", (node) => ({ ...node, position: [1, 2] }));
  expect(idsOf(merge(CHAIN, moved, without(CHAIN, "fill")).document)).toEqual(["read", "train"]);
});

test("a node that they deleted and I changed stays with its edges until I let it go", () => {
  const mine = withParam(CHAIN, "fill", "strategy", "median");
  const bridged = { ...without(CHAIN, "fill"), edges: [edge("read.table", "train.table")] };
  const { document, conflicts } = merge(CHAIN, mine, bridged);
  expect(conflicts).toMatchObject([{ node: "fill", field: null, theirs: undefined }]);
  expect(idsOf(document)).toEqual(["read", "train", "fill"]);
  expect(document.edges.map(({ from, to }) => `${from}>${to}`).sort()).toEqual([
    "fill.table>train.table",
    "read.table>fill.table",
  ]);
  const gone = merge(CHAIN, mine, bridged, { choices: new Map([["fill#", "theirs"]]) }).document;
  expect(idsOf(gone)).toEqual(["read", "train"]);
  expect(gone.edges).toEqual([edge("read.table", "train.table")]);
});

test("a node that I deleted and they connected anew is asked about", () => {
  const theirs = flow([...CHAIN.nodes, node("look")], [...CHAIN.edges, edge("fill.table", "look.table")]);
  expect(merge(CHAIN, without(CHAIN, "fill"), theirs).conflicts).toMatchObject([{ node: "fill", mine: undefined }]);
});

test("one input, a new source from each side: a conflict, unless the input takes many", () => {
  const base = flow([node("a"), node("b"), node("join")]);
  const [mine, theirs] = [edge("a.table", "join.table"), edge("b.table", "join.table")];
  const sides = [base, { ...base, edges: [mine] }, { ...base, edges: [theirs] }] as const;
  const { document, conflicts } = merge(...sides);
  expect(conflicts).toMatchObject([{ node: "join", field: "inputs.table", mine: ["a.table"], theirs: ["b.table"] }]);
  expect(document.edges).toEqual([mine]);
  expect(merge(...sides, { takesMany: () => true })).toMatchObject({
    conflicts: [],
    document: { edges: [theirs, mine] },
  });
});

test("both moved a node: mine, without a question", () => {
  const at = (x: number) => changed(CHAIN, "read", (node) => ({ ...node, position: [x, 0] }));
  const { document, conflicts } = merge(CHAIN, at(1), at(2));
  expect(conflicts).toEqual([]);
  expect(document.nodes[0]?.position).toEqual([1, 0]);
});

test("bodies are merged like the flow around them", () => {
  const outer = (inner: FlowDocument): FlowDocument =>
    flow([
      { id: "each", kind: "flow", body: { nodes: inner.nodes, edges: inner.edges, outputs: { model: "train.model" } } },
    ]);
  const { document, conflicts } = merge(
    outer(CHAIN),
    outer(withParam(CHAIN, "fill", "strategy", "median")),
    outer(withParam(withParam(CHAIN, "read", "path", "b"), "fill", "strategy", "zero")),
  );
  expect(conflicts).toMatchObject([{ node: "each/fill", field: "params.strategy" }]);
  const body = document.nodes[0]?.body;
  expect(body?.nodes[0]?.params).toEqual({ path: "b" });
  expect(body?.outputs).toEqual({ model: "train.model" });
});

test("params, title and notes of the flow", () => {
  const base = flow([], [], { params: { a: { type: "string" } }, title: "T" });
  const mine = { ...base, params: { ...base.params, b: { type: "integer" as const } }, title: "Mine" };
  const theirs = {
    ...base,
    params: { a: { type: "string" as const, default: "x" } },
    notes: [{ id: "n", text: "see", position: [0, 0] as const, size: [100, 50] as const }],
  };
  const { document, conflicts } = merge(base, mine, theirs);
  expect(conflicts).toEqual([]);
  expect(document).toMatchObject({
    title: "Mine",
    params: { a: { type: "string", default: "x" }, b: { type: "integer" } },
    notes: [{ id: "n" }],
  });
});

test("a param that was removed while it was changed is asked about", () => {
  const base = flow([], [], { params: { a: { type: "string" } } });
  const theirs = flow([], [], { params: { a: { type: "integer" } } });
  const { conflicts } = merge(base, flow([]), theirs);
  expect(conflicts).toMatchObject([{ node: null, field: "params.a", mine: undefined, theirs: { type: "integer" } }]);
});
