import { describe, expect, test } from "vitest";
import {
  columnGroups,
  columnWidth,
  edges,
  HIGHEST,
  ROW,
  scrollHeight,
  scrollToRow,
  visibleColumns,
  visibleRows,
} from "./grid";

describe("rows", () => {
  test("a short table shows all of them", () => {
    expect(visibleRows(3, 0, 400)).toEqual({ from: 0, to: 3, top: 0 });
  });

  test.each([1000, 1_000_000, 50_000_000])("the first and the last of %d rows can be reached", (rows) => {
    const height = 400;
    expect(visibleRows(rows, 0, height).from).toBe(0);
    const bottom = scrollHeight(rows) - height;
    const last = visibleRows(rows, bottom, height);
    expect(last.to).toBe(rows);
    expect(last.top + (last.to - last.from) * ROW).toBeCloseTo(scrollHeight(rows), 0);
  });

  test.each([500, 2_000_000])("scrolling to a row of %d shows it", (rows) => {
    for (const row of [0, 7, 123, rows - 1]) {
      const seen = visibleRows(rows, scrollToRow(rows, row, 3000, 400), 400, 0);
      expect(row).toBeGreaterThanOrEqual(seen.from);
      expect(row).toBeLessThan(seen.to);
    }
  });

  test("a row that is seen already does not move the table", () => {
    expect(scrollToRow(1000, 12, 10 * ROW, 400)).toBe(10 * ROW);
  });

  test("no area is higher than a browser can draw", () => {
    expect(scrollHeight(1e9)).toBe(HIGHEST);
  });
});

describe("columns", () => {
  const lefts = edges([100, 50, 200, 100]);

  test("those that are seen, also in part", () => {
    expect(visibleColumns(lefts, 0, 120)).toEqual({ from: 0, to: 2 });
    expect(visibleColumns(lefts, 149, 2)).toEqual({ from: 1, to: 3 });
    expect(visibleColumns(lefts, 360, 500)).toEqual({ from: 3, to: 4 });
    expect(visibleColumns([0], 0, 100)).toEqual({ from: 0, to: 0 });
  });

  test("groups keep the order, lose none and fit into an address", () => {
    const names = Array.from({ length: 3000 }, (_, index) => `测量值_${index}`);
    const groups = columnGroups(names);
    expect(groups.flat()).toEqual(names);
    for (const group of groups) expect(group.map(encodeURIComponent).join("&columns=").length).toBeLessThan(6000);
    expect(columnGroups(["x".repeat(9000), "y"])).toHaveLength(2);
  });

  test("long names get more room, up to a limit", () => {
    expect(columnWidth("a_rather_long_column_name", "number")).toBeGreaterThan(columnWidth("a", "number"));
    expect(columnWidth("x".repeat(500), "text")).toBe(280);
  });
});
