/** Metrics of which it is known whether more or less is better; of all others nobody is called better. */
const MORE = new Set([
  "accuracy",
  "balanced_accuracy",
  "auc",
  "average_precision",
  "f1",
  "mcc",
  "precision",
  "recall",
  "r2",
  "silhouette",
  "macro_f1",
  "macro_precision",
  "macro_recall",
  "macro_auc",
  "macro_average_precision",
  "weighted_f1",
  "weighted_precision",
  "weighted_recall",
  "weighted_auc",
  "precision_at_recall",
  "recall_at_precision",
  "recall_at_false_alarm_rate",
  "calinski_harabasz",
]);
const LESS = new Set([
  "rmse",
  "mae",
  "mape",
  "mse",
  "max_error",
  "median_absolute_error",
  "log_loss",
  "loss",
  "brier",
  "false_alarm_rate",
  "davies_bouldin",
  "inertia",
  "missed",
  "false_alarms",
]);

export type Better = "a" | "b" | null;

/** Which of two values of a metric is better; null where they are equal or it is not known. */
export function better(metric: string, a: number | null, b: number | null): Better {
  if (a === null || b === null || a === b) return null;
  // What a model reaches on the rows it was trained on says nothing about which one is better.
  const name = metric.replace(/^best_/, "");
  if (MORE.has(name)) return a > b ? "a" : "b";
  if (LESS.has(name)) return a < b ? "a" : "b";
  return null;
}
