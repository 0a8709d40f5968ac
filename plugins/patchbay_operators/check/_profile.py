"""What can be said about one column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from patchbay_operators.check._columns import count_values
from patchbay_operators.check._problems import percent, plural, show

if TYPE_CHECKING:
    import polars as pl

QUANTILES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}

TYPES = {
    "column": "string",
    "type": "string",
    "rows": "int",
    "missing": "int",
    "missing_share": "float",
    "distinct": "int",
    "constant": "bool",
    "min": "float",
    "max": "float",
    "mean": "float",
    "std": "float",
    **dict.fromkeys(QUANTILES, "float"),
    "first": "string",
    "last": "string",
    "top_values": "string",
    "suggestion": "string",
}
"""Columns of the profile. `first` and `last`: smallest and largest time or text."""

MISSING_WORDS = ("", "?", "-", "na", "n/a", "nan", "null", "none", "missing", "unknown", "缺失", "无")
"""Text that usually stands for a missing value, in lower case."""

MISSING_NUMBERS = (-999, -9999, -99999)
"""Numbers that usually stand for a missing value."""

MOSTLY = 0.5
"""Above this share of missing values a column is called mostly missing."""


def profile_of(column: pl.Series, type: str, top: int) -> dict[str, Any]:
    """One row of the profile; null for NaN in `column`. Figures that a type does not have are None."""
    known = column.drop_nulls()
    counts = count_values(known)
    return {
        "column": column.name,
        "type": type,
        "rows": len(column),
        "missing": column.null_count(),
        "missing_share": column.null_count() / len(column) if len(column) else 0.0,
        "distinct": counts.height,
        "constant": counts.height <= 1,
        **_figures(known),
        "top_values": ", ".join(
            f"{show(value)} {percent(rows / len(known))}" for value, rows in counts.head(top).iter_rows()
        ),
        "suggestion": " ".join(_suggestions(column, counts)),
    }


def _figures(known: pl.Series) -> dict[str, Any]:
    """Figures of the finite numbers, or the smallest and largest time or text."""
    import polars as pl

    if known.dtype.is_numeric() or known.dtype == pl.Boolean:
        numbers = known.cast(pl.Float64)
        numbers = numbers.filter(numbers.is_finite())
        quantiles = {name: numbers.quantile(level, "linear") for name, level in QUANTILES.items()}
        return {"min": numbers.min(), "max": numbers.max(), "mean": numbers.mean(), "std": numbers.std(), **quantiles}
    if not len(known) or known.dtype.is_nested() or known.dtype == pl.Binary:
        return {}
    comparable = known if known.dtype.is_temporal() else known.cast(pl.String)
    return {"first": str(comparable.min()), "last": str(comparable.max())}


def _suggestions(column: pl.Series, counts: pl.DataFrame) -> Iterator[str]:
    """What a careful reader of the figures would do next."""
    import polars as pl

    known = column.drop_nulls()
    if not len(column):
        return
    if not len(known):
        yield "Holds no value: drop it."
        return
    if counts.height == 1:
        yield "Constant: drop it."
        return
    if column.null_count() > MOSTLY * len(column):
        yield "Mostly missing: drop it, or find out why."
    if column.dtype.is_integer() and counts.height == len(column) > 1:
        yield "A different number in every row: an identifier, not a feature."
    if column.dtype.is_float() and (infinite := int(known.is_infinite().sum())):
        yield f"{plural(infinite, 'infinite number')}: replace or clip."
    if column.dtype.is_numeric():
        codes = [code for code in MISSING_NUMBERS if (known == code).any()]
        if codes:
            yield f"{codes[0]} may stand for a missing value."
    if column.dtype == pl.String:
        yield from _text_suggestions(known, counts)


def _text_suggestions(known: pl.Series, counts: pl.DataFrame) -> Iterator[str]:
    import polars as pl

    values = counts["value"]
    words = [value for value in values if value.strip().lower() in MISSING_WORDS]
    if words:
        yield f"{', '.join(map(repr, words[:3]))} may stand for a missing value."
    rest = values.filter(~values.is_in(words)) if words else values
    if len(rest) and rest.str.strip_chars().cast(pl.Float64, strict=False).is_not_null().all():
        yield "Text that holds numbers: cast it."
    elif len(rest) and rest.str.contains(r"^\s*\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d|\s*$)").all():
        yield "Text that holds dates: cast it."
    elif counts.height == len(known) > 1:
        yield "A different text in every row: an identifier or free text, not a category."
    elif values.str.strip_chars().str.to_lowercase().n_unique() < counts.height:
        yield "Some values differ only in case or spaces: trim the text."
    elif (values != values.str.strip_chars()).any():
        yield "Some values have spaces around them: trim the text."
