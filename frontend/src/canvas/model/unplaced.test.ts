import { expect, test } from "vitest";
import { readDocument } from "./document";

const step = (id: string, more = {}) => ({ id, operator: "t.step@1.0.0", ...more });

function places(nodes: object[], edges: string[][], inside?: string) {
  const wires = edges.map(([from, to]) => ({ from: `${from}.out`, to: `${to}.in` }));
  const read = readDocument({ format: 1, name: "f", nodes, edges: wires });
  const shown = inside ? read.nodes.find(({ id }) => id === inside)?.body?.nodes : read.nodes;
  return Object.fromEntries((shown ?? []).map(({ id, position }) => [id, position]));
}

test("nodes without a place stand from left to right along their wires", () => {
  const found = places(
    ["last", "a", "b", "mid"].map((id) => step(id)),
    [
      ["mid", "last"],
      ["a", "mid"],
      ["b", "mid"],
      ["a", "last"],
    ],
  );
  expect(found).toEqual({ a: [0, 0], b: [0, 140], mid: [280, 0], last: [560, 0] });
});

test("those that have one keep it, and the others stand below", () => {
  const found = places([step("old", { position: [40, 60] }), step("new"), step("null", { position: null })], []);
  expect(found).toEqual({ old: [40, 60], new: [0, 200], null: [0, 340] });
});

test("the nodes of a body are placed, too", () => {
  const body = { nodes: [step("x"), step("y")], edges: [{ from: "x.out", to: "y.in" }] };
  expect(places([{ id: "map", kind: "map", body }], [], "map")).toEqual({ x: [0, 0], y: [280, 0] });
});

test("a circle of wires, which nothing can run, is placed all the same", () => {
  const found = places(
    ["a", "b", "c"].map((id) => step(id)),
    [
      ["a", "b"],
      ["b", "c"],
      ["c", "a"],
      ["b", "b"],
    ],
  );
  expect(Object.keys(found)).toEqual(["a", "b", "c"]);
});
