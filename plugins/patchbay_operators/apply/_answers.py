"""A model's answers as columns beside the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.taken_names import check_free
from patchbay_sdk import Model, ParamError, Table

if TYPE_CHECKING:
    import polars as pl


def with_given_threshold(model: Model, threshold: float | None) -> Model:
    """The model with the threshold, if there is one. Raises ParamError when the model knows none."""
    if threshold is None:
        return model
    if model.task != "classification" or len(model.classes) != 2:
        only_two = Text(
            "threshold: it is for models of two classes; leave it empty.",
            "阈值只用于两个类别的模型；请留空。",
        )
        raise ParamError(only_two.as_json(), field="threshold")
    return replace(model, threshold=threshold)


def beside(table: Table, answers: pl.DataFrame, prediction: str, score: str) -> Table:
    """The table with the answers of `Model.predict` beside its rows, under the names given.

    Raises:
        ParamError: the table already has a column of one of the new names.
    """
    answers = renamed(answers, prediction, score)
    check_free(table, *answers.columns)
    return table.replace(table.polars().hstack(answers))


def renamed(answers: pl.DataFrame, prediction: str, score: str) -> pl.DataFrame:
    """Answers of `Model.predict` under the names given."""
    names = {"prediction": prediction, "score": score}
    return answers.rename({old: new for old, new in names.items() if old in answers.columns})
