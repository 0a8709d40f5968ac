"""What the columns of a table are good for: numbers, categories, free text, times, or nothing that a model can use."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_sdk import DataError, Table

if TYPE_CHECKING:
    import polars as pl

FEW_CATEGORIES = 30
"""Up to so many categories, each gets a column of its own."""
WORDS_OF_TEXT = 4.0
"""A text column with so many words per row on average, and few rows alike, is free text."""
ALIKE = 0.5
"""A text column with more different values than this share of the rows names each row, or is free text."""
ROW_NUMBER = re.compile(r"(^|_|\b)(id|uid|udi|index|row|row_?(no|number)|serial|uuid|guid)$|编号|序号", re.IGNORECASE)
"""Names of numbers that only count rows."""
SKEWED = 2.0
"""Numbers from 0 up with more skewness than this may be better understood on a logarithmic scale."""


@dataclass(frozen=True)
class ColumnsToLearn:
    """The columns by what they are good for. `left_out`: column -> why it is not used.

    `gaps`: columns with missing values among numbers. `skewed`: numbers from 0 up with a few very large ones.
    """

    numbers: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    many_categories: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    text: str = ""
    gaps: list[str] = field(default_factory=list)
    skewed: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def columns_to_learn(table: Table, target: str, exclude: Collection[str], text: str) -> ColumnsToLearn:
    """Sort the columns of the rows to learn from. `text`: the column of free text; empty: it is found.

    Only what columns look like counts here, never the target; whatever is learned is learned in each fold.

    Raises:
        DataError: nothing is left to learn from.
    """
    found, texts = ColumnsToLearn(), {}
    frame = table.polars()
    for column in table.schema:
        values = frame[column.name]
        if column.name == target:
            continue
        if column.name in exclude:
            found.left_out[column.name] = "is left out as chosen"
        elif values.drop_nulls().n_unique() <= 1:
            found.left_out[column.name] = "holds one value only"
        elif column.name == text:
            texts[column.name] = float("inf")
        elif column.kind == "time":
            found.times.append(column.name)
        elif column.kind == "number":
            _sort_number(found, values)
        elif column.kind == "boolean" and not values.null_count():
            found.numbers.append(column.name)
        elif column.kind in ("boolean", "text"):
            _sort_text(found, texts, values)
        else:
            found.left_out[column.name] = "holds no plain values"
    return _with_text(found, texts, target)


def _sort_number(found: ColumnsToLearn, values: pl.Series) -> None:
    known = values.drop_nulls()
    known = known.drop_nans() if known.dtype.is_float() else known
    if known.dtype.is_float() and known.is_infinite().any():
        found.left_out[values.name] = "holds infinite values"
        return
    distinct = known.n_unique()
    whole = known.dtype.is_integer() and distinct == len(values) > 20
    if whole and (ROW_NUMBER.search(values.name) or int(known.max()) - int(known.min()) == distinct - 1):  # type: ignore[arg-type]
        found.left_out[values.name] = "only counts the rows"
        return
    found.numbers.append(values.name)
    if len(known) < len(values):
        found.gaps.append(values.name)
    if distinct > 10 and float(known.min()) >= 0 and (known.skew() or 0.0) > SKEWED:  # type: ignore[arg-type]
        found.skewed.append(values.name)


def _sort_text(found: ColumnsToLearn, texts: dict[str, float], values: pl.Series) -> None:
    import polars as pl

    known = values.drop_nulls()
    distinct = known.n_unique()
    if distinct <= FEW_CATEGORIES and distinct <= max(2, ALIKE * len(known)):
        found.categories.append(values.name)
    elif distinct <= ALIKE * len(known):
        found.many_categories.append(values.name)
    else:
        words = float(known.cast(pl.String).str.split(" ").list.len().mean() or 0)  # type: ignore[arg-type]
        letters = float(known.cast(pl.String).str.len_chars().mean() or 0)  # type: ignore[arg-type]
        if words >= WORDS_OF_TEXT or letters >= 10 * WORDS_OF_TEXT:  # Chinese has no blanks between words
            texts[values.name] = letters
        else:
            found.left_out[values.name] = "is different in nearly every row, like a name or number of it"


def _with_text(found: ColumnsToLearn, texts: dict[str, float], target: str) -> ColumnsToLearn:
    """With the longest text; other texts are left out."""
    from dataclasses import replace

    chosen = max(texts, key=lambda name: texts[name], default="")
    for name in texts:
        if name != chosen:
            found.left_out[name] = "is free text, and only one such column is read"
    if not (found.numbers or found.categories or found.many_categories or found.times or chosen):
        reasons = "; ".join(f"{name!r} {why}" for name, why in found.left_out.items())
        nothing = Text(
            f"There is no column to learn from beside {target!r}. {reasons}".strip(),
            f"除“{target}”外没有可用于学习的列：其余的列只有一种取值、各行都不同，或已排除。",
        )
        raise DataError(nothing.as_json())
    return replace(found, text=chosen)
