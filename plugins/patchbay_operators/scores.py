"""How well predictions fit the truth, as named numbers; what is undefined is None, with a note that says why."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass
class Scores:
    """`values`: metric -> number or None. `notes`: why something is undefined or was left out."""

    values: dict[str, float | int | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, compute: Callable[[], Any], undefined: str | None = None) -> None:
        """Compute a metric, unless there is a reason why it is undefined; answers beyond all bounds make it endless."""
        import numpy as np

        with np.errstate(over="ignore", invalid="ignore"):
            self.values[name] = None if undefined else float(compute())
        if undefined:
            self.notes.append(f"{name} is undefined: {undefined}.")


LOWER_IS_BETTER = frozenset(
    {
        "false_alarm_rate", "log_loss", "brier", "rmse", "mae", "median_absolute_error", "mape", "max_error",
        "davies_bouldin", "inertia",
    }
)  # fmt: skip
"""Metrics of which less is better; of the others, more is."""
BINARY = (
    "recall", "precision", "f1", "false_alarm_rate", "balanced_accuracy", "accuracy", "mcc",
    "auc", "average_precision", "log_loss", "brier",
)  # fmt: skip
"""Metrics of `binary_scores`."""
MULTI_CLASS = (
    "accuracy", "balanced_accuracy", "mcc", "macro_precision", "macro_recall", "macro_f1",
    "weighted_precision", "weighted_recall", "weighted_f1", "macro_auc", "weighted_auc", "macro_average_precision",
    "log_loss",
)  # fmt: skip
"""Metrics of `multi_class_scores`."""
REGRESSION = ("rmse", "mae", "r2", "median_absolute_error", "mape", "max_error", "mean_error")
"""Metrics of `regression_scores`."""


def binary_scores(truth: Array, called: Array, score: Array | None) -> Scores:
    """Metrics of two classes.

    Args:
        truth: bool per row, whether it is of the positive class.
        called: bool per row, whether it is predicted to be.
        score: float per row, the higher the more likely positive; or None.
    """
    found, false_alarms = int((truth & called).sum()), int((~truth & called).sum())
    missed, rejected = int((truth & ~called).sum()), int((~truth & ~called).sum())
    positives, negatives, n_called = found + missed, false_alarms + rejected, found + false_alarms
    no_positives = None if positives else "no row is of the positive class"
    one_class = no_positives or (None if negatives else "every row is of the positive class")
    scores = Scores()
    scores.add("recall", lambda: found / positives, no_positives)
    scores.add("precision", lambda: found / n_called, None if n_called else "no row is predicted positive")
    nothing = None if positives + n_called else "no row is of the positive class or predicted so"
    scores.add("f1", lambda: 2 * found / (positives + n_called), nothing)
    no_negatives = None if negatives else "every row is of the positive class"
    scores.add("false_alarm_rate", lambda: false_alarms / negatives, no_negatives)
    scores.add("balanced_accuracy", lambda: (found / positives + rejected / negatives) / 2, one_class)
    no_rows = None if len(truth) else "there are no rows"
    scores.add("accuracy", lambda: (found + rejected) / len(truth), no_rows)
    product = positives * negatives * n_called * (missed + rejected)
    one_prediction = one_class or (None if product else "every row gets the same prediction")
    scores.add("mcc", lambda: (found * rejected - false_alarms * missed) / product**0.5, one_prediction)
    _add_score_metrics(scores, truth, score, one_class)
    scores.values |= {
        "rows": len(truth), "positives": positives,
        "found": found, "missed": missed, "false_alarms": false_alarms, "correctly_rejected": rejected,
    }  # fmt: skip
    return scores


def _add_score_metrics(scores: Scores, truth: Array, score: Array | None, one_class: str | None) -> None:
    from sklearn import metrics

    no_score = "there is no score column" if score is None else one_class
    scores.add("auc", lambda: metrics.roc_auc_score(truth, score), no_score)
    scores.add("average_precision", lambda: metrics.average_precision_score(truth, score), no_score)
    if score is not None and not is_probability(score):
        no_score = "the score is not a probability"
    scores.add("log_loss", lambda: metrics.log_loss(truth, score, labels=[False, True]), no_score)
    scores.add("brier", lambda: ((score - truth) ** 2).mean(), no_score)


def is_probability(score: Array) -> bool:
    """Whether all values lie between 0 and 1."""
    return bool(((score >= 0) & (score <= 1)).all())


def multi_class_scores(truth: Array, called: Array, probabilities: Mapping[str, Array]) -> Scores:
    """Metrics of several classes: `truth` and `called` are labels, `probabilities` class -> float per row."""
    import numpy as np
    from sklearn import metrics

    scores = Scores()
    no_rows = None if len(truth) else "there are no rows"
    one_class = no_rows or (None if len(np.unique(truth)) > 1 else "there is only one class")
    present = [] if no_rows else sorted(set(truth))
    hits, recalls = truth == called, [float((called[truth == name] == name).mean()) for name in present]
    scores.add("accuracy", lambda: hits.mean(), no_rows)
    scores.add("balanced_accuracy", lambda: np.mean(recalls), no_rows)
    same = one_class or (None if len(np.unique(called)) > 1 else "every row gets the same prediction")
    scores.add("mcc", lambda: metrics.matthews_corrcoef(truth, called), same)
    for average in ("macro", "weighted"):
        per_class = (None, None, None)
        if not no_rows:
            per_class = metrics.precision_recall_fscore_support(truth, called, average=average, zero_division=0)[:3]
        for name, value in zip(("precision", "recall", "f1"), per_class, strict=True):
            scores.add(f"{average}_{name}", lambda value=value: value, no_rows)  # type: ignore[misc]
    _add_probability_metrics(scores, truth, probabilities, one_class)
    scores.values["rows"] = len(truth)
    return scores


def _add_probability_metrics(
    scores: Scores, truth: Array, probabilities: Mapping[str, Array], one_class: str | None
) -> None:
    """One class against the rest, averaged over the classes that occur."""
    import numpy as np
    from sklearn import metrics

    names = sorted(set(probabilities) & set(truth))
    unknown = sorted(set(truth) - set(names)) if probabilities else []
    missing = one_class if probabilities else "there are no probability columns"
    if unknown:
        missing = f"there is no probability column for class {', '.join(unknown)}"
    against_rest = [(truth == name, probabilities[name]) for name in ([] if missing else names)]
    aucs = [metrics.roc_auc_score(actual, score) for actual, score in against_rest]
    precisions = [metrics.average_precision_score(actual, score) for actual, score in against_rest]
    scores.add("macro_auc", lambda: np.mean(aucs), missing)
    scores.add("weighted_auc", lambda: np.average(aucs, weights=[a.sum() for a, _ in against_rest]), missing)
    scores.add("macro_average_precision", lambda: np.mean(precisions), missing)
    if not missing and not all(is_probability(score) for score in probabilities.values()):
        missing = "the scores are not probabilities"
    scores.add("log_loss", lambda: _log_loss(truth, probabilities), missing)


def _log_loss(truth: Array, probabilities: Mapping[str, Array]) -> float:
    import numpy as np

    of_truth = np.array([probabilities[name][row] for row, name in enumerate(truth)])
    return float(-np.log(np.clip(of_truth, np.finfo(float).eps, 1)).mean())


def regression_scores(truth: Array, predicted: Array) -> Scores:
    """Metrics of numbers; `mape` (a share, not per cent) leaves out rows whose truth is 0."""
    import numpy as np

    error = predicted - truth
    size, rows, not_zero = np.abs(error), len(truth), truth != 0
    no_rows = None if rows else "there are no rows"
    scores = Scores()
    scores.add("rmse", lambda: np.sqrt((error**2).mean()), no_rows)
    scores.add("mae", lambda: size.mean(), no_rows)
    spread = ((truth - truth.mean()) ** 2).sum() if rows else 0.0
    constant = no_rows or (None if spread > 0 else "the truth is constant")
    scores.add("r2", lambda: 1 - (error**2).sum() / spread, constant)
    scores.add("median_absolute_error", lambda: np.median(size), no_rows)
    zeros = no_rows or (None if not_zero.any() else "the truth is 0 in every row")
    scores.add("mape", lambda: (size[not_zero] / np.abs(truth[not_zero])).mean(), zeros)
    if not zeros and not not_zero.all():
        scores.notes.append(f"mape leaves out {int((~not_zero).sum())} rows whose truth is 0.")
    scores.add("max_error", lambda: size.max(), no_rows)
    scores.add("mean_error", lambda: error.mean(), no_rows)
    scores.values["rows"] = rows
    return scores


def badness(name: str) -> Callable[[float], float]:
    """The function that turns values of a metric into numbers of which less is better."""
    if name == "mean_error":
        return abs
    return (lambda value: value) if name in LOWER_IS_BETTER else (lambda value: -value)


def spread(values: Sequence[float]) -> float | None:
    """The standard deviation of a sample (n - 1), None for fewer than two values, or where one is not finite."""
    return statistics.stdev(values) if len(values) > 1 and all(map(math.isfinite, values)) else None
