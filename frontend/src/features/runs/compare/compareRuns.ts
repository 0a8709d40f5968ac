import type { Schemas } from "../../../api/client";
import type { ChartData } from "../../../charts/series";
import { isJson } from "../../../data/parts";

export interface Difference {
  /** Of which node; null: of the run itself. */
  node: string | null;
  name: string;
  a: unknown;
  b: unknown;
}

/** Params of nodes and of the run that differ, node by node. */
export function differences(
  a: { document: unknown; params: Record<string, unknown> },
  b: { document: unknown; params: Record<string, unknown> },
): Difference[] {
  const nodesA = nodesOf(a.document);
  const nodesB = nodesOf(b.document);
  return [
    ...unequal(null, a.params, b.params),
    ...names(nodesA, nodesB).flatMap((node) => unequal(node, nodesA.get(node) ?? {}, nodesB.get(node) ?? {})),
  ];
}

type Values = Record<string, unknown>;

function nodesOf(document: unknown, prefix = "", into = new Map<string, Values>()): Map<string, Values> {
  if (!isJson(document) || !Array.isArray(document.nodes)) return into;
  for (const node of document.nodes) {
    if (!isJson(node) || typeof node.id !== "string") continue;
    const { id, params, settings, operator, body } = node;
    into.set(prefix + id, {
      ...(operator !== undefined && { operator }),
      ...(isJson(params) ? params : {}),
      ...(isJson(settings) &&
        Object.fromEntries(Object.entries(settings).map(([key, value]) => [`settings.${key}`, value]))),
    });
    nodesOf(body, `${prefix}${id}/`, into);
  }
  return into;
}

function unequal(node: string | null, a: Values, b: Values): Difference[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
    .map((name) => ({ node, name, a: a[name], b: b[name] }));
}

function names(a: ReadonlyMap<string, Values>, b: ReadonlyMap<string, Values>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])];
}

export interface MetricPair {
  metric: string;
  a: number | null;
  b: number | null;
}

export interface MeasuredPair {
  path: string;
  index: string;
  port: string;
  metrics: MetricPair[];
}

/** What both runs measured, and what only one did, port by port; what came last in the flow comes first. */
export function pairs(a: readonly Schemas["Scores"][], b: readonly Schemas["Scores"][]): MeasuredPair[] {
  const key = ({ path, index, port }: Schemas["Scores"]) => `${path}#${index}.${port}`;
  const inB = new Map(b.map((scores) => [key(scores), scores]));
  const keysA = new Set(a.map(key));
  const all = [...a, ...b.filter((scores) => !keysA.has(key(scores)))];
  const inA = new Map(a.map((scores) => [key(scores), scores]));
  return all.reverse().map((scores) => {
    const left = inA.get(key(scores))?.values ?? {};
    const right = inB.get(key(scores))?.values ?? {};
    const metrics = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return {
      path: scores.path,
      index: scores.index,
      port: scores.port,
      metrics: metrics.map((metric) => ({ metric, a: number(left[metric]), b: number(right[metric]) })),
    };
  });
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** Two charts of the same kind in one; null where they cannot lie over each other. */
export function overlaid(a: ChartData, b: ChartData, names: { a: string; b: string }): ChartData | null {
  if (a.kind !== b.kind || a.kind === "matrix") return null;
  const named = (chart: ChartData, run: string) =>
    chart.series.map((series) => ({
      ...series,
      name: chart.series.length > 1 || b.series.length > 1 ? `${run} · ${String(series.name ?? "")}` : run,
    }));
  return { ...a, series: [...named(a, names.a), ...named(b, names.b)], notes: [...new Set([...a.notes, ...b.notes])] };
}
