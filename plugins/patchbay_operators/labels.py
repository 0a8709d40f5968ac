"""Class labels as text, so that 1, "1" and 1.0 are one label, and the choice of the positive class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import ParamError

if TYPE_CHECKING:
    import polars as pl


def label_text(value: Any) -> str:
    """A label as people write it: true, 1 (also for 1.0), pass."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def label_texts(labels: pl.Series) -> pl.Series:
    """`label_text` of each value; null stays null, NaN becomes null."""
    import polars as pl

    labels = labels.fill_nan(None) if labels.dtype.is_float() else labels
    texts = {value: label_text(value) for value in labels.unique().to_list() if value is not None}
    return pl.Series(
        labels.name, [None if value is None else texts[value] for value in labels.to_list()], dtype=pl.String
    )


FEW = 20
"""A number with more different values than this is no category."""


def is_category(values: pl.Series) -> bool:
    """Whether a target is a category: no number, or one of few different whole values."""
    known = values.drop_nulls()
    if not known.dtype.is_numeric():
        return True
    known = known.drop_nans() if known.dtype.is_float() else known
    whole = not known.dtype.is_float() or bool((known == known.round()).all())
    return whole and known.n_unique() <= min(FEW, max(2, len(known) // 5))


def choose_positive(counts: Mapping[Any, int], positive: str) -> Any:
    """The class named `positive`, or the rarer one (of equals, the last).

    Args:
        counts: class -> number of rows, classes in order.
        positive: the text of a class, or empty.

    Raises:
        ParamError: no class has this name.
    """
    if not positive:
        return min(reversed(counts), key=lambda label: counts[label])
    for label in counts:
        if label_text(label) == positive:
            return label
    raise ParamError(
        Text(
            f"positive: there is no class {positive!r}; the target has: {', '.join(map(label_text, counts))}.",
            f"没有“{positive}”这个取值；目标列有：{'、'.join(map(label_text, counts))}。",
        ).as_json(),
        field="positive",
        value=positive,
    )
