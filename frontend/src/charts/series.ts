import type { Schemas } from "../api/client";
import { isRecord } from "../forms/spec";
import type { Text } from "../lib/localize";
import { readText } from "../lib/readText";

/** A chart in one language. */
export interface ChartData extends Omit<Schemas["Chart"], "title" | "x_label" | "y_label" | "notes"> {
  title: string;
  x_label: string;
  y_label: string;
  notes: string[];
}

/** A chart of an operator, which may say each text in several languages. */
export function chartIn(chart: Schemas["Chart"], localize: (text: Text) => string): ChartData {
  const text = (raw: unknown) => localize(readText(raw));
  const name = (raw: unknown) => (isRecord(raw) ? text(raw) : raw);
  return {
    kind: chart.kind,
    title: text(chart.title),
    x_label: text(chart.x_label),
    y_label: text(chart.y_label),
    notes: chart.notes.map(text),
    series: chart.series.map(({ name: own, x, ...rest }) => ({
      ...rest,
      name: name(own),
      x: Array.isArray(x) ? x.map(name) : x,
    })),
  };
}

export type Point = number | string | null;

export interface Series {
  name: string;
  x: Point[];
  y: Point[];
  /** Only of a matrix: one list per y, one number per x. */
  values: (number | null)[][];
}

/** The series of a chart as an operator gave them; what cannot be drawn is missing. */
export function readSeries(chart: ChartData): Series[] {
  return chart.series.map((raw, index) => ({
    name: typeof raw.name === "string" && raw.name ? raw.name : String(index + 1),
    x: points(raw.x),
    y: points(raw.y),
    values: Array.isArray(raw.values) ? raw.values.map((row: unknown) => points(row).map(numberOf)) : [],
  }));
}

function points(raw: unknown): Point[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((value: unknown) => {
    if (typeof value === "number") return Number.isFinite(value) ? value : null;
    if (typeof value === "boolean") return String(value);
    return typeof value === "string" ? value : null;
  });
}

export function numberOf(point: Point | undefined): number | null {
  return typeof point === "number" ? point : null;
}

export function areNumbers(values: readonly Point[]): boolean {
  return values.length > 0 && values.every((value) => value === null || typeof value === "number");
}

/** Different values in the order in which they come. */
export function categories(series: readonly Series[]): string[] {
  return [...new Set(series.flatMap(({ x }) => x.map((value) => String(value ?? ""))))];
}

/** Whether all points lie between 0 and 1, as shares and rates do. */
export function isUnitSquare(series: readonly Series[]): boolean {
  const all = series.flatMap(({ x, y }) => [...x, ...y]).filter((value) => value !== null);
  return all.length > 0 && all.every((value) => typeof value === "number" && value >= 0 && value <= 1);
}

export interface Rows {
  columns: string[];
  rows: Point[][];
}

/** The same data as a table: for those who read rather than look. */
export function asTable(chart: ChartData): Rows {
  const series = readSeries(chart);
  const xLabel = chart.x_label || "x";
  const yLabel = chart.y_label || "y";
  if (chart.kind === "matrix") {
    const [only] = series;
    return {
      columns: [`${yLabel} \\ ${xLabel}`, ...(only?.x.map(String) ?? [])],
      rows: only?.y.map((name, index) => [name, ...(only.values[index] ?? [])]) ?? [],
    };
  }
  if (chart.kind === "histogram") {
    return {
      columns: [xLabel, ...series.map(({ name }) => name)],
      rows: binNames(series[0]?.x ?? [], series[0]?.y.length ?? 0).map((name, index) => [
        name,
        ...series.map(({ y }) => y[index] ?? null),
      ]),
    };
  }
  const haveSameX = series.every(({ x }) => sameValues(x, series[0]?.x ?? []));
  if (haveSameX) {
    return {
      columns: [xLabel, ...series.map(({ name }) => (series.length === 1 ? yLabel : name))],
      rows: series[0]?.x.map((value, index) => [value, ...series.map(({ y }) => y[index] ?? null)]) ?? [],
    };
  }
  return {
    columns: ["", xLabel, yLabel],
    rows: series.flatMap(({ name, x, y }) => x.map((value, index) => [name, value, y[index] ?? null])),
  };
}

/** Names of bins, from their edges, of which there is one more; without that the values name themselves. */
export function binNames(edges: readonly Point[], bins: number): string[] {
  if (edges.length !== bins + 1) return edges.map((edge) => String(edge ?? ""));
  return Array.from({ length: bins }, (_, index) => `${tidy(edges[index])} – ${tidy(edges[index + 1])}`);
}

function tidy(value: Point | undefined): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value ?? "");
}

function sameValues(left: readonly Point[], right: readonly Point[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
