"""Put a model's answers beside the rows of a large table, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import batches_done
from patchbay_operators.apply._answers import beside, with_given_threshold
from patchbay_operators.apply._new_rows import as_learned
from patchbay_operators.taken_names import check_free
from patchbay_sdk import Context, Model, Operator, Outputs, Table, Transform

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


class BatchScoring(Operator):
    """`apply.predict` in batches: preparation and model see some thousand rows at a time, on Ray in many processes."""

    def run(
        self,
        context: Context,
        table: Table,
        model: Model,
        batch_size: int,
        concurrency: int,
        prediction: str,
        score: str,
        threshold: float | None = None,
    ) -> Outputs:
        """As `apply.predict`, one batch after the other in this process.

        Raises:
            ParamError: the table already has a column of one of the new names, or the model knows no threshold.
            DataError: the table does not fit the model.
        """
        check_free(table, prediction)
        scorer = _Scorer(with_given_threshold(model, threshold), table.lineage)
        batches = _batches(_needed(as_learned(context, model, table), model), batch_size)

        def answered() -> Iterator[pa.Table]:
            for number, batch in enumerate(batches):
                context.check_cancelled()
                yield scorer(number, batch)
                told = batches_done(number + 1, len(batches))
                context.progress((number + 1) / len(batches), told.as_json())

        return {"table": beside(table, _joined(answered()), prediction, score)}

    def run_ray(
        self,
        context: Context,
        table: Table,
        model: Model,
        batch_size: int,
        concurrency: int,
        prediction: str,
        score: str,
        threshold: float | None = None,
    ) -> Outputs:
        """The same in actors of Ray Data: each loads the model once; only the columns that it reads travel.

        Raises:
            ParamError, DataError: as `run`.
        """
        from patchbay_operators.on_ray import map_batches

        check_free(table, prediction)
        model = with_given_threshold(model, threshold)
        batches = _batches(_needed(as_learned(context, model, table), model), batch_size)
        context.log(f"{len(batches)} batches of {batch_size} rows.")
        answers = map_batches(context, batches, _Scorer, (model, list(table.lineage)), concurrency)
        return {"table": beside(table, _joined(answers), prediction, score)}


class _Scorer:
    """The model in the process that asks it, and the steps that every batch has had."""

    def __init__(self, model: Model, lineage: Iterable[Transform]) -> None:
        self._model = model
        self._lineage = list(lineage)

    def __call__(self, number: int, batch: pa.Table) -> pa.Table:
        return self._model.predict(Table(batch, lineage=self._lineage)).arrow()


def _needed(table: Table, model: Model) -> pa.Table:
    """The columns that the model reads, as far as they are there; `predict` says which are not.

    Columns that steps of the preparation read beside them, such as the target, come along too.
    """
    wanted = set(model.reads(table).names) | {name for step in model.transforms for name in step.reads}
    names = [name for name in table.columns if name in wanted] or table.columns[:1]
    return table.arrow().select(names)


def _batches(data: pa.Table, batch_size: int) -> list[pa.Table]:
    """At least one, also of no rows: the answer has its columns then too."""
    return [data.slice(begin, batch_size) for begin in range(0, max(data.num_rows, 1), batch_size)]


def _joined(answers: Iterable[pa.Table]) -> pl.DataFrame:
    import polars as pl

    return pl.concat([Table(batch).polars() for batch in answers])
