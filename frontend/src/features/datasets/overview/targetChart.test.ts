import { expect, test } from "vitest";
import { targetChart } from "./targetChart";

const about = {
  name: "fail",
  kind: "number",
  type: "int",
  classes: null,
  infinite: 0,
  missing: 0,
  other: 0,
  rows: 3,
} as const;
const texts = { rows: "Rows", other: "other", missing: "missing", empty: "empty" };

test("classes that are whole numbers are bars of their own", () => {
  const chart = targetChart({ ...about, edges: [0, 1, 2], values: null, counts: [2, 1], rates: [0.6, 0.3] }, texts);
  expect(chart.kind).toBe("bar");
  expect(chart.series[0]).toMatchObject({ x: ["0", "1"], y: [2, 1] });
});

test("ranges of numbers stay a histogram", () => {
  const chart = targetChart({ ...about, edges: [0, 10, 20], values: null, counts: [2, 1], rates: [0.6, 0.3] }, texts);
  expect(chart.kind).toBe("histogram");
});
