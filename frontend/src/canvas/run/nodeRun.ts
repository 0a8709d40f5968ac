import type { Text } from "../../lib/localize";
import { textOf } from "../../lib/messageOf";
import type { Group, LiveTask } from "./runModel";
import { hasEnded, together } from "./taskStates";

export interface NodeRun {
  /** Of all its tasks together: see `TaskState`. */
  state: string;
  /** Nothing was done: an earlier result was taken over. */
  isUnchanged: boolean;
  /** 0..1; null: not known. */
  progress: number | null;
  progressMessage: Text;
  /** Seconds since 1970. */
  startedAt: number | null;
  endedAt: number | null;
  attempt: number;
  /** Output port -> rows. */
  rows: Readonly<Record<string, number>>;
  /** The number that a person looks for first. */
  metric: { name: string; value: number } | null;
  /** Of nodes that run many times: how many times are over. */
  iterations: { done: number; of: number } | null;
  error: string | null;
  /** What its tasks found worth a word, each once. */
  warnings: readonly Text[];
}

const known = new WeakMap<Group, NodeRun>();

/** What a node shows of its tasks; the same object as long as nothing has happened to them. */
export function nodeRun(group: Group): NodeRun {
  const found = known.get(group) ?? made(group);
  known.set(group, found);
  return found;
}

function made({ own, inside }: Group): NodeRun {
  const tasks = own.length > 0 ? [...own, ...inside] : inside;
  const started = tasks.map(({ started_at }) => started_at).filter((at) => at !== null);
  const ended = tasks.map(({ ended_at }) => ended_at).filter((at) => at !== null);
  const isOver = tasks.every(({ state }) => hasEnded(state));
  const over = tasks.filter(({ state }) => hasEnded(state)).length;
  const only = tasks.length === 1 ? tasks[0] : undefined;
  const last = own[own.length - 1];
  const failed = tasks.find(({ error }) => error !== null);
  return {
    state: together(tasks.map(({ state }) => state)),
    isUnchanged: tasks.every(({ cached, state }) => cached && state === "done"),
    progress: only ? only.progress : isOver ? null : over / tasks.length,
    progressMessage: tasks.find(({ progressMessage }) => progressMessage)?.progressMessage ?? null,
    startedAt: started.length > 0 ? Math.min(...started) : null,
    endedAt: isOver && ended.length > 0 ? Math.max(...ended) : null,
    attempt: Math.max(0, ...tasks.map(({ attempt }) => attempt)),
    rows: last?.rows ?? {},
    metric: last ? mainMetric(last) : null,
    iterations: tasks.length > 1 ? { done: over, of: tasks.length } : null,
    error: failed?.error ? textOf(failed.error.code, failed.error.message, failed.error.details ?? {}) : null,
    warnings: warningsOf(tasks),
  };
}

/** Warnings of tasks, each once, in the order in which they came. */
export function warningsOf(tasks: readonly Pick<LiveTask, "warnings">[]): Text[] {
  const found = new Map<string, Text>();
  for (const { message, texts } of tasks.flatMap(({ warnings }) => warnings))
    found.set(message, Object.keys(texts).length > 0 ? texts : message);
  return [...found.values()];
}

/** In the order in which they are looked for. */
const FIRST = [
  "auc",
  "average_precision",
  "f1",
  "macro_f1",
  "accuracy",
  "r2",
  "rmse",
  "mae",
  "silhouette",
  "log_loss",
  "loss",
];

export function mainMetric(task: Pick<LiveTask, "metrics">): { name: string; value: number } | null {
  const all: [string, number][] = [];
  for (const values of Object.values(task.metrics ?? {})) {
    if (typeof values !== "object" || values === null) continue;
    for (const [name, value] of Object.entries(values)) if (typeof value === "number") all.push([name, value]);
  }
  for (const prefix of ["", "best_", "training_"]) {
    for (const wanted of FIRST) {
      const found = all.find(([name]) => name === prefix + wanted);
      if (found) return { name: found[0], value: found[1] };
    }
  }
  // One number of many that nobody has asked for says nothing.
  const [only] = all;
  return only && all.length === 1 ? { name: only[0], value: only[1] } : null;
}
