import { MOST_BARS } from "./option";
import { type ChartData, categories, readSeries } from "./series";

const USUAL = 330;
const AXES = 76;
const LINE = 17;

/** Pixels in which every bar and every row of a matrix has its name beside it. */
export function heightOf(chart: ChartData): number {
  const series = readSeries(chart);
  const lines = { bar: Math.min(MOST_BARS, categories(series).length), matrix: series[0]?.y.length ?? 0 };
  const count = chart.kind === "bar" || chart.kind === "matrix" ? lines[chart.kind] : 0;
  return Math.max(USUAL, AXES + LINE * count);
}
