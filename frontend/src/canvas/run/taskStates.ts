/** States of tasks as the server names them, docs/engine.md draws them; in the order of what a node with several shows. */
const STATES = [
  "failed",
  "waiting_approval",
  "running",
  "delayed",
  "admitted",
  "ready",
  "waiting_cache",
  "waiting",
  "cancelled",
  "skipped",
  "done",
] as const;

export type TaskState = (typeof STATES)[number];

export function isTaskState(state: unknown): state is TaskState {
  return (STATES as readonly unknown[]).includes(state);
}

export type RunStateName = "queued" | "running" | "done" | "failed" | "cancelled";

const ENDED = new Set(["done", "failed", "skipped", "cancelled"]);

export function hasEnded(state: string): boolean {
  return ENDED.has(state);
}

/** What several tasks of one node are together: the worst that has happened, else what is going on. */
export function together(states: readonly string[]): string {
  return STATES.find((state) => states.includes(state)) ?? states[0] ?? "waiting";
}
