import type { Curve } from "./curves";

/** Curves that belong into one chart: the same thing, measured on training and on validation rows. */
export interface CurveGroup {
  /** The name of the metric without what says on which rows. */
  name: string;
  curves: Curve[];
}

/** What people look at first, by the end of its name. */
const ORDER = ["loss", "accuracy", "learning_rate", "_per_second", "memory", "mfu", "gradient_norm"];
const VALIDATION = /^val(idation)?_/;

/** Curves by what they mean, the most important first. */
export function groupsOf(curves: readonly Curve[]): CurveGroup[] {
  const groups = new Map<string, CurveGroup>();
  for (const curve of curves) {
    const name = baseName(curve.name);
    const group = groups.get(name) ?? { name, curves: [] };
    group.curves.push(curve);
    groups.set(name, group);
  }
  for (const group of groups.values())
    group.curves.sort((a, b) => Number(isValidation(a.name)) - Number(isValidation(b.name)));
  return [...groups.values()].sort((a, b) => rank(a.name) - rank(b.name));
}

export function baseName(metric: string): string {
  return metric.replace(VALIDATION, "");
}

export function isValidation(metric: string): boolean {
  return VALIDATION.test(metric);
}

export function isLoss(metric: string): boolean {
  return /(^|_)loss$/.test(metric);
}

function rank(name: string): number {
  const found = ORDER.findIndex((end) => name.endsWith(end));
  return found < 0 ? ORDER.length : found;
}

export interface Unit {
  label: string;
  /** What a value is divided by. */
  of: number;
}

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** In what a metric is drawn: bytes in a unit that fits the largest of them, shares of the peak in per cent. */
export function unitOf(name: string, values: readonly number[]): Unit {
  if (name === "mfu") return { label: "%", of: 0.01 };
  if (!name.endsWith("memory")) return { label: "", of: 1 };
  const most = values.reduce((one, other) => Math.max(one, other), 1);
  const power = Math.min(BYTES.length - 1, Math.floor(Math.log2(Math.max(1, most)) / 10));
  return { label: BYTES[power] ?? "B", of: 1024 ** power };
}
