import type { EChartsCoreOption } from "echarts/core";
import type { Theme } from "../theme/apply";
import { type Look, look } from "./look";
import { matrixOption } from "./matrix";
import {
  areNumbers,
  binNames,
  type ChartData,
  categories,
  isUnitSquare,
  numberOf,
  readSeries,
  type Series,
} from "./series";

/** Bars that can be told apart in one picture; the table has all. */
export const MOST_BARS = 40;
const LARGE = 2000;
/** Of the axis that is lowest: a longer name would lie over the legend. */
const LONGEST_NAME = { maxWidth: 180, ellipsis: "…" };

/** Names stand below upright bars if they fit into the narrowest chart, in pixels. */
const NARROW = 320;
const LETTER = 7;
const SIGN = 12;
/** Lying bars whose names may take several lines. */
const FEW_BARS = 6;
const BETWEEN = 12;

export interface Language {
  word: (text: string) => string;
  number: (value: number) => string;
}

/** A chart of an operator as ECharts draws it. `isLog`: lines over a logarithmic axis, which only positive values have. */
export function optionOf(chart: ChartData, theme: Theme, language: Language, isLog = false): EChartsCoreOption {
  const series = readSeries(chart);
  const shared = look(theme);
  switch (chart.kind) {
    case "matrix":
      return matrixOption(chart, series[0], shared, language);
    case "bar":
      return barOption(chart, series, shared, language);
    case "histogram":
      return histogramOption(chart, series, shared, language);
    case "scatter":
      return scatterOption(chart, series, shared, language);
    default:
      return lineOption(chart, series, shared, language, isLog);
  }
}

function names(chart: ChartData, { word }: Language) {
  return {
    x: { name: word(chart.x_label), nameGap: 30 },
    y: { name: word(chart.y_label), nameGap: 46, nameRotate: 90, nameTruncate: LONGEST_NAME },
  };
}

function legend(series: readonly Series[], { text, tokens }: Look, { word }: Language) {
  const common = { text, pageIconColor: tokens["ink-soft"], pageTextStyle: text };
  return {
    ...common,
    show: series.length > 1,
    type: "scroll",
    top: 0,
    left: 0,
    icon: "roundRect",
    itemWidth: 14,
    itemHeight: 4,
    textStyle: text,
    formatter: word,
  };
}

function grid(series: readonly Series[], left = 64) {
  return { left, right: 20, top: series.length > 1 ? 34 : 14, bottom: 52 };
}

const shown =
  ({ number }: Language) =>
  (value: unknown) =>
    typeof value === "number" ? number(value) : value == null ? "–" : String(value);

function lineOption(
  chart: ChartData,
  series: Series[],
  shared: Look,
  language: Language,
  isLog: boolean,
): EChartsCoreOption {
  const { x, y } = names(chart, language);
  const isNumeric = areNumbers(series.flatMap(({ x: values }) => values));
  const unit = isUnitSquare(series) ? { min: 0, max: 1 } : { scale: true };
  const labels = isNumeric ? [] : categories(series);
  const longest = Math.max(0, ...series.map(({ x: values }) => values.length));
  return {
    ...shared.base,
    tooltip: { ...shared.base.tooltip, trigger: "axis", valueFormatter: shown(language) },
    legend: legend(series, shared, language),
    grid: grid(series),
    xAxis: { ...shared.axis, ...x, ...(isNumeric ? { type: "value", ...unit } : { type: "category", data: labels }) },
    yAxis: {
      ...shared.axis,
      ...y,
      ...(isLog
        ? { type: "log", axisLabel: { ...shared.axis.axisLabel, formatter: language.number } }
        : { type: "value", ...unit }),
    },
    ...(longest > 300 && { dataZoom: [{ type: "inside", zoomOnMouseWheel: "ctrl" }] }),
    series: series.map(({ name, x: xs, y: ys }, index) => ({
      type: "line",
      name: language.word(name),
      data: isNumeric ? xs.map((value, at) => [value, onAxis(numberOf(ys[at]), isLog)]) : aligned(labels, xs, ys),
      showSymbol: ys.filter((value) => numberOf(value) !== null).length <= 40,
      symbol: ["circle", "rect", "triangle", "diamond"][index % 4],
      symbolSize: 5,
      lineStyle: { width: 2 },
      sampling: xs.length > LARGE ? "lttb" : undefined,
      ...(index === 0 && hasDiagonal(chart, series) && { markLine: diagonal(shared) }),
    })),
  };
}

function onAxis(value: number | null, isLog: boolean): number | null {
  return isLog && value !== null && value <= 0 ? null : value;
}

/** Curves that are read against the diagonal: of chance, or of being right about one's own certainty. */
function hasDiagonal(chart: ChartData, series: readonly Series[]): boolean {
  return isUnitSquare(series) && /\broc\b|calibration/i.test(chart.title);
}

function diagonal({ tokens }: Look) {
  return {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: tokens["ink-faint"], type: "dashed", width: 1 },
    data: [[{ coord: [0, 0] }, { coord: [1, 1] }]],
  };
}

