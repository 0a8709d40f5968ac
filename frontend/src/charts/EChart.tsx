import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import {
  DataZoomInsideComponent,
  GridComponent,
  LegendScrollComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
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
export default function EChart({ option, height }: { option: EChartsCoreOption; height: number }) {
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!area.current) return;
    const chart = init(area.current);
    chart.setOption({ ...option, ...(still.matches && { animation: false }) });
    const size = new ResizeObserver(() => chart.resize());
    size.observe(area.current);
    return () => {
      size.disconnect();
      chart.dispose();
    };
  }, [option]);
  return <div ref={area} style={{ height }} aria-hidden="true" />;
}
