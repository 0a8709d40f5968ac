import { expect, test } from "vitest";
import type { FlowGraph } from "../model/document";
import { bound, boundToNewParam, paramTypeOf, paramUses, removedParam, renamedParam } from "./flowParamEdits";

const GRAPH: FlowGraph = {
  params: { target: { type: "string", default: "y" }, file: { type: "string" } },
  nodes: [
    { id: "read", params: { path: { $param: "file" } } },
    { id: "fill", params: { exclude: ["x", { $param: "target" }], target: { $param: "target" } } },
  ],
  edges: [],
};
const params = (graph: FlowGraph, id: string) => graph.nodes.find((node) => node.id === id)?.params;

test("where a param is used, also within a list", () => {
  expect(paramUses(GRAPH).get("target")).toEqual([
    { node: "fill", field: "exclude" },
    { node: "fill", field: "target" },
  ]);
});

test("what uses a param follows its new name", () => {
  const renamed = renamedParam(GRAPH, "target", "answer");
  expect(Object.keys(renamed.params ?? {})).toEqual(["answer", "file"]);
  expect(params(renamed, "fill")).toEqual({ exclude: ["x", { $param: "answer" }], target: { $param: "answer" } });
});

test("a name that is taken is not given again", () => {
  expect(renamedParam(GRAPH, "target", "file")).toBe(GRAPH);
});

test("what used a removed param keeps its default; without one it is empty", () => {
  expect(params(removedParam(GRAPH, "target"), "fill")).toEqual({ exclude: ["x", "y"], target: "y" });
  expect(params(removedParam(GRAPH, "file"), "read")).toEqual({});
});

test("a field becomes a param and back", () => {
  const use = { node: "fill", field: "strategy" };
  const made = boundToNewParam(GRAPH, use, "how", { type: "string", default: "mean" });
  expect(params(made, "fill")?.strategy).toEqual({ $param: "how" });
  expect(params(bound(made, use, null), "fill")?.strategy).toBe("mean");
});

test("the type of a param is what the field declares, else what its value is", () => {
  expect(paramTypeOf(3, "number")).toBe("number");
  expect(paramTypeOf(["a"], undefined)).toBe("array");
  expect(paramTypeOf(undefined, ["integer", "null"])).toBe("integer");
});

test("a wizard goes on asking for a renamed param, and no longer for one that is gone", () => {
  const steps = [{ id: "ask", view: "form", params: ["target", "file"] }] as const;
  const flow = { ...GRAPH, format: 1, name: "press", wizard: { kind: "other", steps } } as const;
  expect(renamedParam(flow, "target", "answer").wizard.steps[0].params).toEqual(["answer", "file"]);
  expect(removedParam(flow, "file").wizard.steps[0].params).toEqual(["target"]);
});
