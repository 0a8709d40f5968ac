import { expect, test } from "vitest";
import { chartOf } from "./metricTables";

test("counts by truth and prediction are a confusion matrix; a pair that is missing counts nothing", () => {
  const chart = chartOf("confusion", [
    { truth: "benign", prediction: "benign", rows: 84 },
    { truth: "benign", prediction: "malignant", rows: 4 },
    { truth: "malignant", prediction: "malignant", rows: 26 },
  ]);
  expect(chart?.kind).toBe("matrix");
  expect(chart?.series[0]).toEqual({
    name: "rows",
    x: ["benign", "malignant"],
    y: ["benign", "malignant"],
    values: [
      [84, 4],
      [0, 26],
    ],
  });
});

test("losses per epoch are curves", () => {
  const chart = chartOf("history", [
    { epoch: 1, training_loss: 2.5, validation_loss: 2.7 },
    { epoch: 2, training_loss: 1.5, validation_loss: 1.9 },
  ]);
  expect(chart?.kind).toBe("line");
  expect(chart?.series.map(({ name }) => name)).toEqual(["training_loss", "validation_loss"]);
});

test("along thresholds shares are drawn, counts are not", () => {
  const chart = chartOf("thresholds", [
    { threshold: 0.1, recall: 1, precision: 0.2, found: 26 },
    { threshold: 0.9, recall: 0.4, precision: null, found: 8 },
  ]);
  expect(chart?.series.map(({ name }) => name)).toEqual(["recall", "precision"]);
});

test("one number per name are bars; anything else stays a table", () => {
  expect(
    chartOf("class_balance", [
      { class: "a", rows: 1 },
      { class: "b", rows: 2 },
    ])?.kind,
  ).toBe("bar");
  expect(chartOf("groups", [{ group: "a", rows: 1, note: "" }])).toBeNull();
  expect(chartOf("empty", [])).toBeNull();
});
