/** One step that can be undone: what was before it, and what it is called. */
export interface Step<Value> {
  readonly label: string;
  readonly value: Value;
}

/** Steps back and forth. The newest of `past` is last, the next of `future` first. */
export interface History<Value> {
  readonly past: readonly Step<Value>[];
  readonly future: readonly Step<Value>[];
  /** What the last change was, so that the next one may join it. */
  readonly last: { readonly key: string; readonly at: number } | null;
}

const LONGEST = 200;
const JOIN_WITHIN = 1000;

export const EMPTY_HISTORY: History<never> = { past: [], future: [], last: null };

/** Records that `before` was changed. Changes of the same key that follow within a second are one step. */
export function record<Value>(
  history: History<Value>,
  before: Step<Value>,
  now: number,
  coalesce?: string,
): History<Value> {
  const last = coalesce === undefined ? null : { key: coalesce, at: now };
  const joins = history.last !== null && history.last.key === coalesce && now - history.last.at < JOIN_WITHIN;
  if (joins && history.past.length > 0) return { past: history.past, future: [], last };
  return { past: [...history.past.slice(1 - LONGEST), before], future: [], last };
}

/** One step back: the value to show, and the history from there. null: there is none. */
export function stepBack<Value>(history: History<Value>, current: Value): [Value, History<Value>] | null {
  const step = history.past.at(-1);
  if (!step) return null;
  const future = [{ label: step.label, value: current }, ...history.future];
  return [step.value, { past: history.past.slice(0, -1), future, last: null }];
}

export function stepForth<Value>(history: History<Value>, current: Value): [Value, History<Value>] | null {
  const [step, ...future] = history.future;
  if (!step) return null;
  return [step.value, { past: [...history.past, { label: step.label, value: current }], future, last: null }];
}
