"""Scores by line, tool, process step or any other column."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.labels import label_texts
from patchbay_operators.predicted import read_classified, read_numbers
from patchbay_operators.scores import BINARY, MULTI_CLASS, REGRESSION, Scores, badness, regression_scores
from patchbay_sdk import Chart, Context, Metrics, Model, Operator, Outputs, ParamError, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

FEW_VALUES = 20
"""A number column with at most so many different values is taken as it is: line 1, line 2, ..."""
MAX_BARS = 50


class Breakdown(Operator):
    """One row of scores per group; groups with few rows are marked, because chance rules there."""

    def run(
        self,
        context: Context,
        table: Table,
        target: str,
        prediction: str,
        score: str,
        positive: str,
        by: str,
        metrics: Sequence[str],
        bins: int,
        min_rows: int,
        model: Model | None = None,
    ) -> Outputs:
        """The groups as a table, the spread between those that are large enough as metrics, and a bar chart.

        Raises:
            ParamError: a metric is for another task than the target's.
        """
        import polars as pl

        table.require(target, prediction, by)
        positives: np.ndarray[Any, Any] | None = None
        score_of: Callable[[Any], Scores]
        known: tuple[str, ...]
        if set(metrics) <= set(REGRESSION):
            rows, truth, predicted = read_numbers(context, table, target, prediction)
            known = REGRESSION

            def score_of(where: Any) -> Scores:
                return regression_scores(truth[where], predicted[where])
        else:
            data = read_classified(context, table, model, target, prediction, score, positive)
            rows, score_of = data.rows, data.scores
            known = MULTI_CLASS if data.positive is None else BINARY
            positives = None if data.positive is None else data.is_positive
        if wrong := [name for name in metrics if name not in known]:
            raise ParamError(
                Text(
                    f"metrics: {wrong[0]} does not fit this target; allowed: {', '.join(known)}.",
                    f"指标 {wrong[0]} 不适合该目标列；可用的有：{'、'.join(known)}。",
                ).as_json(),
                field="metrics",
            )
        groups, order = groups_of(rows[by], bins)
        result = [_row(name, (groups == name).to_numpy(), score_of, metrics, min_rows, positives) for name in order]
        schema = {"group": pl.String, "rows": pl.Int64, "positives": pl.Int64, "small": pl.Boolean, "note": pl.String}
        frame = pl.DataFrame(result, schema=schema | dict.fromkeys(metrics, pl.Float64))
        about = {"target": target, "by": by, "min_rows": min_rows}
        values = _spread(frame.filter(~pl.col("small")), metrics)
        return {
            "table": Table(frame),
            "metrics": Metrics(values, {"groups": result}, about),
            "chart": _chart(frame, metrics, by),
        }


def groups_of(column: pl.Series, bins: int) -> tuple[pl.Series, list[str]]:
    """The group of each row, and the groups in order: numbers and times from low to high, others by size."""
    import polars as pl

    missing = "(missing)"
    values = column.fill_nan(None) if column.dtype.is_float() else column
    if (values.dtype.is_numeric() or values.dtype.is_temporal()) and values.n_unique() > FEW_VALUES:
        edges = [values.quantile(step / bins, "nearest") for step in range(bins + 1)]
        edges = list(dict.fromkeys(edge for edge in edges if edge is not None))
        return _cut(values, edges, missing)
    names = label_texts(values).fill_null(missing)
    ordered = sorted(values.drop_nulls().unique().to_list()) if values.dtype.is_numeric() else None
    if ordered is None:
        counted = names.alias("value").value_counts().sort(["count", "value"], descending=[True, False])
        return names, counted["value"].to_list()
    return names, [*label_texts(pl.Series(ordered)).to_list(), *([missing] if values.null_count() else [])]


def _cut(values: pl.Series, edges: list[Any], missing: str) -> tuple[pl.Series, list[str]]:
    """Intervals between the edges, each with its lower edge; the last one with its upper edge too."""
    import polars as pl

    shown = [f"{edge:.6g}" if isinstance(edge, int | float) else str(edge) for edge in edges]
    shown = shown if len(set(shown)) == len(edges) else [str(edge) for edge in edges]
    names = [f"{low} to {high}" for low, high in itertools.pairwise(shown)]
    position = pl.Series(edges[1:-1], dtype=values.dtype, strict=False).search_sorted(values, side="right")
    groups = [missing if empty else names[at] for empty, at in zip(values.is_null(), position, strict=True)]
    return pl.Series(groups), [*names, *([missing] if values.null_count() else [])]


def _row(
    name: str,
    where: np.ndarray[Any, Any],
    score_of: Callable[[Any], Scores],
    metrics: Sequence[str],
    min_rows: int,
    positives: np.ndarray[Any, Any] | None,
) -> dict[str, Any]:
    scores, rows = score_of(where), int(where.sum())
    small = rows < min_rows
    notes = [note for note in scores.notes if note.split()[0] in metrics]
    return {
        "group": name,
        "rows": rows,
        "positives": None if positives is None else int(positives[where].sum()),
        "small": small,
        "note": " ".join(([f"Fewer than {min_rows} rows: may be chance."] if small else []) + notes),
        **{metric: scores.values[metric] for metric in metrics},
    }


def _spread(groups: pl.DataFrame, metrics: Sequence[str]) -> dict[str, float | int | None]:
    """Best and worst value of each metric over the groups that are large enough."""
    values: dict[str, float | int | None] = {"groups": groups.height}
    for metric in metrics:
        known = sorted(groups[metric].drop_nulls().to_list(), key=badness(metric))
        values |= {f"{metric}_best": known[0] if known else None, f"{metric}_worst": known[-1] if known else None}
    return values


def _chart(groups: pl.DataFrame, metrics: Sequence[str], by: str) -> Chart:
    shown = groups.head(MAX_BARS)
    names = [
        f"{name} (few rows)" if small else name for name, small in zip(shown["group"], shown["small"], strict=True)
    ]
    series = [{"name": metric, "x": names, "y": shown[metric].to_list()} for metric in metrics]
    notes = [f"The first {MAX_BARS} of {groups.height} groups."] if groups.height > MAX_BARS else []
    return Chart("bar", f"Scores by {by}", series, by, "Score", notes)
