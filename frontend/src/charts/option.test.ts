import { describe, expect, test } from "vitest";
import { MOST_BARS, optionOf } from "./option";
import type { ChartData } from "./series";

const language = { word: (text: string) => text, number: String };
const option = (chart: Partial<ChartData>, theme: "light" | "dark" = "light") =>
  JSON.stringify(
    optionOf({ kind: "line", title: "", x_label: "", y_label: "", series: [], notes: [], ...chart }, theme, language),
  );

describe("every kind that operators give can be drawn", () => {
  test.each(["line", "bar", "scatter", "histogram", "matrix", "of the future"])("%s without data", (kind) => {
    expect(option({ kind })).toContain("series");
  });
});

test("ROC and calibration are read against the diagonal, losses are not", () => {
  const series = [{ name: "malignant", x: [0, 0.5, 1], y: [0, 0.9, 1] }];
  expect(option({ title: "ROC", series })).toContain("markLine");
  expect(option({ title: "Calibration", series })).toContain("markLine");
  expect(option({ title: "Precision and recall", series })).not.toContain("markLine");
});

test("errors around zero get a line at zero", () => {
  expect(option({ kind: "scatter", series: [{ x: [1, 2], y: [-1, 2] }] })).toContain('"yAxis":0');
  expect(option({ kind: "scatter", series: [{ x: [1, 2], y: [1, 2] }] })).not.toContain('"yAxis":0');
});

test("many bars lie, and not more of them than can be told apart", () => {
  const x = Array.from({ length: 500 }, (_, index) => `sensor_${index}`);
  const drawn = option({ kind: "bar", series: [{ name: "importance", x, y: x.map((_, index) => index) }] });
  expect(drawn).toContain("sensor_39");
  expect(drawn).not.toContain(`"sensor_${MOST_BARS}"`);
  expect(drawn).toContain('"inverse":true');
});

test("what is nothing beside the largest bar is called nothing", () => {
  const series = [{ name: "loss", x: ["a", "b", "c"], y: [58.56, 0.2002, -3.7e-18] }];
  const drawn = optionOf({ kind: "bar", title: "", x_label: "", y_label: "", series, notes: [] }, "light", language);
  const [{ label }] = drawn.series as [{ label: { formatter: (bar: { value: number }) => string } }];
  expect([58.56, 0.2002, -3.7e-18].map((value) => label.formatter({ value }))).toEqual(["58.6", "0.2", "0"]);
});

test("the dark theme has colours of its own", () => {
  expect(option({}, "dark")).not.toBe(option({}, "light"));
});
