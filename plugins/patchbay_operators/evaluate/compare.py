"""Several evaluations side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.scores import badness
from patchbay_sdk import Chart, Context, DataError, Metrics, Operator, Outputs, ParamError, Table

COUNTS = ("rows", "positives", "found", "missed", "false_alarms", "correctly_rejected", "clusters", "iterations")
"""Numbers that are neither good nor bad in themselves."""


class Compare(Operator):
    """One row per evaluation, one column per metric; `best` names the metrics in which a row is the best."""

    def run(self, context: Context, metrics: Sequence[Metrics], names: Sequence[str], metric: str) -> Outputs:
        """The table, the best values, and a bar chart of one metric.

        Raises:
            ParamError: there are fewer or more names than evaluations, or none has the metric.
            DataError: they have no metric in common.
        """
        import polars as pl

        labels = _labels(metrics, names)
        first = metrics[0].values
        common = [name for name in first if all(name in other.values for other in metrics)]
        if not common:
            different = Text(
                "The evaluations have no metric in common; connect the same kind of evaluation.",
                "这些评估没有共同的指标；请连接同一种评估。",
            )
            raise DataError(different.as_json())
        chosen = metric or common[0]
        if chosen not in common:
            raise ParamError(
                Text(
                    f"metric: {chosen!r} is not in all evaluations; common: {', '.join(common)}.",
                    f"指标“{chosen}”不是所有评估都有；共同的指标有：{'、'.join(common)}。",
                ).as_json(),
                field="metric",
            )
        values = {name: [evaluation[name] for evaluation in metrics] for name in common}
        best = {name: _best(name, found) for name, found in values.items()}
        won = [", ".join(n for n, at in best.items() if row in at) for row in range(len(metrics))]
        columns: list[pl.Series] = [
            pl.Series("model", labels, dtype=pl.String),
            pl.Series("best", won, dtype=pl.String),
        ]
        columns += [pl.Series(name, found, dtype=pl.Float64, strict=False) for name, found in values.items()]
        winners = {name: ", ".join(labels[row] for row in rows) for name, rows in best.items() if rows}
        summary = {name: values[name][rows[0]] for name, rows in best.items() if rows}
        table = Table(pl.DataFrame(columns))
        series = [{"name": chosen, "x": labels, "y": values[chosen]}]
        return {
            "table": table,
            "best": Metrics({f"best_{name}": value for name, value in summary.items()}, about={"best": winners}),
            "chart": Chart("bar", f"{chosen} by model", series, "Model", chosen),
        }


def _labels(metrics: Sequence[Metrics], names: Sequence[str]) -> list[str]:
    """The names given, or the models' operators, numbered where they repeat."""
    if names:
        if len(names) != len(metrics):
            uneven = Text(
                f"names: there are {len(names)} names for {len(metrics)} evaluations.",
                f"给了 {len(names)} 个名称，却有 {len(metrics)} 个评估；请为每个评估填一个名称。",
            )
            raise ParamError(uneven.as_json(), field="names")
        return list(names)
    plain = [str(evaluation.about.get("model") or "evaluation") for evaluation in metrics]
    seen: dict[str, int] = {}
    labels = []
    for name in plain:
        seen[name] = seen.get(name, 0) + 1
        labels.append(f"{name} ({seen[name]})" if plain.count(name) > 1 else name)
    return labels


def _best(name: str, values: Sequence[Any]) -> list[int]:
    """Positions of the best value; none for counts and where all are the same."""
    measure = name.removeprefix("training_")
    known = [badness(measure)(value) for value in values if value is not None]
    if measure in COUNTS or len(set(known)) < 2:
        return []
    return [row for row, value in enumerate(values) if value is not None and badness(measure)(value) == min(known)]
