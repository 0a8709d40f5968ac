import type { Schemas } from "../api/client";
import type { ChartData } from "../charts/series";

export interface DistributionTexts {
  rows: string;
  other: string;
  missing: string;
  empty: string;
}

/** A distribution as a chart: one stack of bars, split by class where it was asked for so. */
export function distributionChart(of: Schemas["Distribution"], texts: DistributionTexts): ChartData {
  const nameOf = (value: unknown) =>
    value == null ? `(${texts.missing})` : value === "" ? texts.empty : String(value);
  const bins = of.edges ? shortTimes(of.edges, of.kind) : (of.values ?? []).map(nameOf);
  const others = of.other > 0 ? { x: [`(${texts.other})`], y: [of.other] } : { x: [], y: [] };
  const series = of.classes
    ? of.classes.map(({ value, counts }) => ({ name: nameOf(value), x: bins, y: counts }))
    : [{ name: texts.rows, x: [...bins, ...others.x], y: [...of.counts, ...others.y] }];
  return {
    kind: of.edges ? "histogram" : "bar",
    title: of.name,
    x_label: of.edges ? of.name : "",
    y_label: texts.rows,
    series,
    notes: [],
  };
}

/** Of times the day says enough, unless the bins are shorter. */
function shortTimes(edges: readonly unknown[], kind: string): unknown[] {
  if (kind !== "time") return [...edges];
  const days = edges.map((edge) => String(edge).slice(0, 10));
  return new Set(days).size === days.length ? days : edges.map((edge) => String(edge).slice(0, 16));
}
