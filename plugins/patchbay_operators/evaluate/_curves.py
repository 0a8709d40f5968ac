"""Charts and tables of what a threshold on the score costs and brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from patchbay_operators.scores import is_probability
from patchbay_sdk import Chart

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Curves = Mapping[str, tuple[Array, Array]]
    """Class -> (bool per row whether it is of the class, score per row)."""

MAX_POINTS = 300
"""More points than a chart can show are thinned out evenly."""
RECALL_STEPS = 10


def roc_chart(curves: Curves) -> Chart:
    """Recall against the false-alarm rate, a line per class."""
    from sklearn.metrics import roc_curve

    series, notes = [], []
    for name, (truth, score) in curves.items():
        if truth.all() or not truth.any():
            notes.append(f"{name}: no curve, the rows are all of one kind.")
            continue
        false_alarm_rate, recall, _ = roc_curve(truth, score)
        series.append(_line(name, false_alarm_rate, recall))
    return Chart("line", "ROC", series, "False-alarm rate", "Recall", notes or _why_empty(curves))


def precision_recall_chart(curves: Curves) -> Chart:
    """Precision against recall, a line per class."""
    from sklearn.metrics import precision_recall_curve

    series, notes = [], []
    for name, (truth, score) in curves.items():
        if not truth.any():
            notes.append(f"{name}: no curve, no row is of this class.")
            continue
        precision, recall, _ = precision_recall_curve(truth, score)
        series.append(_line(name, recall[::-1], precision[::-1]))
    return Chart("line", "Precision and recall", series, "Recall", "Precision", notes or _why_empty(curves))


def calibration_chart(curves: Curves) -> Chart:
    """How often rows with a predicted probability turn out so, in up to ten groups of equal size, a line per class."""
    from sklearn.calibration import calibration_curve

    series, notes = [], []
    for name, (truth, score) in curves.items():
        if not len(score) or not is_probability(score):
            notes.append(f"{name}: no curve, the score is not a probability.")
            continue
        actual, predicted = calibration_curve(truth, score, n_bins=10, strategy="quantile")
        series.append(_line(name, predicted, actual))
    title = "Calibration"
    return Chart("line", title, series, "Predicted probability", "Actual share", notes or _why_empty(curves))


def _line(name: str, x: Array, y: Array) -> dict[str, Any]:
    import numpy as np

    shown = np.unique(np.linspace(0, len(x) - 1, min(len(x), MAX_POINTS)).round().astype(int))
    return {"name": name, "x": x[shown].tolist(), "y": y[shown].tolist()}


def _why_empty(curves: Curves) -> list[str]:
    return [] if curves else ["There is no score column, so there is no curve."]


def threshold_rows(truth: Array, score: Array | None) -> list[dict[str, Any]]:
    """What finding 10 %, 20 %, ... of the positive rows costs, each at the highest threshold that finds so many."""
    import numpy as np

    positives, negatives = int(truth.sum()), int((~truth).sum())
    if score is None or not positives:
        return []
    of_positives = np.sort(score[truth])[::-1]
    steps = np.ceil(np.arange(1, RECALL_STEPS + 1) * positives / RECALL_STEPS).astype(int)
    rows = []
    for threshold in dict.fromkeys(of_positives[steps - 1].tolist()):
        found, false_alarms = int((score[truth] >= threshold).sum()), int((score[~truth] >= threshold).sum())
        rows.append(
            {
                "threshold": threshold,
                "found": found,
                "missed": positives - found,
                "false_alarms": false_alarms,
                "recall": found / positives,
                "precision": found / (found + false_alarms),
                "false_alarm_rate": false_alarms / negatives if negatives else None,
            }
        )
    return rows


def at_levels(
    truth: Array, score: Array | None, precision: float, recall: float, false_alarm_rate: float
) -> dict[str, float | int | None]:
    """What the best threshold gives: the highest recall with at least this precision (0: none has it), the highest
    precision with at least this recall, the highest recall with at most this false-alarm rate."""
    from sklearn.metrics import precision_recall_curve, roc_curve

    names = ("recall_at_precision", "precision_at_recall", "recall_at_false_alarm_rate")
    if score is None or truth.all() or not truth.any():
        return dict.fromkeys(names)
    precisions, recalls, _ = precision_recall_curve(truth, score)
    false_alarm_rates, found, _ = roc_curve(truth, score, drop_intermediate=False)
    values = (
        recalls[precisions >= precision].max(),
        precisions[recalls >= recall].max(),
        found[false_alarm_rates <= false_alarm_rate].max(),
    )
    return dict(zip(names, map(float, values), strict=True))
