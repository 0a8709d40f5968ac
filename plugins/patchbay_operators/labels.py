"""Class labels as text, so that 1, "1" and 1.0 are one label, and the choice of the positive class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

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
        f"positive: there is no class {positive!r}; the target has: {', '.join(map(label_text, counts))}.",
        field="positive",
        value=positive,
    )
