import { expect, test } from "vitest";
import { columnsOf, firstOpen, missingIn, stepsOf, valuesOf, type Wizard } from "./wizard";

const BLOCK = {
  steps: [
    { id: "data", view: "data", title: "Data", params: ["dataset"] },
    { id: "target", view: "form", title: { en: "What", "zh-CN": "什么" }, params: ["target", "exclude"] },
    { id: "odd", view: "unheard of" },
    { id: "run", view: "run" },
    { id: "result", view: "result", node: "report" },
  ],
};

function wizard(values: Record<string, unknown>): Wizard {
  return {
    name: "yield",
    number: 1,
    wizard: BLOCK,
    form: { params: { properties: {}, required: ["dataset", "target"] }, ui: [], i18n: {} },
    columns: { target: [{ name: "fail", type: "bool" }], exclude: null },
    values,
    fixes: [],
    changed: [],
    problems: [],
    dropped: [],
  };
}

test("steps are read as a document has them; a view that nobody knows is a form", () => {
  const steps = stepsOf(BLOCK);
  expect(steps.map(({ id, view }) => `${id} ${view}`)).toEqual([
    "data data",
    "target form",
    "odd form",
    "run run",
    "result result",
  ]);
  expect(steps.at(-1)?.node).toBe("report");
  expect(steps[2]).toMatchObject({ title: "odd", params: [], node: null });
  expect(stepsOf({})).toEqual([]);
});

test("it begins with the first step that something is missing in, at the latest with the one that runs", () => {
  const steps = stepsOf(BLOCK);
  expect(firstOpen(wizard({}), steps)).toBe("data");
  expect(firstOpen(wizard({ dataset: "wafers", target: "" }), steps)).toBe("target");
  expect(firstOpen(wizard({ dataset: "wafers", target: "fail" }), steps)).toBe("run");
});

test("what is empty is missing, what is not asked for is not", () => {
  const [, target] = stepsOf(BLOCK);
  if (!target) throw new Error("no step");
  for (const empty of [undefined, null, "", []])
    expect(missingIn(wizard({ target: empty }), target)).toEqual(["target"]);
  expect(missingIn(wizard({ target: "fail" }), target)).toEqual([]);
});

test("values of a step are those that were given", () => {
  expect(valuesOf(wizard({ target: "fail", exclude: null, other: 1 }), ["target", "exclude"])).toEqual({
    target: "fail",
  });
});

test("columns that are not known yet are not the same as none", () => {
  expect(columnsOf(wizard({}), "target")).toEqual([{ name: "fail", type: "bool", kind: "boolean" }]);
  expect(columnsOf(wizard({}), "exclude")).toBeNull();
  expect(columnsOf(wizard({}), "unheard of")).toBeNull();
});
