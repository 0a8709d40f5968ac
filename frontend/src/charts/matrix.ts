import type { EChartsCoreOption } from "echarts/core";
import type { Look } from "./look";
import type { Language } from "./option";
import type { ChartData, Series } from "./series";

/** Numbers by two names: a confusion matrix is coloured by the share of each row, anything else by its values. */
export function matrixOption(
  chart: ChartData,
  series: Series | undefined,
  { base, axis, text, tokens }: Look,
  { word, number }: Language,
): EChartsCoreOption {
  const rows = series?.values ?? [];
  const xs = series?.x.map(String) ?? [];
  const ys = series?.y.map(String) ?? [];
  const all = rows.flat().filter((value) => value !== null);
  const areCounts = all.every((value) => Number.isInteger(value) && value >= 0);
  const most = Math.max(...all.map(Math.abs), Number.MIN_VALUE);
  const isSigned = all.some((value) => value < 0);
  const cells = rows.flatMap((row, y) => {
    const sum = row.reduce<number>((total, value) => total + (value ?? 0), 0);
    return row.map((value, x) => ({
      value: [x, y, value === null ? null : areCounts ? (sum > 0 ? value / sum : 0) : value / most],
      count: value,
      share: areCounts && sum > 0 && value !== null ? value / sum : null,
    }));
  });
  const names = { ...axis, splitLine: { show: false }, axisLine: { show: false } };
  const left = Math.min(160, Math.max(70, Math.max(0, ...ys.map((name) => name.length)) * 7 + 44));
  return {
    ...base,
    tooltip: {
      ...base.tooltip,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const found = cells[dataIndex];
        if (!found || found.count === null) return "";
        const [x, y] = found.value;
        const share = found.share === null ? "" : ` (${number(Math.round(found.share * 1000) / 10)} %)`;
        return [
          `${word(chart.y_label)}: ${safe(ys[y ?? 0])}`,
          `${word(chart.x_label)}: ${safe(xs[x ?? 0])}`,
          `<b>${number(found.count)}</b>${share}`,
        ].join("<br>");
      },
    },
    grid: { left, right: 20, top: 14, bottom: 56 },
    // Every class has its name, as far as there is room.
    xAxis: {
      ...names,
      axisLabel: { ...axis.axisLabel, interval: 0 },
      type: "category",
      data: xs,
      name: word(chart.x_label),
      nameGap: 32,
    },
    yAxis: {
      ...names,
      type: "category",
      data: ys,
      inverse: true,
      name: word(chart.y_label),
      nameGap: left - 26,
      nameRotate: 90,
    },
    visualMap: {
      show: false,
      dimension: 2,
      min: isSigned ? -1 : 0,
      max: 1,
      inRange: {
        color: isSigned ? [tokens.error, tokens.surface, tokens.accent] : [tokens["accent-soft"], tokens.accent],
      },
    },
    series: [
      {
        type: "heatmap",
        data: cells,
        itemStyle: { borderColor: tokens.surface, borderWidth: 2, borderRadius: 4 },
        label: {
          show: xs.length <= 20,
          ...text,
          fontSize: xs.length > 8 ? 11 : 14,
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const found = cells[dataIndex];
            if (!found || found.count === null) return "";
            const style = (found.value[2] ?? 0) > 0.55 ? "strong" : "quiet";
            return `{${style}|${number(found.count)}}`;
          },
          rich: {
            strong: { color: tokens["on-accent"], fontWeight: 600, fontSize: xs.length > 8 ? 11 : 15 },
            quiet: { color: tokens.ink, fontWeight: 600, fontSize: xs.length > 8 ? 11 : 15 },
          },
        },
      },
    ],
  };
}

/** Names come from data: they stand in a tooltip as text, never as markup. */
function safe(name: string | undefined): string {
  return (name ?? "").replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
