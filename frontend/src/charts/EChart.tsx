import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import {
  DataZoomInsideComponent,
  GridComponent,
  LegendScrollComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from "echarts/components";
import { type EChartsCoreOption, type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

use([
  BarChart,
  HeatmapChart,
  LineChart,
  ScatterChart,
  DataZoomInsideComponent,
  GridComponent,
  LegendScrollComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  CanvasRenderer,
]);

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Draws an option; loaded only when a chart is shown. */
export default function EChart({ option, height }: { option: EChartsCoreOption; height: number | string }) {
  const area = useRef<HTMLDivElement>(null);
  const drawn = useRef<EChartsType | null>(null);
  useEffect(() => {
    if (!area.current) return;
    // Curves that grow are drawn again and again: only the first drawing moves.
    const animation = drawn.current === null && !still.matches;
    drawn.current ??= init(area.current);
    drawn.current.setOption({ ...option, animation }, { notMerge: true });
  }, [option]);
  useEffect(() => {
    if (!area.current) return;
    const size = new ResizeObserver(() => drawn.current?.resize());
    size.observe(area.current);
    return () => {
      size.disconnect();
      drawn.current?.dispose();
      drawn.current = null;
    };
  }, []);
  return <div ref={area} style={{ height }} aria-hidden="true" />;
}
