/** States of tasks as the server names them; docs/engine.md draws them. */
export type TaskState =
  | "waiting"
  | "ready"
  | "admitted"
  | "running"
  | "waiting_cache"
  | "delayed"
  | "done"
  | "failed"
  | "skipped"
  | "cancelled";

export type RunStateName = "queued" | "running" | "done" | "failed" | "cancelled";

const ENDED = new Set(["done", "failed", "skipped", "cancelled"]);

export function hasEnded(state: string): boolean {
  return ENDED.has(state);
}

/** What several tasks of one node are together: the worst that has happened, else what is going on. */
const WEIGHT = [
  "failed",
  "running",
  "delayed",
  "admitted",
  "ready",
  "waiting_cache",
  "waiting",
  "cancelled",
  "skipped",
  "done",
];

export function together(states: readonly string[]): string {
  return WEIGHT.find((state) => states.includes(state)) ?? states[0] ?? "waiting";
}
