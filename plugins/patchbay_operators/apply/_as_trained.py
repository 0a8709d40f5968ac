"""Rows that people typed, as a model takes them: types of the training, and usual values for what was not given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.apply._new_rows import as_learned
from patchbay_sdk import Column, Context, DataError, Model, Table

if TYPE_CHECKING:
    import polars as pl


def as_trained(context: Context, model: Model, table: Table, background: Table | None) -> tuple[Table, list[str]]:
    """The table as the background is, with columns of the types that the model knows, and the names of those it lacked.

    These hold what is usual in the background: the median of numbers, the most frequent of others. What steps did to
    the background before the model learned, such as fixes of a wizard, is done to the rows too. Prepared tables stay
    as they are.

    Raises:
        DataError: a text cannot be read as what the model needs: a number, a date.
    """
    import polars as pl

    if table.lineage:
        return table, []
    given, frame = set(table.columns), table.polars()
    for column in model.reads(table):
        if column.name in given:
            frame = frame.with_columns(_read(frame[column.name], column))
    ready = as_learned(context, model, table.replace(frame))
    if background is None or not background.num_rows:
        return ready, []
    usual = background.polars()
    if background.lineage:
        missing = [column.name for column in model.reads(ready) if column.name not in given]
        empty = ready.polars().with_columns(pl.lit(None).alias(name) for name in missing)
        ready = replace(model, transforms=tuple(background.lineage), features=()).prepare(ready.replace(empty))
    frame, added = ready.polars(), []
    for column in model.reads(ready):
        name = column.name
        is_lacking = name not in frame.columns or (name not in given and frame[name].null_count() == frame.height)
        if is_lacking and name in usual.columns:
            frame = frame.with_columns(_usual(usual[name]))
            added.append(name)
    return ready.replace(frame), added


def _read(values: pl.Series, column: Column) -> pl.Series:
    """Texts as numbers, dates or times where the model knows such; all else as it is."""
    import polars as pl

    if values.dtype != pl.String or column.type not in ("int", "float", "date", "datetime"):
        return values
    if column.type in ("int", "float"):
        read = values.str.strip_chars().cast(pl.Float64, strict=False)
    else:
        read = values.str.to_datetime(strict=False, time_unit="us")
        read = read.dt.date() if column.type == "date" else read
    if read.null_count() > values.null_count():
        wrong = values.filter(read.is_null() & values.is_not_null())[0]
        kind = Text("a number", "数值")
        if column.type not in ("int", "float"):
            kind = Text("a date, written like 2026-11-26", "日期，例如 2026-11-26")
        misfit = Text(
            f"{column.name!r} must be {kind.en}, not {wrong!r}.", f"“{column.name}”必须是{kind.zh}，而不是“{wrong}”。"
        )
        raise DataError(misfit.as_json(), column=column.name)
    return read


def _usual(values: pl.Series) -> Any:
    import polars as pl

    known = values.drop_nulls()
    if not len(known):
        usual: Any = None
    elif known.dtype.is_numeric() or known.dtype.is_temporal():
        usual = known.sort()[len(known) // 2]
    else:
        counted = known.cast(pl.String).alias("value").value_counts().sort(["count", "value"], descending=[True, False])
        usual = counted["value"][0]
        usual = usual == "true" if known.dtype == pl.Boolean else usual
    return pl.lit(usual, dtype=values.dtype).alias(values.name)
