import type { Schemas } from "../../api/client";
import type { Text } from "../../lib/localize";
import { readText } from "../../lib/readText";
import { hasEnded, isTaskState } from "./taskStates";

export type Run = Schemas["Run"];
export type Task = Schemas["Task"];
type Event = Schemas["Event"];

export interface LiveTask extends Task {
  /** 0..1 while it runs and says so. */
  progress: number | null;
  progressMessage: Text;
}

/** The tasks of one node: its own, and those within its body. */
export interface Group {
  own: readonly LiveTask[];
  inside: readonly LiveTask[];
}

/** A run as far as it is known. Groups that nothing has happened to stay the same object. */
export interface RunModel {
  run: Run;
  /** Number of the last event that is in it. */
  seq: number;
  tasks: readonly LiveTask[];
  groups: ReadonlyMap<string, Group>;
}

export function makeModel(run: Run, tasks: readonly Task[], before?: RunModel | null): RunModel {
  const known = new Map(before?.run.id === run.id ? before.tasks.map((task) => [task.id, task]) : []);
  const live = tasks.map((task) => {
    const old = known.get(task.id);
    const isSameAttempt = old?.attempt === task.attempt && task.state === "running";
    const next: LiveTask = {
      ...task,
      progress: isSameAttempt ? old.progress : null,
      progressMessage: isSameAttempt ? old.progressMessage : null,
    };
    return old && isEqual(old, next) ? old : next;
  });
  return { run, seq: run.event_seq, tasks: live, groups: grouped(live, before?.groups) };
}

/** The model after events. What events do not tell (outputs, rows, metrics) comes with the next list of tasks. */
export function withEvents(model: RunModel, events: readonly Event[]): RunModel {
  if (events.length === 0) return model;
  const changed = new Map<string, LiveTask>();
  const byKey = new Map(model.tasks.map((task) => [keyOf(task.path, task.index), task]));
  let run = model.run;
  for (const { kind, data, at, seq } of events) {
    run = { ...run, event_seq: seq };
    if (kind === "run" && typeof data.state === "string") run = runIn(run, data.state, at);
    if (typeof data.path !== "string") continue;
    const key = keyOf(data.path, String(data.index ?? ""));
    const task = changed.get(key) ?? byKey.get(key);
    if (!task) continue;
    if (kind === "task" && isTaskState(data.state)) changed.set(key, taskIn(task, data.state, data, at));
    if (kind === "progress" && task.state === "running") {
      changed.set(key, {
        ...task,
        progress: typeof data.fraction === "number" ? data.fraction : task.progress,
        progressMessage: messageIn(data),
      });
    }
  }
  const tasks = model.tasks.map((task) => changed.get(keyOf(task.path, task.index)) ?? task);
  return {
    run: { ...run, open_tasks: tasks.filter(({ state }) => !hasEnded(state)).length },
    seq: run.event_seq,
    tasks: changed.size > 0 ? tasks : model.tasks,
    groups: changed.size > 0 ? grouped(tasks, model.groups) : model.groups,
  };
}

function messageIn({ message, texts }: Event["data"]): Text {
  return readText(texts) ?? (typeof message === "string" && message ? message : null);
}

/** Whether events say something that only the list of tasks tells whole. */
export function needTasks(events: readonly Event[]): boolean {
  return events.some(({ kind, data }) => (kind === "task" && hasEnded(String(data.state))) || kind === "run");
}

function runIn(run: Run, state: string, at: number): Run {
  const known = (["queued", "running", "done", "failed", "cancelled"] as const).find((name) => name === state);
  if (!known) return run;
  const isOver = known === "done" || known === "failed" || known === "cancelled";
  return {
    ...run,
    state: known,
    started_at: run.started_at ?? (known === "running" ? at : null),
    ended_at: isOver ? at : null,
  };
}

function taskIn(task: LiveTask, state: LiveTask["state"], data: Record<string, unknown>, at: number): LiveTask {
  return {
    ...task,
    state,
    attempt: typeof data.attempt === "number" ? data.attempt : task.attempt,
    cached: data.cached === true || (state === "done" && task.cached),
    worker: typeof data.worker === "string" ? data.worker : task.worker,
    started_at: state === "running" ? at : task.started_at,
    ended_at: hasEnded(state) ? at : null,
    progress: state === "running" ? 0 : null,
    progressMessage: null,
  };
}

function grouped(tasks: readonly LiveTask[], before?: ReadonlyMap<string, Group>): Map<string, Group> {
  const found = new Map<string, { own: LiveTask[]; inside: LiveTask[] }>();
  const of = (path: string) => {
    const group = found.get(path) ?? { own: [], inside: [] };
    found.set(path, group);
    return group;
  };
  for (const task of tasks) {
    of(task.path).own.push(task);
    for (let end = task.path.lastIndexOf("/"); end > 0; end = task.path.lastIndexOf("/", end - 1))
      of(task.path.slice(0, end)).inside.push(task);
  }
  return new Map(
    [...found].map(([path, group]) => {
      const old = before?.get(path);
      return [path, old && areSame(old.own, group.own) && areSame(old.inside, group.inside) ? old : group];
    }),
  );
}

function areSame(left: readonly LiveTask[], right: readonly LiveTask[]): boolean {
  return left.length === right.length && left.every((task, index) => task === right[index]);
}

/** Both came from the same JSON. */
function isEqual(left: LiveTask, right: LiveTask): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

export function keyOf(path: string, index: string): string {
  return `${path}#${index}`;
}
