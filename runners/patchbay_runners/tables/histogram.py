"""How the values of a column are distributed, as a whole or per class of another column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_runners.tables.cells import cells, number
from patchbay_runners.tables.rows import plain
from patchbay_runners.tables.source import Source
from patchbay_runners.tables.statistics import counted
from patchbay_sdk.errors import DataError
from patchbay_sdk.schema import Column

if TYPE_CHECKING:
    import polars as pl

MOST_CLASSES = 20
"""Different values that the column of the classes may have."""


def histogram(source: Source, name: str, bins: int, by: str | None = None) -> dict[str, Any]:
    """Counts of a column in bins: numbers and times in `bins` of equal width, texts and booleans by value.

    ``{"name", "type", "kind", "rows", "missing", "infinite", "edges", "values", "counts", "other", "classes"}``.
    `edges` (numbers, times): one more than `counts`; a bin holds its lower edge, the last one both. `values` (texts,
    booleans): the `bins` most frequent ones; `other`: rows with another value. Integers of a small range have a bin
    each. `classes`: null, or per value of the column `by` ``{"value", "counts"}``, the most frequent one first.

    Raises:
        DataError: there is no such column, it has no values that can be counted, or `by` has too many.
    """
    column = source.column(name)
    if column.kind == "other":
        raise DataError(f"Column {name!r} is of type {column.type}: its values cannot be counted.", column=name)
    series = plain(source.series(name))
    binned, described = (
        _by_value(series, bins) if column.kind in ("text", "boolean") else _by_range(series, column, bins)
    )
    size = len(described["values"] if described["edges"] is None else described["edges"][1:])
    return {
        "name": name,
        "type": column.type,
        "kind": column.kind,
        "rows": len(series),
        "missing": series.null_count(),
        **described,
        "counts": _counts(binned, size),
        "classes": None if by is None else _classes(source, by, binned, size),
    }


def _by_value(series: pl.Series, bins: int) -> tuple[pl.Series, dict[str, Any]]:
    import polars as pl

    counts = counted(series.drop_nulls())
    top = counts.head(bins).select("value", pl.int_range(pl.len(), dtype=pl.Int64).alias("bin"))
    binned = series.alias("value").to_frame().join(top, on="value", how="left", maintain_order="left")["bin"]
    values, _ = cells(top["value"])
    return binned, {"edges": None, "values": values, "infinite": 0, "other": int(counts["count"].slice(bins).sum())}


def _by_range(series: pl.Series, column: Column, bins: int) -> tuple[pl.Series, dict[str, Any]]:
    """The number of each value's bin; none for what is missing or infinite."""
    import polars as pl

    dtype = series.dtype
    infinite = int(series.is_infinite().sum()) if dtype.is_float() else 0
    numbers = series.to_physical() if column.kind == "time" else series
    if infinite:
        numbers = numbers.to_frame("x").select(pl.when(pl.col("x").is_finite()).then("x")).to_series()
    low: Any = numbers.min()
    high: Any = numbers.max()
    described: dict[str, Any] = {"values": None, "infinite": infinite, "other": 0}
    if low is None or high is None:
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, len(series)), described | {"edges": []}
    if numbers.dtype.is_integer() and high - low < bins:
        edges = [low + step for step in range(high - low + 2)]
        binned = numbers - low
    else:
        edges = _edges(low, high, bins)
        binned = _bin_of(numbers, edges)
    if column.kind == "time":
        shown = cells(pl.Series([round(edge) for edge in edges]).cast(numbers.dtype).cast(dtype))[0]
    else:
        shown = [number(edge) for edge in edges]
    return binned.cast(pl.Int64), described | {"edges": shown}


def _edges(low: float, high: float, bins: int) -> list[float]:
    if low == high:
        return [low, high]
    if math.isinf(high - low):
        between = [low * (1 - step / bins) + high * (step / bins) for step in range(1, bins)]
    else:
        between = [low + (high - low) * step / bins for step in range(1, bins)]
    return [low, *between, high]


def _bin_of(numbers: pl.Series, edges: Sequence[float]) -> pl.Series:
    import numpy as np
    import polars as pl

    bins = pl.Series(np.searchsorted(edges[1:-1], numbers.cast(pl.Float64).to_numpy(), side="right"), dtype=pl.Int64)
    return bins.zip_with(numbers.is_not_null(), pl.Series([None], dtype=pl.Int64))


def _counts(binned: pl.Series, size: int) -> list[int]:
    found = dict(binned.drop_nulls().value_counts().iter_rows())
    return [found.get(position, 0) for position in range(size)]


def _classes(source: Source, by: str, binned: pl.Series, size: int) -> list[dict[str, Any]]:
    labels = plain(source.series(by))
    if source.column(by).kind == "other":
        raise DataError(f"Column {by!r} is of type {source.column(by).type}: it holds no classes.", column=by)
    counts = counted(labels)
    if counts.height > MOST_CLASSES:
        raise DataError(
            f"Column {by!r} has {counts.height} different values; at most {MOST_CLASSES} can be told apart.", column=by
        )
    shown, _ = cells(counts["value"])
    found = []
    for value, text in zip(counts["value"].to_list(), shown, strict=True):
        rows = binned.filter(labels.is_null() if value is None else (labels == value).fill_null(False))
        found.append({"value": text, "counts": _counts(rows, size)})
    return found
