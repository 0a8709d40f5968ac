import { expect, test } from "vitest";
import { BODY_INPUTS, BODY_OUTPUTS, bodyEdges } from "./body";
import { graphAt, withGraphAt } from "./document";
import { connect, removed } from "./edit";
import { edgesOf, flow, node, SPECS } from "./fixtures";
import { portsOf } from "./ports";
import { staleNodes } from "./stale";
import { wrapped } from "./wrap";

const outer = flow(
  [node("read", "source"), node("a", "clean"), node("b", "clean"), node("fit", "learn")],
  ["read.table>a.table", "a.table>b.table", "b.table>fit.table"],
  { params: { limit: { type: "number" } } },
);

test("a selection becomes a sub-flow whose ports are the wires that were cut", () => {
  const made = wrapped(outer, new Set(["a", "b"]), "flow");
  const inner = made?.graph.nodes.find(({ id }) => id === made.id);
  expect(made && edgesOf(made.graph)).toEqual(["read.table>flow.table", "flow.table>fit.table"]);
  expect(inner?.body?.inputs).toEqual({ table: ["a.table"] });
  expect(inner?.body?.outputs).toEqual({ table: "b.table" });
  expect(inner && portsOf(inner, SPECS).outputs.map(({ type }) => type)).toEqual(["table"]);
});

test("the flow params that it uses are handed in", () => {
  const used = {
    ...outer,
    nodes: outer.nodes.map((one) => (one.id === "a" ? { ...one, params: { text: { $param: "limit" } } } : one)),
  };
  const made = wrapped(used, new Set(["a"]), "flow");
  const inner = made?.graph.nodes.find(({ id }) => id === made.id);
  expect(inner?.params).toEqual({ limit: { $param: "limit" } });
  expect(inner?.body?.params).toEqual({ limit: { type: "number" } });
});

test("inside, a wire from the inputs makes a port; deleting its node takes it away", () => {
  const body = flow([node("a", "clean"), node("b", "clean")]);
  const one = connect(body, SPECS, { from: `${BODY_INPUTS}.+`, to: "a.table" });
  const two = connect(one, SPECS, { from: "b.table", to: `${BODY_OUTPUTS}.+` });
  expect(two.inputs).toEqual({ table: ["a.table"] });
  expect(two.outputs).toEqual({ table: "b.table" });
  expect(bodyEdges(two)).toHaveLength(2);
  expect(removed(two, SPECS, new Set(["a"])).inputs).toEqual({});
  expect(removed(two, SPECS, new Set([`b.table>${BODY_OUTPUTS}.table`])).outputs).toEqual({});
});

test("a body is changed where it is", () => {
  const made = wrapped(outer, new Set(["a"]), "flow");
  if (!made) throw new Error("not made");
  const next = withGraphAt(made.graph, ["flow"], (graph) => ({ ...graph, nodes: [] }));
  expect(graphAt(next, ["flow"])?.nodes).toEqual([]);
  expect(graphAt(next, ["gone"])).toBeNull();
});

test("what was edited and everything behind it is stale; moving is no edit", () => {
  const edited = {
    ...outer,
    nodes: outer.nodes.map((one) => (one.id === "b" ? { ...one, params: { text: "x" } } : one)),
  };
  expect([...staleNodes(outer, edited)]).toEqual(["b", "fit"]);
  const moved = { ...outer, nodes: outer.nodes.map((one) => ({ ...one, position: [9, 9] as const, title: "T" })) };
  expect(staleNodes(outer, moved).size).toBe(0);
});
