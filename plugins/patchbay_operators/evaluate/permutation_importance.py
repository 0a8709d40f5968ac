"""Which columns a model's answers hang on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.predicted import known_rows, read_classified, read_numbers
from patchbay_operators.scores import REGRESSION, badness, regression_scores
from patchbay_sdk import Chart, Context, DataError, Metrics, Model, Operator, Outputs, ParamError, Table

if TYPE_CHECKING:
    import numpy as np

MAX_BARS = 30


class PermutationImportance(Operator):
    """Shuffles one column of the raw table at a time and measures how much worse the model gets.

    The shuffling happens before the model's own preparation, so that a column counts for all that is made of it.
    See https://scikit-learn.org/stable/modules/permutation_importance.html
    """

    def run(
        self,
        context: Context,
        table: Table,
        model: Model,
        target: str,
        metric: str,
        columns: Sequence[str],
        repeats: int,
        max_rows: int,
    ) -> Outputs:
        """Columns by importance: the loss in the metric, mean and standard deviation over the repeats.

        Raises:
            ParamError: a column is not one that the model reads, or the metric is for another task.
            DataError: the metric is undefined on these rows.
        """
        import numpy as np
        import polars as pl

        random = np.random.default_rng(context.seed)
        table = _rows(context, table, target, max_rows, random)
        chosen = _columns(model, table, columns)
        before = score_of(context, model, table, target, metric)
        losses = np.empty((len(chosen), repeats))
        for position, name in enumerate(chosen):
            context.progress(position / len(chosen), name)
            losses[position] = losses_of(context, model, table, target, metric, before, name, repeats, random)
        importance = pl.DataFrame(
            {"column": chosen, "importance": losses.mean(axis=1), "deviation": losses.std(axis=1)},
            schema={"column": pl.String, "importance": pl.Float64, "deviation": pl.Float64},
        ).sort("importance", descending=True, maintain_order=True)
        about = {"metric": metric, "model": model.operator, "target": target, "repeats": repeats}
        values = {metric: before, "columns": len(chosen), "rows": table.num_rows}
        top = importance.head(MAX_BARS)
        series = [{"name": f"Loss of {metric}", "x": top["column"].to_list(), "y": top["importance"].to_list()}]
        chart = Chart("bar", "Importance of columns", series, "Column", f"Loss of {metric} when shuffled")
        return {"table": Table(importance), "metrics": Metrics(values, about=about), "chart": chart}


def _rows(context: Context, table: Table, target: str, max_rows: int, random: np.random.Generator) -> Table:
    """The rows with a target; of more than `max_rows`, a random sample in the table's order."""
    import numpy as np

    table.require(target)
    rows = known_rows(context, table, target, target)
    if rows.height <= max_rows:
        return table.replace(rows)
    context.log(f"Measured on a random {max_rows} of {rows.height} rows.")
    return table.replace(rows[np.sort(random.choice(rows.height, max_rows, replace=False))])


def _columns(model: Model, table: Table, columns: Sequence[str]) -> list[str]:
    read = model.reads(table).names
    for name in columns:
        if name not in read:
            raise ParamError(
                Text(
                    f"columns: the model does not read {name!r}; it reads: {', '.join(read[:20])}.",
                    f"模型不使用列“{name}”；它使用的列有：{'、'.join(read[:20])}。",
                ).as_json(),
                field="columns",
            )
    return list(columns) or read


def losses_of(
    context: Context,
    model: Model,
    table: Table,
    target: str,
    metric: str,
    before: float,
    column: str,
    repeats: int,
    random: np.random.Generator,
) -> list[float]:
    """By how much the metric, `before` as the rows are, gets worse each time that a column is shuffled.

    Raises:
        ParamError, DataError: as `score_of`.
    """
    import polars as pl

    worse, frame, losses = badness(metric), table.polars(), []
    for _ in range(repeats):
        context.check_cancelled()
        shuffled = frame.with_columns(frame[column].gather(pl.Series(random.permutation(frame.height))))
        losses.append(worse(score_of(context, model, table.replace(shuffled), target, metric)) - worse(before))
    return losses


def score_of(context: Context, model: Model, table: Table, target: str, metric: str) -> float:
    """The metric of a model's answers for these rows.

    Raises:
        ParamError: the metric is for another task.
        DataError: it is undefined on these rows.
    """
    answers = model.predict(table).polars().with_columns(table.polars()[target].alias("target"))
    if metric in REGRESSION:
        _, truth, predicted = read_numbers(context, Table(answers), "target", "prediction")
        scores = regression_scores(truth, predicted)
    else:
        scores = read_classified(context, Table(answers), model, "target", "prediction", "score", "").scores()
    if metric not in scores.values:
        known = [name for name in scores.values if name not in ("rows", "positives")]
        raise ParamError(
            Text(
                f"metric: {metric} does not fit the model's task; there are: {', '.join(known)}.",
                f"指标 {metric} 不适合该模型的任务；可用的有：{'、'.join(known)}。",
            ).as_json(),
            field="metric",
        )
    value = scores.values[metric]
    if value is None:
        raise DataError(
            Text(
                f"{metric} is undefined on these rows: {' '.join(scores.notes)} Choose another metric or more rows.",
                f"在这些行上无法计算 {metric}。请换一个指标，或增加行数。",
            ).as_json()
        )
    return value
