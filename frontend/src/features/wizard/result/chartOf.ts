import type { ChartData } from "../../../charts/series";
import { isRecord } from "../../../forms/spec";
import type { Text } from "../../../lib/localize";
import { readText } from "../../../lib/readText";
import type { ReportChart } from "./report";

const KINDS = { line: "line", area: "line", bar: "bar", scatter: "scatter", heatmap: "matrix" } as const;

/** A chart of a report as the charts of the product are drawn. */
export function chartOf(chart: ReportChart, localize: (text: Text) => string): ChartData {
  const names = (raw: unknown[]) => raw.map((name) => (isRecord(name) ? localize(readText(name)) : name));
  return {
    kind: KINDS[chart.kind],
    title: localize(chart.title),
    x_label: localize(chart.xTitle),
    y_label: localize(chart.yTitle),
    series: chart.series.map(({ name, x, y, values }) => ({ name: localize(name), x: names(x), y: names(y), values })),
    notes: [],
  };
}
