import { expect, test } from "vitest";
import { portRef } from "./document";
import { connect, insertedOnEdge, moved, nudged, removed, renamedNode } from "./edit";
import { edgesOf, flow, node, SPECS } from "./fixtures";
import { canConnect } from "./ports";
import { bestPort, refusal, wiringOf } from "./wiring";

const chain = flow(
  [node("read", "source"), node("a", "clean"), node("b", "clean"), node("fit", "learn")],
  ["read.table>a.table", "a.table>b.table", "b.table>fit.table"],
);

test.each([
  ["table", "table", true],
  ["metrics", "table", true],
  ["table", "file", true],
  ["any", "model", true],
  ["model", "table", false],
  ["transform", "file", false],
])("%s into %s", (source, target, fits) => {
  expect(canConnect(source, target)).toBe(fits);
});

test.each([
  ["read.table", "fit.table", null],
  ["b.table", "a.table", "cycle"],
  ["a.table", "a.table", "same_node"],
  ["fit.model", "a.table", "type"],
  ["read.table", "a.table", "there"],
  ["read.nothing", "a.table", "unknown"],
] as const)("a wire from %s to %s: %s", (from, to, why) => {
  expect(refusal(wiringOf(chain, SPECS), portRef(from), portRef(to))).toBe(why);
});

test("a new wire takes the place of the old one where an input takes only one", () => {
  const next = connect(chain, SPECS, { from: "read.table", to: "b.table" });
  expect(edgesOf(next)).toEqual(["read.table>a.table", "b.table>fit.table", "read.table>b.table"]);
});

test("an input for many keeps the wires that it has", () => {
  const two = flow([node("x", "source"), node("y", "source"), node("all", "union")], ["x.table>all.tables"]);
  expect(edgesOf(connect(two, SPECS, { from: "y.table", to: "all.tables" }))).toEqual([
    "x.table>all.tables",
    "y.table>all.tables",
  ]);
});

test("what cannot be wired changes nothing", () => {
  expect(connect(chain, SPECS, { from: "fit.model", to: "a.table" })).toBe(chain);
});

test("deleting in the middle of a chain joins the neighbours, also over several nodes", () => {
  expect(edgesOf(removed(chain, SPECS, new Set(["a"])))).toEqual(["b.table>fit.table", "read.table>b.table"]);
  expect(edgesOf(removed(chain, SPECS, new Set(["a", "b"])))).toEqual(["read.table>fit.table"]);
});

test("nothing is joined through a node that makes something else of its input", () => {
  const scored = flow(
    [node("read", "source"), node("fit", "learn"), node("score", "score")],
    ["read.table>fit.table", "fit.model>score.model"],
  );
  expect(edgesOf(removed(scored, SPECS, new Set(["fit"])))).toEqual([]);
});

test("a deleted wire leaves the nodes", () => {
  const next = removed(chain, SPECS, new Set(["a.table>b.table"]));
  expect(next.nodes).toBe(chain.nodes);
  expect(edgesOf(next)).toEqual(["read.table>a.table", "b.table>fit.table"]);
});

test("deleting nothing is no change", () => {
  expect(removed(chain, SPECS, new Set(["unknown"]))).toBe(chain);
});

test("a node dropped on a wire is put into it", () => {
  const added = { ...chain, nodes: [...chain.nodes, node("new", "clean")] };
  expect(edgesOf(insertedOnEdge(added, SPECS, "new", { from: "a.table", to: "b.table" }))).toEqual([
    "read.table>a.table",
    "b.table>fit.table",
    "a.table>new.table",
    "new.table>b.table",
  ]);
});

test("neither a node of other types nor one that is wired already is put into a wire", () => {
  const other = { ...chain, nodes: [...chain.nodes, node("new", "source")] };
  expect(insertedOnEdge(other, SPECS, "new", { from: "a.table", to: "b.table" })).toBe(other);
  expect(insertedOnEdge(chain, SPECS, "fit", { from: "read.table", to: "a.table" })).toBe(chain);
});

test("moving to where it is is no change", () => {
  expect(moved(chain, new Map([["a", [0, 0]]]))).toBe(chain);
  expect(nudged(chain, new Set(["a"]), 10, -10).nodes[1]?.position).toEqual([10, -10]);
});

test("wires follow a node to its new id, ids stay unique", () => {
  expect(edgesOf(renamedNode(chain, "a", "fill"))).toEqual([
    "read.table>fill.table",
    "fill.table>b.table",
    "b.table>fit.table",
  ]);
  expect(renamedNode(chain, "a", "b")).toBe(chain);
});

test("a wire let go on a node takes its free port of the same type", () => {
  const graph = flow([node("fit", "learn"), node("read", "source"), node("score", "score")]);
  const from = { side: "outputs" as const, ref: portRef("fit.model") };
  expect(bestPort(wiringOf(graph, SPECS), "score", from)?.name).toBe("model");
  expect(bestPort(wiringOf(graph, SPECS), "read", from)).toBeUndefined();
});
