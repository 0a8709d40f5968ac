"""The outcomes of folds put together: predictions, scores with their spread, a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.candidate import Candidate, Tested
from patchbay_operators.folds import Fold
from patchbay_operators.scores import BINARY, MULTI_CLASS, REGRESSION, spread
from patchbay_sdk import Chart, Metrics, ParamError, Table

CLUSTERING = ("silhouette", "davies_bouldin", "calinski_harabasz")
SHARES = (
    "auc",
    "recall",
    "precision",
    "f1",
    "accuracy",
    "balanced_accuracy",
    "macro_auc",
    "macro_f1",
    "silhouette",
    "r2",
)
"""Metrics that lie between about 0 and 1, so that one axis suits all."""


def predictions_of(table: Table, folds: Sequence[Fold], tested: Sequence[Tested]) -> Table:
    """The tested rows in the table's order, with the answers of the model that had not seen them, and its fold.

    Raises:
        ParamError: the table already has a column of one of the new names.
    """
    import polars as pl

    position = "__position"
    parts = [
        outcome.answers.with_columns(
            pl.lit(fold.number, dtype=pl.Int64).alias("fold"), pl.Series(position, fold.test, dtype=pl.Int64)
        )
        for fold, outcome in zip(folds, tested, strict=True)
    ]
    answers = pl.concat(parts, how="diagonal").sort(position)
    names = ["fold", *(name for name in answers.columns if name not in ("fold", position))]
    taken = [name for name in names if name in table.columns]
    if taken:
        raise ParamError(
            Text(
                f"The table already has a column {taken[0]!r}; rename it first (step “Rename columns”).",
                f"表中已有列“{taken[0]}”；请先重命名该列（步骤“重命名列”）。",
            ).as_json()
        )
    rows = table.polars()[answers[position].to_numpy()]
    return table.replace(rows.hstack(answers.select(names)))


def metrics_of(candidate: Candidate, folds: Sequence[Fold], tested: Sequence[Tested]) -> Metrics:
    """Each metric's mean over the folds under its name, its deviation (n - 1) as ``NAME_spread``, and per fold.

    A fold in which a metric is undefined is left out of both, and told in the notes.
    """
    names = _metric_names(tested)
    values: dict[str, float | int | None] = {}
    for name in names:
        known = [float(value) for outcome in tested if (value := outcome.scores.values.get(name)) is not None]
        values[name] = sum(known) / len(known) if known else None
        values[f"{name}_spread"] = spread(known)
    values |= {"folds": len(tested), "rows": sum(len(fold.test) for fold in folds)}
    per_fold = [
        {
            "fold": fold.number,
            "train_rows": len(fold.train),
            "test_rows": len(fold.test),
            "seconds": outcome.seconds,
            **{name: outcome.scores.values.get(name) for name in names},
        }
        for fold, outcome in zip(folds, tested, strict=True)
    ]
    notes = [f"fold {outcome.fold}: {note}" for outcome in tested for note in outcome.scores.notes]
    about: dict[str, Any] = {
        "model": candidate.operator.spec.key,
        "task": tested[0].task,
        "target": candidate.target or None,
        "params": dict(candidate.params),
        "measured_on": "rows that the model of their fold had not seen",
        "seed": candidate.seed,
        "notes": notes,
    }
    return Metrics(values, {"folds": per_fold}, about)


def chart_of(tested: Sequence[Tested]) -> Chart:
    """A line per metric over the folds; of metrics that differ in scale, the first alone."""
    names = [name for name in _metric_names(tested) if name in SHARES] or _metric_names(tested)[:1]
    numbers = [outcome.fold for outcome in tested]
    series = [
        {"name": name, "x": numbers, "y": [outcome.scores.values.get(name) for outcome in tested]} for name in names[:6]
    ]
    return Chart("line", "Scores per fold", series, "Fold", "Score")


def _metric_names(tested: Sequence[Tested]) -> list[str]:
    """The metrics of the folds, counts left out; every fold has been judged by the same ones."""
    known = (*BINARY, *MULTI_CLASS, *REGRESSION, *CLUSTERING)
    return [name for name in tested[0].scores.values if name in known]
