import { expect, test } from "vitest";
import { type Comparison, comparisons, conditionsOf, readValue, valueText } from "./conditions";

test("one keyword is a comparison, anything else a schema; both come back as they were", () => {
  const when = {
    auc: { minimum: 0.8 },
    state: { enum: ["a", "b"] },
    odd: { type: "number", multipleOf: 2 },
    any: true,
  };
  const list = comparisons(when);
  expect(list.map(({ operation }) => operation)).toEqual(["minimum", "enum", "schema", "schema"]);
  expect(conditionsOf(list)).toEqual(when);
});

const roundTrip = (comparison: Comparison) => readValue(comparison.operation, valueText(comparison))?.value;

test("what stands in the field stands for the same value", () => {
  for (const value of [1, true, null, "x", "1", "true", "a b"]) {
    expect(roundTrip({ field: "f", operation: "const", value })).toEqual(value);
  }
  expect(roundTrip({ field: "f", operation: "enum", value: ["x", 2] })).toEqual(["x", 2]);
});

test("no number is nothing to compare with", () => {
  expect(readValue("minimum", "x")).toBeNull();
  expect(readValue("schema", "[1]")).toBeNull();
});
