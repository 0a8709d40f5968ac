import { describe, expect, test } from "vitest";
import { differences, overlaid, pairs } from "./compareRuns";
import { better } from "./metricDirections";

describe("the better one is marked only where that is known", () => {
  test.each([
    ["auc", 0.9, 0.8, "a"],
    ["rmse", 58, 65, "a"],
    ["best_rmse", 65, 58, "b"],
    ["auc", 0.9, 0.9, null],
    ["auc", 0.9, null, null],
    ["rows", 114, 80, null],
    ["training_auc", 1, 0.9, null],
    ["mean_error", -1, 2, null],
  ])("%s: %s and %s", (metric, a, b, which) => {
    expect(better(metric, a, b)).toBe(which);
  });
});

test("params that differ, by node, also those that only one has", () => {
  const document = (strategy: string, more = {}) => ({
    nodes: [
      { id: "fill", operator: "fill@1.0.0", params: { strategy, columns: ["a"] } },
      { id: "loop", body: { nodes: [{ id: "fit", params: { depth: 3, ...more } }] } },
    ],
  });
  const a = { document: document("mean"), params: { file: "x.csv" } };
  const b = { document: document("median", { seed: 1 }), params: { file: "y.csv" } };
  expect(differences(a, b)).toEqual([
    { node: null, name: "file", a: "x.csv", b: "y.csv" },
    { node: "fill", name: "strategy", a: "mean", b: "median" },
    { node: "loop/fit", name: "seed", a: undefined, b: 1 },
  ]);
  expect(differences(a, a)).toEqual([]);
});

test("metrics of the same port stand beside each other", () => {
  const scores = (path: string, values: Record<string, number | null>) => ({
    path,
    index: "",
    port: "metrics",
    values,
    tables: {},
  });
  const found = pairs(
    [scores("split", { rows: 1 }), scores("evaluate", { auc: 0.9 })],
    [scores("evaluate", { auc: 0.8, f1: null })],
  );
  expect(found.map(({ path }) => path)).toEqual(["evaluate", "split"]);
  expect(found[0]?.metrics).toEqual([
    { metric: "auc", a: 0.9, b: 0.8 },
    { metric: "f1", a: null, b: null },
  ]);
});

test("curves lie over each other under the names of their runs; matrices do not", () => {
  const chart = (kind: string) => ({
    kind,
    title: "ROC",
    x_label: "",
    y_label: "",
    series: [{ name: "bad", x: [0], y: [1] }],
    notes: [],
  });
  const both = overlaid(chart("line"), chart("line"), { a: "#1", b: "#2" });
  expect(both?.series.map(({ name }) => name)).toEqual(["#1", "#2"]);
  expect(overlaid(chart("matrix"), chart("matrix"), { a: "#1", b: "#2" })).toBeNull();
});
