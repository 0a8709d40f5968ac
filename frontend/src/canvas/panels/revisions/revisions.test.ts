import { expect, test } from "vitest";
import type { FlowDocument } from "../../model/document";
import { diff } from "../../saving/diff";
import { marksOf } from "./diffMarks";
import { groupRevisions, type RevisionSummary } from "./groups";
import { union } from "./union";

const revision = (number: number, created_by: string, created_at: number): RevisionSummary => ({
  name: "f",
  number,
  title: null,
  nodes: 1,
  created_at,
  created_by,
});

test("saves of one person that follow each other closely are one group", () => {
  const list = [revision(5, "a", 5000), revision(4, "a", 4900), revision(3, "b", 4850), revision(2, "b", 10)];
  expect(groupRevisions(list).map(({ revisions }) => revisions.map(({ number }) => number))).toEqual([
    [5, 4],
    [3],
    [2],
  ]);
});

const OLD: FlowDocument = {
  format: 1,
  name: "f",
  nodes: [
    { id: "a", params: { x: 1 } },
    { id: "gone" },
    { id: "body", kind: "flow", body: { nodes: [{ id: "in", params: { y: 1 } }], edges: [] } },
  ],
  edges: [
    { from: "a.t", to: "gone.t" },
    { from: "gone.t", to: "body.t" },
  ],
};
const NOW: FlowDocument = {
  ...OLD,
  nodes: [
    { id: "a", params: { x: 2 } },
    { id: "new" },
    { id: "body", kind: "flow", body: { nodes: [{ id: "in", params: { y: 2 } }], edges: [] } },
  ],
  edges: [{ from: "a.t", to: "body.t" }],
};

test("what was taken away is drawn with its wires", () => {
  const both = union(OLD, NOW);
  expect(both.nodes.map(({ id }) => id)).toEqual(["a", "new", "body", "gone"]);
  expect(both.edges).toHaveLength(3);
});

test("every node and wire that differs is marked, and the node around it", () => {
  expect(Object.fromEntries(marksOf(diff(OLD, NOW)))).toEqual({
    a: "changed",
    new: "added",
    gone: "removed",
    body: "changed",
    "body/in": "changed",
    "a.t>gone.t": "removed",
    "gone.t>body.t": "removed",
    "a.t>body.t": "added",
  });
});
