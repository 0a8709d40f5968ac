import { describe, expect, test } from "vitest";
import type { Text } from "../lib/localize";
import { asTable, binNames, type ChartData, chartIn, isUnitSquare, readSeries } from "./series";

const chart = (kind: string, series: ChartData["series"]): ChartData => ({
  kind,
  title: "T",
  x_label: "step",
  y_label: "loss",
  series,
  notes: [],
});

test("a chart that says its texts in both languages is read in one", () => {
  const both = (en: string, zh: string) => ({ en, "zh-CN": zh });
  const series = [{ name: both("error", "误差"), x: [both("trees", "树"), "A", 3], y: [1, 2, 3] }];
  const raw = { ...chart("bar", series), title: both("Tried", "尝试"), notes: [both("note", "说明"), "as it is"] };
  const chinese = (text: Text) => (typeof text === "string" ? text : (text?.["zh-CN"] ?? ""));
  expect(chartIn(raw, chinese)).toEqual({
    ...chart("bar", [{ name: "误差", x: ["树", "A", 3], y: [1, 2, 3] }]),
    title: "尝试",
    notes: ["说明", "as it is"],
  });
});

describe("as a table", () => {
  test("curves over the same steps share a column", () => {
    const curves = [
      { name: "training", x: [1, 2], y: [0.5, 0.4] },
      { name: "validation", x: [1, 2], y: [0.6, null] },
    ];
    expect(asTable(chart("line", curves))).toEqual({
      columns: ["step", "training", "validation"],
      rows: [
        [1, 0.5, 0.6],
        [2, 0.4, null],
      ],
    });
  });

  test("curves over other steps stand below each other", () => {
    const curves = [
      { name: "a", x: [1], y: [0.5] },
      { name: "b", x: [7], y: [0.6] },
    ];
    expect(asTable(chart("line", curves)).rows).toEqual([
      ["a", 1, 0.5],
      ["b", 7, 0.6],
    ]);
  });

  test("a matrix keeps its rows", () => {
    const cells = [
      {
        name: "rows",
        x: ["no", "yes"],
        y: ["no", "yes"],
        values: [
          [84, 4],
          [0, 26],
        ],
      },
    ];
    expect(asTable(chart("matrix", cells)).rows).toEqual([
      ["no", 84, 4],
      ["yes", 0, 26],
    ]);
  });

  test("bins are named by their edges", () => {
    expect(binNames([0, 0.5, 1], 2)).toEqual(["0 – 0.5", "0.5 – 1"]);
    expect(binNames(["a", "b"], 2)).toEqual(["a", "b"]);
  });
});

test("what an operator should not have given is missing, and breaks nothing", () => {
  const [series] = readSeries(chart("line", [{ x: [1, Number.NaN, {}, true], y: "no" }]));
  expect(series).toEqual({ name: "1", x: [1, null, null, "true"], y: [], values: [] });
});

test("rates lie within the unit square", () => {
  expect(isUnitSquare(readSeries(chart("line", [{ x: [0, 1], y: [0, 1] }])))).toBe(true);
  expect(isUnitSquare(readSeries(chart("line", [{ x: [0, 2], y: [0, 1] }])))).toBe(false);
  expect(isUnitSquare([])).toBe(false);
});
