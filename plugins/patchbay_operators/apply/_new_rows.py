"""New rows, such as a file of next month, read as the rows that a model learned from: types of a file are guesses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.check._advice.dates_in_text import form_of
from patchbay_operators.check._advice.numbers_in_text import NOTHING
from patchbay_operators.check._advice.words import named, rows
from patchbay_operators.clean._cast import converted
from patchbay_sdk import Column, Context, Model, Table

if TYPE_CHECKING:
    import polars as pl

ENOUGH = 0.5
"""Share of the values that must be readable; where fewer are, `Model.predict` says what is wrong with the column."""

CERTAIN = ("", "day", "month")
"""Orders of day and month that the dates themselves tell."""


def as_learned(context: Context, model: Model, table: Table) -> Table:
    """The table with columns of the kinds that the model learned from, as far as they can be read so.

    Numbers and dates in text are read; words among them count as missing, and a warning counts and names them. Numbers
    and dates where the model learned from text are written as it was. Prepared tables stay as they are.
    """
    if table.lineage:
        return table
    frame, schema = table.polars(), table.schema
    for expected in model.reads(table):
        column = schema.get(expected.name)
        if column is None or column.kind == expected.kind:
            continue
        before = frame[expected.name]
        if column.kind == "text" and expected.kind in ("number", "time"):
            after = _read(before, expected)
        elif expected.kind == "text" and column.kind in ("number", "time"):
            after = _written(before, _how(model, expected.name))
        else:
            continue
        if after is not None:
            _tell(context, before, after)
            frame = frame.with_columns(after.alias(expected.name))
    return table.replace(frame)


def _read(values: pl.Series, expected: Column) -> pl.Series | None:
    """Numbers or dates of a text column; None where most are none, or day and month cannot be told apart."""
    import polars as pl

    text = values.cast(pl.String)
    filled = len(text) - text.null_count() - int(_is_nothing(text).sum())
    if expected.kind == "number":
        ways = [converted(text, "float", "", comma) for comma in (False, True)]
        best = max(ways, key=lambda numbers: len(numbers) - numbers.null_count())
        return best if len(best) - best.null_count() >= ENOUGH * filled else None
    form = form_of(text)
    if form is None or form.order not in CERTAIN or form.by_rows:
        return None
    return converted(text, expected.type, form.format, False)


def _written(values: pl.Series, how: Mapping[str, Any]) -> pl.Series:
    """Numbers or dates as the text that the model's own steps read again."""
    import polars as pl

    if values.dtype.is_numeric():
        text = values.cast(pl.String)
        return text.str.replace(".", ",", literal=True) if how.get("decimal_comma") else text
    return converted(values, "string", how.get("format", ""), False)


def _how(model: Model, name: str) -> Mapping[str, Any]:
    """How a step of the model reads this column's text, if one does."""
    casts = [step.state for step in model.transforms if step.operator.startswith("clean.cast@")]
    return next((state["how"] for state in casts if name in state["columns"]), {})


def _is_nothing(text: pl.Series) -> pl.Series:
    return text.str.strip_chars().str.to_lowercase().is_in(list(NOTHING)).fill_null(False)


def _tell(context: Context, before: pl.Series, after: pl.Series) -> None:
    """Warn of values that count as missing now."""
    lost = before.filter(after.is_null() & before.is_not_null())
    if not len(lost):
        return
    words, count = named(lost.unique(maintain_order=True).to_list()), rows(len(lost))
    told = Text(
        f"Column “{before.name}”: in {count.en} of {len(before):,} there is {words.en}, which cannot be read as the "
        "model learned it. There the value counts as missing.",
        f"列“{before.name}”：{len(before):,} 行中有 {count.zh}为{words.zh}，无法按训练时的方式读取，这些值视为缺失。",
    )
    context.warn(told.as_json())