function scatterOption(chart: ChartData, series: Series[], shared: Look, language: Language): EChartsCoreOption {
  const { x, y } = names(chart, language);
  const points = series.reduce((sum, { x: values }) => sum + values.length, 0);
  const ys = series.flatMap(({ y: values }) => values.map(numberOf)).filter((value) => value !== null);
  const crossesZero = ys.some((value) => value < 0) && ys.some((value) => value > 0);
  const isNumeric = areNumbers(series.flatMap(({ x: values }) => values));
  return {
    ...shared.base,
    tooltip: { ...shared.base.tooltip, trigger: "item", valueFormatter: shown(language) },
    legend: { ...legend(series, shared, language), itemHeight: 8, itemWidth: 8, icon: "circle" },
    grid: grid(series),
    xAxis: {
      ...shared.axis,
      ...x,
      ...(isNumeric ? { type: "value", scale: true } : { type: "category", data: categories(series) }),
    },
    yAxis: { ...shared.axis, ...y, type: "value", scale: true },
    series: series.map(({ name, x: xs, y: values }, index) => ({
      type: "scatter",
      name: language.word(name),
      data: xs.map((value, at) => [value, numberOf(values[at])]),
      symbolSize: points > 500 ? 4 : 7,
      large: points > LARGE,
      itemStyle: { opacity: 0.6 },
      ...(index === 0 &&
        crossesZero && {
          markLine: {
            silent: true,
            symbol: "none",
            label: { show: false },
            lineStyle: { color: shared.tokens["ink-faint"], type: "dashed", width: 1 },
            data: [{ yAxis: 0 }],
          },
        }),
    })),
  };
}

function barOption(chart: ChartData, series: Series[], shared: Look, language: Language): EChartsCoreOption {
  const { x, y } = names(chart, language);
  const all = categories(series);
  const labels = all.slice(0, MOST_BARS);
  const longest = Math.max(0, ...labels.map(widthOf));
  const isLying = labels.length > 8 || longest > 14 * LETTER || labels.length * (longest + BETWEEN) > NARROW;
  const left = Math.min(190, Math.max(56, longest + 20));
  const digits = digitsOf(series);
  const byName = {
    ...shared.axis,
    type: "category",
    data: labels,
    inverse: isLying,
    splitLine: { show: false },
    axisLabel: {
      ...shared.axis.axisLabel,
      ...(isLying ? { interval: 0 } : { hideOverlap: true }),
      ...(isLying && { width: left - 20, overflow: labels.length > FEW_BARS ? "truncate" : "break" }),
    },
  };
  const byValue = { ...shared.axis, type: "value" };
  return {
    ...shared.base,
    tooltip: {
      ...shared.base.tooltip,
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: shown(language),
    },
    legend: { ...legend(series, shared, language), itemHeight: 8 },
    grid: isLying ? { ...grid(series, left), right: 56 } : { ...grid(series), top: series.length > 1 ? 34 : 24 },
    xAxis: isLying ? { ...byValue, name: y.name, nameGap: 30 } : { ...byName, ...x },
    yAxis: isLying ? byName : { ...byValue, ...y },
    series: series.map(({ name, x: xs, y: ys }) => ({
      type: "bar",
      name: language.word(name),
      data: aligned(labels, xs, ys),
      barMaxWidth: 34,
      itemStyle: { borderRadius: isLying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      label: {
        show: series.length === 1 && labels.length <= 20,
        position: isLying ? "right" : "top",
        ...shared.text,
        formatter: ({ value }: { value: unknown }) =>
          typeof value === "number" ? language.number(Number(value.toFixed(digits)) || 0) : "",
      },
    })),
  };
}

function histogramOption(chart: ChartData, series: Series[], shared: Look, language: Language): EChartsCoreOption {
  const { x, y } = names(chart, language);
  const bins = series[0]?.y.length ?? 0;
  const labels = binNames(series[0]?.x ?? [], bins);
  return {
    ...shared.base,
    tooltip: {
      ...shared.base.tooltip,
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: shown(language),
    },
    legend: { ...legend(series, shared, language), itemHeight: 8 },
    grid: grid(series, 56),
    xAxis: { ...shared.axis, ...x, type: "category", data: labels, splitLine: { show: false } },
    yAxis: { ...shared.axis, ...y, type: "value" },
    series: series.map(({ name, y: ys }) => ({
      type: "bar",
      name: language.word(name),
      stack: "all",
      data: ys.map(numberOf),
      barCategoryGap: "6%",
    })),
  };
}

/** About how wide a name is, in pixels: signs of Chinese are wider than letters. */
function widthOf(name: string): number {
  return [...name].reduce((sum, sign) => sum + (sign > "\u2e7f" ? SIGN : LETTER), 0);
}

/** Digits behind the point that matter beside the largest bar: of 58.6 and 0.0012 the second is nothing. */
function digitsOf(series: readonly Series[]): number {
  const largest = Math.max(0, ...series.flatMap(({ y }) => y.map((value) => Math.abs(numberOf(value) ?? 0))));
  return largest > 0 ? Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(largest)))) : 0;
}

/** The values of a series in the order of the labels; null where it has none. */
function aligned(labels: readonly string[], xs: Series["x"], ys: Series["y"]): (number | null)[] {
  const values = new Map(xs.map((value, index) => [String(value ?? ""), numberOf(ys[index])]));
  return labels.map((label) => values.get(label) ?? null);
}
