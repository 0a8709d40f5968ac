import type { Schemas } from "../../../api/client";
import { settingsIn } from "./settingsIn";

export interface Curve {
  name: string;
  x: readonly number[];
  y: readonly number[];
}

/** What a task has reported: its curves by name, and the settings that it has logged. */
export interface Reported {
  attempt: number;
  curves: ReadonlyMap<string, Curve>;
  settings: string | null;
}

/** `after`: the last event that was read. `tasks`: by place, see `placeOf`. */
export interface Read {
  after: number;
  tasks: ReadonlyMap<string, Reported>;
}

export const NOTHING: Read = { after: 0, tasks: new Map() };

type Event = Pick<Schemas["Event"], "kind" | "data">;

/** The name of a task within its run. */
export function placeOf({ path, index }: { path: string; index: string }): string {
  return index ? `${path}[${index}]` : path;
}

/** The curves of a task that have more than one point. */
export function curvesOf(read: Read, task: { path: string; index: string }): Curve[] {
  return [...(read.tasks.get(placeOf(task))?.curves.values() ?? [])].filter(({ x }) => x.length > 1);
}

/** What is known, with what has come since. What is known is not changed. */
export function withEvents(read: Read, events: readonly Event[], after: number): Read {
  const tasks = new Map(read.tasks);
  const drafts = new Map<string, Draft>();
  for (const { kind, data } of events) {
    if (typeof data.path !== "string" || typeof data.attempt !== "number") continue;
    if (kind !== "metric" && kind !== "log") continue;
    const place = placeOf({ path: data.path, index: String(data.index ?? "") });
    const draft = drafts.get(place) ?? draftOf(tasks.get(place));
    drafts.set(place, draft);
    if (kind === "metric") addPoint(draft, data, data.attempt);
    else if (typeof data.message === "string") draft.settings = settingsIn(data.message) ?? draft.settings;
  }
  for (const [place, draft] of drafts) tasks.set(place, draft);
  return { after, tasks };
}

interface Draft extends Reported {
  curves: Map<string, { name: string; x: number[]; y: number[] }>;
}

function draftOf(known: Reported | undefined): Draft {
  const copies = [...(known?.curves.values() ?? [])].map(({ name, x, y }) => ({ name, x: [...x], y: [...y] }));
  return {
    attempt: known?.attempt ?? 0,
    settings: known?.settings ?? null,
    curves: new Map(copies.map((curve) => [curve.name, curve])),
  };
}

/** A new attempt, or new workers, go on from a checkpoint: the steps that are done again take the place of the old ones. */
function addPoint(draft: Draft, data: Event["data"], attempt: number): void {
  const { name, value, step } = data;
  if (typeof name !== "string" || typeof value !== "number") return;
  const counted = typeof step === "number";
  if (attempt !== draft.attempt && !counted) draft.curves.clear();
  draft.attempt = attempt;
  const curve = draft.curves.get(name) ?? { name, x: [], y: [] };
  draft.curves.set(name, curve);
  const x = counted ? step : curve.x.length + 1;
  if (x <= (curve.x.at(-1) ?? Number.NEGATIVE_INFINITY)) cut(draft, x);
  curve.x.push(x);
  curve.y.push(value);
}

/** Takes away what all curves of a task have from a step on. */
function cut(draft: Draft, step: number): void {
  for (const curve of draft.curves.values()) {
    while ((curve.x.at(-1) ?? Number.NEGATIVE_INFINITY) >= step) {
      curve.x.pop();
      curve.y.pop();
    }
  }
}
