import { expect, test } from "vitest";
import type { FlowDocument } from "../model/document";
import { changedNodes, diff, isEmptyDiff } from "./diff";

const FLOW: FlowDocument = {
  format: 1,
  name: "f",
  nodes: [
    { id: "read", operator: "a.b@1.0.0", params: { path: "x" }, position: [0, 0] },
    { id: "each", kind: "flow", body: { nodes: [{ id: "in", operator: "a.c@1.0.0" }], edges: [] } },
  ],
  edges: [{ from: "read.table", to: "each.table" }],
};

test("a moved node and a default that is spelled out are no change", () => {
  const [read, each] = FLOW.nodes;
  if (!read || !each) throw new Error();
  const moved = { ...FLOW, nodes: [{ ...read, position: [5, 5] as const, settings: { cache: true } }, each] };
  expect(isEmptyDiff(diff(FLOW, moved))).toBe(true);
});

test("nodes, fields and edges, also within a body", () => {
  const now: FlowDocument = {
    ...FLOW,
    title: "Now",
    nodes: [
      { id: "read", operator: "a.b@1.1.0", params: { path: "y" } },
      { id: "each", kind: "flow", body: { nodes: [{ id: "other", operator: "a.c@1.0.0" }], edges: [] } },
    ],
    edges: [],
  };
  const found = diff(FLOW, now);
  expect(found).toMatchObject({ added: ["each/other"], removed: ["each/in"] });
  expect(found.changes).toEqual([
    { node: null, field: "title", old: undefined, new: "Now" },
    { node: "read", field: "operator", old: "a.b@1.0.0", new: "a.b@1.1.0" },
    { node: "read", field: "params.path", old: "x", new: "y" },
  ]);
  expect(found.edgesRemoved).toEqual([{ from: "read.table", to: "each.table", within: null }]);
  expect(changedNodes(found)).toEqual(["read"]);
});
