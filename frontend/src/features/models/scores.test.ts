import { expect, test } from "vitest";
import { cell, change, headline, scoreGroups } from "./scores";

const METRICS = { training_auc: 0.99, training_f1: 0.9, "evaluate.auc": 0.8, "sub/score.auc": 0.7 };

test("metrics are grouped by the step that measured them, training last", () => {
  expect(scoreGroups(METRICS)).toEqual([
    { node: "evaluate", values: { auc: 0.8 } },
    { node: "sub/score", values: { auc: 0.7 } },
    { node: null, values: { auc: 0.99, f1: 0.9 } },
  ]);
});

test("the headline is what was measured behind the training, else in it", () => {
  expect(headline(METRICS)).toEqual([["auc", 0.8]]);
  expect(headline({ training_auc: 1, training_f1: 2, training_mcc: 3 }, 2)).toEqual([
    ["auc", 1],
    ["f1", 2],
  ]);
  expect(headline({})).toEqual([]);
});

test("a change needs two numbers, and what is long is cut", () => {
  const of = (left: unknown, right: unknown) => change({ name: "auc", left, right, node: null });
  expect(of(0.5, 0.75)).toBe(0.25);
  expect(of(null, 0.75)).toBeNull();
  expect(cell(null, String)).toBe("–");
  expect(cell(0.5, String)).toBe("0.5");
  expect(cell(["a"], String)).toBe('["a"]');
  expect(cell("x".repeat(200), String)).toHaveLength(118);
});
