import type { ChartData } from "../charts/series";

export type Row = Record<string, unknown>;

/** What the rows go along with, in this order: training goes on, a threshold rises. */
const ALONG = ["step", "epoch", "iteration", "round", "threshold"];

/**
 * A table of metrics as a chart, where its columns say how: counts by truth and prediction are a confusion matrix,
 * figures along steps are curves, one number per name are bars. null: it stays a table.
 */
export function chartOf(name: string, rows: readonly Row[]): ChartData | null {
  const columns = Object.keys(rows[0] ?? {});
  const numeric = columns.filter((column) => rows.some((row) => typeof row[column] === "number"));
  const pick = (column: string) => rows.map((row) => row[column] ?? null);
  const chart = { title: name, notes: [] };

  if (columns.includes("truth") && columns.includes("prediction") && numeric.length === 1) {
    const truths = [...new Set(pick("truth"))];
    const predictions = [...new Set(pick("prediction"))];
    const [count = ""] = numeric;
    const values = truths.map((truth) =>
      predictions.map(
        (prediction) => rows.find((row) => row.truth === truth && row.prediction === prediction)?.[count] ?? 0,
      ),
    );
    const series = [{ name: count, x: predictions.map(String), y: truths.map(String), values }];
    return { ...chart, kind: "matrix", x_label: "Prediction", y_label: "Truth", series };
  }
  const along = ALONG.find((column) => numeric.includes(column));
  if (along && rows.length > 1) {
    const others = numeric.filter((column) => column !== along);
    const shares = others.filter((column) => rows.every((row) => isShare(row[column])));
    // Counts beside shares would flatten them.
    const curves = shares.length > 0 && along === "threshold" ? shares : others;
    if (curves.length === 0) return null;
    const series = curves.map((column) => ({ name: column, x: pick(along), y: pick(column) }));
    return { ...chart, kind: "line", x_label: along, y_label: "", series };
  }
  const names = columns.filter((column) => rows.every((row) => typeof row[column] === "string"));
  const [label] = names;
  const [value] = numeric;
  if (label && value && columns.length === 2 && rows.length > 1) {
    return {
      ...chart,
      kind: "bar",
      x_label: label,
      y_label: value,
      series: [{ name: value, x: pick(label), y: pick(value) }],
    };
  }
  return null;
}

/** Below a heading that says on which rows it was measured, names need not say it again. */
export function withoutTraining(metrics: Row): Row {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name.replace(/^training_/, ""), value]));
}

export function areOfTraining(metrics: Row): boolean {
  const names = Object.keys(metrics);
  return names.length > 0 && names.every((name) => name.startsWith("training_"));
}

function isShare(value: unknown): boolean {
  return value === null || (typeof value === "number" && value >= 0 && value <= 1);
}
