import type { Difference } from "./model";

export interface ScoreGroup {
  /** The step that measured; null: training itself. */
  node: string | null;
  values: Record<string, number>;
}

/** Metrics by the step that measured them, steps behind the training first: `score.auc` is `auc` of `score`. */
export function scoreGroups(metrics: Readonly<Record<string, number>>): ScoreGroup[] {
  const groups = new Map<string | null, Record<string, number>>();
  for (const [name, value] of Object.entries(metrics)) {
    const [node, metric] = partsOf(name);
    const group = groups.get(node) ?? {};
    group[node === null ? metric.replace(/^training_/, "") : metric] = value;
    groups.set(node, group);
  }
  return [...groups]
    .map(([node, values]) => ({ node, values }))
    .sort((a, b) => Number(a.node === null) - Number(b.node === null));
}

/** The first few numbers that say how good a version is: what was measured behind the training, else in it. */
export function headline(metrics: Readonly<Record<string, number>>, most = 3): [name: string, value: number][] {
  const [first] = scoreGroups(metrics);
  return Object.entries(first?.values ?? {}).slice(0, most);
}

/** The step that measured a metric, null for training, and what it measured. */
export function partsOf(name: string): [node: string | null, metric: string] {
  const at = name.lastIndexOf(".");
  return at < 0 ? [null, name] : [name.slice(0, at), name.slice(at + 1)];
}

/** Differences of metrics, those of training last. */
export function trainingLast(all: readonly Difference[]): Difference[] {
  const isTraining = ({ name }: Difference) => Number(partsOf(name)[0] === null);
  return [...all].sort((a, b) => isTraining(a) - isTraining(b));
}

/** How far the right one lies from the left; null: one of them has no number. */
export function change({ left, right }: Difference): number | null {
  return typeof left === "number" && typeof right === "number" ? right - left : null;
}

/** A value of a comparison, short enough for a cell. */
export function cell(value: unknown, number: (value: number) => string): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return number(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
