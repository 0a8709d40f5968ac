import { isRecord } from "../../../forms/spec";
import type { Text } from "../../../lib/localize";
import { readText } from "../../../lib/readText";
import { type FindingData, readFindings } from "../finding";
import { readList, readTexts } from "../text";

export const CHART_KINDS = ["line", "bar", "scatter", "area", "heatmap"] as const;

export interface ReportSeries {
  name: Text;
  x: unknown[];
  y: unknown[];
  /** Of a heatmap: a row of numbers per `y`. */
  values: unknown;
}

export interface ReportChart {
  kind: (typeof CHART_KINDS)[number];
  title: Text;
  xTitle: Text;
  yTitle: Text;
  series: ReportSeries[];
}

export interface ReportTable {
  title: Text;
  columns: Text[];
  /** Numbers, values of the data, null, or a text per language. */
  rows: unknown[][];
}

export interface ReportSection {
  id: string;
  title: Text;
  sentences: Text[];
  charts: ReportChart[];
  findings: FindingData[];
  tables: ReportTable[];
}

export interface Term {
  term: Text;
  meaning: Text;
}

/** What a result means, in plain words and with its evidence, as operators write it: docs/reports.md. */
export interface Report {
  kind: string;
  headline: Text;
  sections: ReportSection[];
  terms: Term[];
}

/** A report from its JSON text; null: it is none. What a part of it got wrong is left out. */
export function readReport(text: string): Report | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(raw) || !Array.isArray(raw.sections)) return null;
  return {
    kind: String(raw.kind ?? ""),
    headline: readText(raw.headline),
    sections: readList(raw.sections, readSection),
    terms: readList(raw.terms, ({ term, meaning }) => ({ term: readText(term), meaning: readText(meaning) })),
  };
}

function readSection(raw: Record<string, unknown>): ReportSection {
  return {
    id: String(raw.id ?? ""),
    title: readText(raw.title),
    sentences: readTexts(raw.sentences).filter(Boolean),
    charts: readList(raw.charts, readChart),
    findings: readFindings(raw.findings),
    tables: readList(raw.tables, ({ title, columns, rows }) => ({
      title: readText(title),
      columns: readTexts(columns),
      rows: Array.isArray(rows) ? rows.filter(Array.isArray) : [],
    })),
  };
}

function readChart(raw: Record<string, unknown>): ReportChart {
  return {
    kind: CHART_KINDS.find((kind) => kind === raw.kind) ?? "line",
    title: readText(raw.title),
    xTitle: readText(raw.x_title),
    yTitle: readText(raw.y_title),
    series: readList(raw.series, ({ name, x, y, values }) => ({
      name: readText(name),
      x: Array.isArray(x) ? x : [],
      y: Array.isArray(y) ? y : [],
      values,
    })),
  };
}

/** The columns that the report shows as drivers, the strongest first. */
export function driversOf(report: Report): string[] {
  const bars = report.sections.find(({ id }) => id === "drivers")?.charts.find(({ kind }) => kind === "bar");
  return bars?.series[0]?.x.map(String) ?? [];
}

const OWN_WORDS = ["forecast", "unusual", "groups"] as const;

/** Which words fit what the report is about: a model that answers row by row, or one of these. */
export function wordsFor({ kind }: Pick<Report, "kind">): "model" | (typeof OWN_WORDS)[number] {
  return OWN_WORDS.find((own) => own === kind) ?? "model";
}
