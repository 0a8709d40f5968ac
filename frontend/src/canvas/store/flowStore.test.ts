import { expect, test } from "vitest";
import { flow, node } from "../model/fixtures";
import { makeFlowStore } from "./flowStore";

const make = (readOnly = false) =>
  makeFlowStore({
    project: "p",
    version: 3,
    readOnly,
    document: flow(
      [node("a", "source"), { id: "sub", kind: "flow", body: { nodes: [node("inner", "source")], edges: [] } }],
      ["a.table>sub.table"],
    ),
  });

const rename = (store: ReturnType<typeof make>, title: string, key?: string) =>
  store.getState().change("title", (document) => ({ ...document, title }), key);

test("a gesture is one step, selecting is none", () => {
  const store = make();
  store.getState().select(["a"]);
  expect(store.getState().history.past).toHaveLength(0);
  rename(store, "A");
  store.getState().undo();
  expect(store.getState().document.title).toBeUndefined();
  store.getState().redo();
  expect(store.getState().document.title).toBe("A");
  expect([...store.getState().selection]).toEqual(["a"]);
});

test("what is gone is no longer selected", () => {
  const store = make();
  store.getState().select(["a", "a.table>sub.table"]);
  store.getState().change("remove", (document) => ({ ...document, nodes: document.nodes.slice(1), edges: [] }));
  expect(store.getState().selection.size).toBe(0);
});

test("a change that changes nothing is no step", () => {
  const store = make();
  store.getState().change("nothing", (document) => document);
  expect(store.getState().history.past).toHaveLength(0);
});

test("who may not write cannot change anything", () => {
  const store = make(true);
  rename(store, "A");
  expect(store.getState().document.title).toBeUndefined();
});

test("undo goes to the body in which the change was made", () => {
  const store = make();
  store.getState().openBody(["sub"]);
  store.getState().changeGraph("remove", (graph) => ({ ...graph, nodes: [] }));
  store.getState().openBody([]);
  store.getState().undo();
  expect(store.getState().bodyPath).toEqual(["sub"]);
});

test("a body that is gone is left", () => {
  const store = make();
  store.getState().openBody(["sub"]);
  store.getState().replace(flow([node("a", "source")]), 4);
  expect(store.getState().bodyPath).toEqual([]);
  expect(store.getState().version).toBe(4);
});

test("a problem leads to its node, whatever body it is in", () => {
  const store = make();
  store.getState().setFocus({ node: "sub/inner", field: "params.text" });
  expect(store.getState().bodyPath).toEqual(["sub"]);
  expect([...store.getState().selection]).toEqual(["inner"]);
});
