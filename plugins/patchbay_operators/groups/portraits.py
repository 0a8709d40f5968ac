"""What each group is like, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.report.words import number
from patchbay_sdk import Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_TRAITS = 4
TELLING, STRONG = 0.4, 1.2
"""How far the ranks of a group must lie from the middle to be told, and to be called very high; at most 1.7."""
MOST_WORDS = 20
"""A text column with more different texts is not told."""
MOSTLY = 0.5


@dataclass(frozen=True)
class Trait:
    """One thing that sets a group apart: high temperature, mostly tool A. `far`: how much, for the order."""

    column: str
    far: float
    words: Text
    middle: float | None = None
    usual: float | None = None


@dataclass(frozen=True)
class Portrait:
    """A group: its number, its rows, and its traits, the strongest first."""

    number: int
    rows: int
    traits: Sequence[Trait]

    def words(self) -> Text:
        """``high temperature, low pressure``."""
        if not self.traits:
            return Text("much like the average of all", "接近整体平均水平")
        shown = self.traits[:MOST_TRAITS]
        return Text(", ".join(each.words.en for each in shown), "，".join(each.words.zh for each in shown))


def portraits(table: Table, columns: Sequence[str], numbers: Array) -> list[Portrait]:
    """Of each group that has rows; `numbers`: the group of each row."""
    import numpy as np

    matrix = feature_matrix(table, columns)
    ranks = np.column_stack([_ranks(column) for column in matrix.T]) if len(matrix) else matrix
    texts = [column.name for column in table.schema if column.kind == "text"]
    found = []
    for group in np.unique(numbers):
        rows = numbers == group
        traits = [_of_number(name, matrix[:, place], ranks[:, place], rows) for place, name in enumerate(columns)] + [
            _of_text(table, name, rows) for name in texts
        ]
        told = sorted((trait for trait in traits if trait is not None), key=lambda trait: -abs(trait.far))
        found.append(Portrait(int(group), int(rows.sum()), told))
    return found


def _ranks(column: Array) -> Array:
    """Ranks as normal deviations would have them: -1.7 to 1.7, 0 where empty. They know no outliers and no units."""
    import numpy as np
    from scipy.stats import rankdata

    ranks = np.zeros(len(column))
    known = np.isfinite(column)
    if known.any():
        ranks[known] = (rankdata(column[known]) / known.sum() - 0.5) * 12**0.5
    return ranks


def _of_number(name: str, values: Array, ranks: Array, rows: Array) -> Trait | None:
    import numpy as np

    known = values[np.isfinite(values)]
    of_group = values[rows & np.isfinite(values)]
    if not len(of_group) or np.ptp(known) == 0:
        return None
    far = float(ranks[rows].mean())
    if abs(far) < TELLING:
        return None
    strong = abs(far) >= STRONG
    adverb, adverb_zh = ("very ", "很") if strong else ("", "较")
    level, level_zh = ("high", "高") if far > 0 else ("low", "低")
    words = Text(f"{adverb}{level} {name}", f"{name} {adverb_zh}{level_zh}")
    return Trait(name, far, words, float(np.median(of_group)), float(np.median(known)))


def _of_text(table: Table, name: str, rows: Array) -> Trait | None:
    import polars as pl

    column = table.polars()[name].cast(pl.String)
    if not 2 <= column.n_unique() <= MOST_WORDS or column.null_count() == len(column):
        return None
    of_group = column.filter(pl.Series(rows)).drop_nulls()
    if not len(of_group):
        return None
    word = of_group.value_counts(sort=True)[name][0]
    share = float((of_group == word).mean())
    everywhere = float((column.drop_nulls() == word).mean())
    if share < MOSTLY or share - everywhere < 0.2:
        return None
    percent = number(100 * share)
    words = Text(f"mostly {name} {word} ({percent}%)", f"多为 {name} {word}（{percent}%）")
    return Trait(name, (share - everywhere) * 2, words)
