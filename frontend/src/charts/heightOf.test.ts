import { expect, test } from "vitest";
import { heightOf } from "./heightOf";

const names = (count: number) => Array.from({ length: count }, (_, index) => `sensor ${index}`);
const chart = (kind: string, x: string[], y: unknown[]) =>
  heightOf({ kind, title: "", x_label: "", y_label: "", notes: [], series: [{ x, y }] });

test("what has many names is higher, but not without end", () => {
  expect(chart("bar", names(40), [])).toBeGreaterThan(chart("bar", names(5), []));
  expect(chart("bar", names(4000), [])).toBe(chart("bar", names(40), []));
  expect(chart("matrix", names(20), names(20))).toBeGreaterThan(chart("matrix", names(2), names(2)));
  expect(chart("line", names(4000), [])).toBe(chart("line", [], []));
});
