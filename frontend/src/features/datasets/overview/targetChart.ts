import type { Schemas } from "../../../api/client";
import type { ChartData } from "../../../charts/series";
import { type DistributionTexts, distributionChart } from "../../../data/distribution";

/** The distribution of a target: classes as bars, also where they are written as whole numbers. */
export function targetChart(of: Schemas["Target"], texts: DistributionTexts): ChartData {
  const classes = wholeNumbers(of);
  return distributionChart(classes ? { ...of, edges: null, values: classes } : of, texts);
}

/** The values of bins that hold one whole number each; null: they are ranges. */
export function wholeNumbers({ edges, type, counts }: Schemas["Target"]): number[] | null {
  if (!edges || type !== "int") return null;
  const from = edges.slice(0, counts.length).map(Number);
  const isEach = from.every(
    (edge, index) => Number.isInteger(edge) && (index === 0 || edge - (from[index - 1] ?? 0) === 1),
  );
  return isEach ? from : null;
}
