import { expect, test } from "vitest";
import { byPool, type GanttTask, ticks } from "./ganttRows";

const task = (id: number, pool: string, started_at: number | null): GanttTask => ({
  id,
  path: `node${id}`,
  index: "",
  pool,
  state: "done",
  cached: false,
  started_at,
  ended_at: started_at,
});

test("tasks stand by pool, the earliest first, those that have not started last", () => {
  const pools = byPool([task(1, "train", 9), task(2, "test", 1), task(3, "train", null), task(4, "train", 2)]);
  expect(pools.map(({ pool, rows }) => [pool, rows.map(({ id }) => id)])).toEqual([
    ["train", [4, 1, 3]],
    ["test", [2]],
  ]);
});

test.each([0.3, 7, 59, 3000, 200_000, 5_000_000])("an axis of %d s has a few round marks", (length) => {
  const marks = ticks(length);
  expect(marks[0]).toBe(0);
  expect(marks.length).toBeGreaterThan(1);
  expect(marks.length).toBeLessThanOrEqual(9);
});
