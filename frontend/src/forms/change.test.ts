import { expect, test } from "vitest";
import { changed } from "./change";
import type { ObjectField } from "./spec";

const SCHEMA: ObjectField = {
  properties: {
    strategy: { enum: ["mean", "constant"], default: "mean" },
    value: { type: "number", "x-when": { strategy: { const: "constant" } }, "x-required": true },
    unit: { type: "string", "x-when": { value: { minimum: 10 } } },
  },
};

test("a field that disappears is never submitted, and comes back with its value", () => {
  const before = { strategy: "constant", value: 20, unit: "mm" };
  const gone = changed(SCHEMA, before, {}, "strategy", "mean");
  expect(gone.values).toEqual({ strategy: "mean" });
  const back = changed(SCHEMA, gone.values, gone.stash, "strategy", "constant");
  expect(back.values).toEqual(before);
  expect(back.stash).toEqual({});
});

test("what depends on a field that disappears disappears too", () => {
  expect(changed(SCHEMA, { strategy: "constant", value: 20, unit: "mm" }, {}, "value", 5).values).toEqual({
    strategy: "constant",
    value: 5,
  });
});

test("a value that is not set any more leaves its default", () => {
  expect(changed(SCHEMA, { strategy: "mean" }, {}, "strategy", undefined).values).toEqual({});
});

test("values that no field of the spec has stay: they are shown as a problem, not dropped", () => {
  expect(changed(SCHEMA, { old: 1 }, {}, "strategy", "mean").values).toEqual({ old: 1, strategy: "mean" });
});
