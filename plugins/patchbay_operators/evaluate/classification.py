"""How good a classification is."""

from __future__ import annotations

from typing import Any

from patchbay_operators.evaluate import _curves as curves_of
from patchbay_operators.predicted import Classified, read_classified
from patchbay_sdk import Chart, Context, Metrics, Model, Operator, Outputs, Table


class EvaluateClassification(Operator):
    """Scores predicted classes against the true ones; with several classes and no positive one, averages over them."""

    def run(
        self,
        context: Context,
        table: Table,
        target: str,
        prediction: str,
        score: str,
        positive: str,
        precision_level: float,
        recall_level: float,
        false_alarm_level: float,
        model: Model | None = None,
    ) -> Outputs:
        """Metrics, with a confusion matrix and a threshold table in them, and charts."""
        data = read_classified(context, table, model, target, prediction, score, positive)
        scores = data.scores()
        tables: dict[str, Any] = {"confusion": _confusion(data)}
        curves = {name: (data.truth == name, values) for name, values in data.per_class.items()}
        if data.positive is not None:
            curves = {} if data.score is None else {data.positive: (data.is_positive, data.score)}
            levels = curves_of.at_levels(data.is_positive, data.score, precision_level, recall_level, false_alarm_level)
            scores.values |= levels
            tables["thresholds"] = curves_of.threshold_rows(data.is_positive, data.score)
        about = {
            "model": model.operator if model else None,
            "task": "classification",
            "target": target,
            "positive": data.positive,
            "precision_level": precision_level,
            "recall_level": recall_level,
            "false_alarm_level": false_alarm_level,
            "notes": scores.notes,
        }
        return {
            "metrics": Metrics(scores.values, tables, about),
            "confusion": _confusion_chart(tables["confusion"]),
            "roc": curves_of.roc_chart(curves),
            "precision_recall": curves_of.precision_recall_chart(curves),
            "calibration": curves_of.calibration_chart(curves),
        }


def _confusion(data: Classified) -> list[dict[str, Any]]:
    """How many rows of each true class got each prediction; a positive class stands against the rest."""
    import polars as pl

    truth, called = pl.Series(data.truth), pl.Series(data.called)
    labels = sorted({*truth, *called})
    if data.positive is not None and len(labels) > 2:
        rest = f"not {data.positive}"
        names = {label: label if label == data.positive else rest for label in labels}
        truth, called = truth.replace(names), called.replace(names)
        labels = [rest, data.positive]
    return [
        {"truth": actual, "prediction": label, "rows": int(((truth == actual) & (called == label)).sum())}
        for actual in labels
        for label in labels
    ]


def _confusion_chart(cells: list[dict[str, Any]]) -> Chart:
    labels = list(dict.fromkeys(cell["truth"] for cell in cells))
    values = [[cell["rows"] for cell in cells if cell["truth"] == label] for label in labels]
    series = [{"name": "rows", "x": labels, "y": labels, "values": values}]
    return Chart("matrix", "Confusion matrix", series, "Prediction", "Truth")
