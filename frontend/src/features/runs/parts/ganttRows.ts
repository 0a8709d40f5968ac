import type { Schemas } from "../../../api/client";

export type GanttTask = Pick<
  Schemas["Task"],
  "id" | "path" | "index" | "pool" | "state" | "cached" | "started_at" | "ended_at"
>;

/** The tasks of each pool, in the order in which they started; those that have not come last. */
export function byPool(tasks: readonly GanttTask[]): { pool: string; rows: GanttTask[] }[] {
  const pools = new Map<string, GanttTask[]>();
  for (const task of tasks) pools.set(task.pool, [...(pools.get(task.pool) ?? []), task]);
  return [...pools].map(([pool, rows]) => ({
    pool,
    rows: rows.sort(
      (left, right) => (left.started_at ?? Infinity) - (right.started_at ?? Infinity) || left.id - right.id,
    ),
  }));
}

const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];

/** Seconds at which an axis of this length has marks: round ones, at most eight. */
export function ticks(length: number): number[] {
  const step = STEPS.find((each) => length / each <= 8) ?? Math.ceil(length / 8 / 86_400) * 86_400;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => Math.round(index * step * 100) / 100);
}
