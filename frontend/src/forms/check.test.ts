import { expect, test } from "vitest";
import { check } from "./check";
import type { Field } from "./spec";

test("a thing of the wrong type makes no others wrong", () => {
  const items: Field = { type: "object", properties: { share: { type: "number", maximum: 1 } } };
  const schema = { properties: { parts: { type: "array", items } } };
  expect(check(schema, { parts: [5, { share: 2 }] }).map(({ path }) => path)).toEqual(["parts.0", "parts.1.share"]);
});

test("the limit of the values of an object is known", () => {
  const schema = { properties: { weights: { type: "object", additionalProperties: { type: "number", minimum: 0 } } } };
  expect(check(schema, { weights: { a: -1 } })).toEqual([
    { path: "weights.a", verdict: "invalid", keyword: "minimum", limit: 0 },
  ]);
});
