import { describe, expect, test } from "vitest";
import { nodeRun } from "./nodeRun";
import { makeModel, needTasks, type Run, type RunModel, type Task, withEvents } from "./runModel";

const RUN: Run = {
  id: 7,
  flow: "yield",
  flow_title: null,
  revision: 1,
  state: "running",
  mode: { kind: "all", nodes: [] },
  params: {},
  priority: 0,
  bypass_cache: false,
  cancel_requested: false,
  finishable: [],
  resumed_from: null,
  schedule: null,
  backfill_id: null,
  scheduled_at: null,
  queue: null,
  event_seq: 3,
  open_tasks: 2,
  created_at: 100,
  created_by: "sam",
  started_at: 101,
  ended_at: null,
};

const task = (id: number, path: string, more: Partial<Task> = {}): Task => ({
  id,
  path,
  index: "",
  operator: "some.operator@1.0.0",
  state: "waiting",
  cached: false,
  decision: null,
  engine: "auto",
  engine_choice: null,
  finished_early: false,
  pool: "train",
  attempt: 0,
  worker: null,
  outputs: {},
  rows: {},
  metrics: null,
  warnings: [],
  reasons: null,
  error: null,
  started_at: null,
  ended_at: null,
  ...more,
});

let seq = 3;
const event = (kind: string, data: Record<string, unknown>, at = 110) => ({
  seq: ++seq,
  kind,
  data: { index: "", ...data },
  at,
});

function node(model: RunModel, path: string) {
  const group = model.groups.get(path);
  return group ? nodeRun(group) : null;
}

describe("events", () => {
  const start = makeModel(RUN, [task(1, "read"), task(2, "fit")]);

  test("tell what runs, how far it is, and how it ends", () => {
    const running = withEvents(start, [
      event("task", { path: "read", state: "running", attempt: 1, worker: "w" }, 105),
      event("progress", { path: "read", attempt: 1, fraction: 0.4, message: "4 of 10" }),
    ]);
    expect(node(running, "read")).toMatchObject({
      state: "running",
      progress: 0.4,
      progressMessage: "4 of 10",
      startedAt: 105,
    });
    const done = withEvents(running, [event("task", { path: "read", state: "done", attempt: 1, cached: true }, 112)]);
    expect(node(done, "read")).toMatchObject({ state: "done", isUnchanged: true, endedAt: 112, progress: null });
    expect(done.run.open_tasks).toBe(1);
  });

  test("leave the nodes alone that they are not about", () => {
    const after = withEvents(start, [event("task", { path: "read", state: "running", attempt: 1 })]);
    expect(after.groups.get("fit")).toBe(start.groups.get("fit"));
    expect(node(after, "fit")).toBe(node(start, "fit"));
    expect(withEvents(start, [])).toBe(start);
  });

  test("end the run, and ask for the list of tasks where they do not say all", () => {
    const end = event("run", { state: "failed" }, 120);
    expect(withEvents(start, [end]).run).toMatchObject({ state: "failed", ended_at: 120 });
    expect(needTasks([end])).toBe(true);
    expect(needTasks([event("progress", { path: "read", fraction: 0.5 })])).toBe(false);
  });
});

test("a list of tasks that says nothing new changes no node", () => {
  const tasks = [task(1, "read", { state: "done", rows: { table: 5 } }), task(2, "fit")];
  const first = makeModel(RUN, tasks);
  const second = makeModel({ ...RUN, event_seq: 9 }, tasks, first);
  expect(second.groups.get("read")).toBe(first.groups.get("read"));
  expect(second.seq).toBe(9);
});

test("a node with a body shows its tasks together", () => {
  const model = makeModel(RUN, [
    task(1, "per_tool/fit", { index: "0", state: "done", started_at: 1, ended_at: 4 }),
    task(2, "per_tool/fit", { index: "1", state: "running", started_at: 2 }),
    task(3, "per_tool/fit", { index: "2" }),
  ]);
  expect(node(model, "per_tool")).toMatchObject({
    state: "running",
    iterations: { done: 1, of: 3 },
    startedAt: 1,
    endedAt: null,
  });
  expect(node(model, "per_tool/fit")?.progress).toBeCloseTo(1 / 3);
  expect(node(model, "fit")).toBeNull();
});

test("the number that people look for first stands on the node", () => {
  const measured = (metrics: Task["metrics"]) =>
    node(makeModel(RUN, [task(1, "fit", { state: "done", metrics })]), "fit")?.metric;
  expect(measured({ metrics: { rows: 5, training_auc: 0.99 } })).toEqual({ name: "training_auc", value: 0.99 });
  expect(measured({ metrics: { accuracy: 0.8, auc: 0.9 } })).toEqual({ name: "auc", value: 0.9 });
  expect(measured({ metrics: { rows: 5, columns: 3 } })).toBeNull();
  expect(measured(null)).toBeNull();
});
