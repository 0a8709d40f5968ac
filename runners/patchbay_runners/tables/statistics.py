"""What can be said about each column of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_runners.tables.cells import cell, cells, number
from patchbay_runners.tables.rows import plain
from patchbay_runners.tables.source import Source
from patchbay_sdk.schema import Column

if TYPE_CHECKING:
    import polars as pl

QUANTILES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
TOP = 10
"""How many of the most frequent values are listed."""


def statistics(source: Source) -> list[dict[str, Any]]:
    """One object per column, always with the same fields; those that its type does not have are null.

    `missing` counts null and NaN. `min`, `max`, `mean`, `std`, `quantiles`: of the finite numbers; times have the
    first two. `top`: the most frequent texts and booleans, ``{"value", "count"}``. `distinct` counts known values.
    """
    return [_of_column(column, source.series(column.name)) for column in source.columns.values()]


def _of_column(column: Column, series: pl.Series) -> dict[str, Any]:
    known = plain(series).drop_nulls()
    rows, missing = len(series), len(series) - len(known)
    return {
        "name": column.name,
        "type": column.type,
        "kind": column.kind,
        "rows": rows,
        "missing": missing,
        "missing_rate": missing / rows if rows else 0.0,
        "distinct": None,
        "infinite": None,
        "min": None,
        "max": None,
        "mean": None,
        "std": None,
        "quantiles": None,
        "top": None,
        **_figures(column.kind, known),
    }


def _figures(kind: str, known: pl.Series) -> dict[str, Any]:
    if kind == "number":
        return _of_numbers(known)
    if kind == "time":
        ends = {"min": cell(known.min(), known.dtype), "max": cell(known.max(), known.dtype)}
        return {"distinct": known.n_unique(), **ends}
    if kind in ("text", "boolean"):
        counts = counted(known)
        values, _ = cells(counts["value"].head(TOP))
        top = [{"value": value, "count": count} for value, count in zip(values, counts["count"], strict=False)]
        return {"distinct": counts.height, "top": top}
    return {}


def _of_numbers(known: pl.Series) -> dict[str, Any]:
    """Sorted once: smallest, largest, quantiles and different values can then be read off."""
    finite = known.filter(known.is_finite()) if known.dtype.is_float() else known
    infinite = known.filter(known.is_infinite()) if known.dtype.is_float() else known.clear()
    ordered = finite.sort()
    quantiles = {name: number(ordered.quantile(level, "linear")) for name, level in QUANTILES.items()}
    return {
        "distinct": ordered.n_unique() + infinite.n_unique(),
        "infinite": len(infinite),
        "min": number(ordered.first()),  # type: ignore[arg-type]
        "max": number(ordered.last()),  # type: ignore[arg-type]
        "mean": number(ordered.mean()),  # type: ignore[arg-type]
        "std": number(ordered.std()),  # type: ignore[arg-type]
        "quantiles": quantiles if len(ordered) else None,
    }


def counted(known: pl.Series) -> pl.DataFrame:
    """`value` and `count` of every different value, the most frequent first, equally frequent ones by value."""
    import polars as pl

    frame = known.alias("value").to_frame().group_by("value").agg(pl.len().alias("count"))
    return frame.sort("count", "value", descending=[True, False])
