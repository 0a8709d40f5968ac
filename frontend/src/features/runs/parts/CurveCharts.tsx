import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../../charts/Chart";
import { thin } from "../../../charts/thin";
import { useMetricName } from "../../../charts/words";
import styles from "./CurveCharts.module.css";
import { groupsOf, isLoss, unitOf } from "./curveGroups";
import type { Curve } from "./curves";
import { LogToggle } from "./LogToggle";

/** Points of a curve that a screen can show. */
export const MOST_POINTS = 1200;

/** Curves of a task, one chart for each thing that was measured. */
export function CurveCharts({ curves }: { curves: readonly Curve[] }) {
  const groups = useMemo(() => groupsOf(curves), [curves]);
  return (
    <div className={styles.charts}>
      {groups.map(({ name, curves: together }) => (
        <div key={name} className={isLoss(name) ? `${styles.chart} ${styles.wide}` : styles.chart}>
          <GroupChart name={name} curves={together} height={isLoss(name) ? 250 : 180} />
        </div>
      ))}
    </div>
  );
}

interface GroupChartProps {
  /** Of the metric. */
  name: string;
  /** As they are called: names of metrics, or whatever tells them apart. */
  curves: readonly Curve[];
  height: number;
}

export function GroupChart({ name, curves, height }: GroupChartProps) {
  const { t } = useTranslation("runs");
  const metric = useMetricName();
  const [isLog, setLog] = useState(false);
  const unit = unitOf(
    name,
    curves.flatMap(({ y }) => y),
  );
  const title = unit.label ? t("curveIn", { name: metric(name), unit: unit.label }) : metric(name);
  const series = curves.map((curve) => {
    const { x, y } = thin(curve.x, curve.y, MOST_POINTS);
    return { name: metric(curve.name), x, y: y.map((value) => value / unit.of) };
  });
  return (
    <Chart
      height={height}
      isLog={isLog}
      chart={{ kind: "line", title, x_label: "step", y_label: "", series, notes: [] }}
      actions={isLoss(name) && <LogToggle isLog={isLog} onChange={setLog} />}
    />
  );
}
