import { expect, test } from "vitest";
import { readDocument } from "../../canvas/model/document";
import { hindrances, isMissing, ofFields, type Problem, stepFor } from "./hindering";
import { stepsOf } from "./wizard";

const FLOW = readDocument({
  format: 1,
  name: "yield",
  nodes: [
    { id: "data", operator: "source.dataset@1.0.0", params: { name: { $param: "dataset" } } },
    { id: "check", operator: "check.advice@1.0.0", params: { target: { $param: "target" } } },
    {
      id: "fit",
      operator: "model.auto@1.0.0",
      params: { target: { $param: "target" }, exclude: { $param: "exclude" } },
    },
    { id: "new", operator: "source.dataset@1.0.0", params: { name: { $param: "score_dataset" } } },
    { id: "score", operator: "apply.predict@1.0.0", params: {} },
  ],
  edges: [
    { from: "data.table", to: "check.table" },
    { from: "check.table", to: "fit.table" },
    { from: "new.table", to: "score.table" },
    { from: "fit.model", to: "score.model" },
  ],
});
const STEPS = stepsOf({
  steps: [
    { id: "data", view: "data", params: ["dataset"] },
    { id: "target", view: "form", params: ["target", "exclude"] },
    { id: "run", view: "run" },
  ],
});

function problem(node: string | null, field: string, code: string, value: unknown = null): Problem {
  return { node, field, code, value, message: code, allowed: null, level: "error" };
}

const GONE = ["check", "fit"].map((node) => problem(node, "params.target", "param_column_missing", "result"));
const NO_DATA = problem("data", "params.name", "flow_param_missing");
const NO_NEW_DATA = problem("new", "params.name", "flow_param_missing");
const LOOSE = problem("fit", "inputs.table", "input_missing");

test("what stands elsewhere in the flow hinders nothing, and what one param does wrong is said once", () => {
  const all = [...GONE, NO_NEW_DATA, LOOSE];
  expect(hindrances(FLOW, all, "check")).toEqual([GONE[0]]);
  expect(hindrances(FLOW, all, "fit")).toEqual([GONE[0], LOOSE]);
  expect(hindrances(FLOW, all, null)).toHaveLength(3);
});

test("it is settled in the step that asks for it, what nobody asks for in the flow", () => {
  expect([NO_DATA, ...GONE, LOOSE, NO_NEW_DATA].map((each) => stepFor(FLOW, each, STEPS)?.id ?? null)).toEqual([
    "data",
    "target",
    "target",
    null,
    null,
  ]);
});

test("a form says what is wrong with its fields, not that they are empty yet", () => {
  const part = problem("fit", "params.exclude.1", "param_column_missing", "lot");
  const empty = problem("fit", "params.target", "param_invalid", "");
  expect([NO_DATA, empty].every(isMissing)).toBe(true);
  expect(ofFields(FLOW, [NO_DATA, empty, LOOSE, ...GONE, part]).map(({ field, code }) => [field, code])).toEqual([
    ["params.target", "column_missing"],
    ["params.exclude.1", "column_missing"],
  ]);
});
