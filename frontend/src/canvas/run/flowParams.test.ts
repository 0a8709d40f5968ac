import { expect, test } from "vitest";
import { fieldText, needsValue, readField } from "./flowParams";

test.each([
  ["string", "a b", { value: "a b" }],
  ["integer", "12", { value: 12 }],
  ["integer", "1.5", { problem: "integer" }],
  ["number", "1e-3", { value: 0.001 }],
  ["number", "x", { problem: "number" }],
  ["number", " ", { problem: "needed" }],
  ["boolean", "false", { value: false }],
  ["array", "[1, 2]", { value: [1, 2] }],
  ["array", "A, B", { value: ["A", "B"] }],
  ["array", "{}", { problem: "json" }],
  ["object", '{"a": 1}', { value: { a: 1 } }],
  ["object", "[1]", { problem: "json" }],
])("%s from %j", (type, text, read) => {
  expect(readField({ type }, text)).toEqual(read);
});

test("the default stands in the field; without one a value is needed", () => {
  expect(fieldText({ type: "string", default: "x.csv" })).toBe("x.csv");
  expect(fieldText({ type: "array", default: ["A"] })).toBe('["A"]');
  expect(needsValue({ type: "string" })).toBe(true);
  expect(needsValue({ type: "string", default: "" })).toBe(false);
});
