"""How good predicted numbers are."""

from __future__ import annotations

from patchbay_operators.predicted import read_numbers
from patchbay_operators.scores import regression_scores
from patchbay_sdk import Chart, Context, Metrics, Operator, Outputs, Table

MAX_POINTS = 2000
"""Most rows in the chart; of more, a random sample is shown."""


class EvaluateRegression(Operator):
    """Scores predicted numbers against the true ones."""

    def run(self, context: Context, table: Table, target: str, prediction: str) -> Outputs:
        """Metrics, and a chart of the errors against the predictions."""
        import numpy as np

        _, truth, predicted = read_numbers(context, table, target, prediction)
        scores = regression_scores(truth, predicted)
        about = {"task": "regression", "target": target, "notes": scores.notes}
        shown = np.arange(len(truth))
        notes = []
        if len(truth) > MAX_POINTS:
            shown = np.sort(np.random.default_rng(context.seed).choice(shown, MAX_POINTS, replace=False))
            notes.append(f"A random {MAX_POINTS} of {len(truth)} rows.")
        series = [{"name": "rows", "x": predicted[shown].tolist(), "y": (predicted - truth)[shown].tolist()}]
        chart = Chart("scatter", "Errors", series, f"Predicted {target}", f"Predicted - true {target}", notes)
        return {"metrics": Metrics(scores.values, about=about), "residuals": chart}
