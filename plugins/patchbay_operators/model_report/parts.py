"""Columns such as line, tool or step by which a result is compared, and the rows of each of their values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.evaluate.breakdown import FEW_VALUES, groups_of
from patchbay_operators.model_report.figures import differ, larger
from patchbay_operators.model_report.judged import is_free_text
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

BINS, GUESSED, SHOWN = 5, 3, 30
"""Ranges of numbers, columns chosen by itself, parts shown."""
USUAL = ("line", "tool", "step", "equip", "chamber", "machine", "recipe", "product", "site", "lot", "shift", "operator",
         "产线", "机台", "设备", "工序", "腔", "配方", "产品", "批次", "班")  # fmt: skip
"""Parts of names of columns that people break results down by."""
FEWEST = 10
"""The fewest rows of a part that may be called worse."""
CHANCE = 0.05
"""Divided by the number of parts and measures: among many, one is always the worst."""


@dataclass(frozen=True)
class Part:
    """The rows in which a column has a value, or lies in a range. `where`: which rows, of all, are in it."""

    name: str
    where: Array


@dataclass(frozen=True)
class Measure:
    """Something that can be averaged over rows.

    `values`: per row, the larger the worse. `counts`: rows that it is about. `share`: 0 and 1, told in per cent.
    `good`: the share is told the other way round, as what went well.
    """

    name: Text
    values: Array
    counts: Array
    share: bool
    good: bool = False

    def of(self, where: Array) -> float | None:
        """The mean of a part, shares in per cent with one digit; None where it has no such rows."""
        inside = self.values[where & self.counts]
        if not len(inside):
            return None
        mean = float(inside.mean())
        return round(100 * (1 - mean if self.good else mean), 1) if self.share else mean


@dataclass(frozen=True)
class Worst:
    """The part with the clearest difference: its values, those of all other rows, and how likely that is by chance."""

    name: str
    inside: Array
    outside: Array
    chance: float


def guess_columns(frame: pl.DataFrame, taken: Collection[str]) -> list[str]:
    """Columns with few different values but for those `taken`, those with names such as line or tool first."""
    found = []
    for name in frame.columns:
        values = frame[name]
        if name in taken or not 2 <= values.n_unique() <= FEW_VALUES:
            continue
        usual = any(word in name.lower() for word in USUAL)
        if usual or not (values.dtype.is_numeric() or is_free_text(values)):
            found.append((not usual, name))
    return [name for _, name in sorted(found, key=lambda each: each[0])][:GUESSED]


def parts_of(values: pl.Series) -> list[Part]:
    """The parts of a column that have rows, in order: numbers and times from low to high, others by size."""
    names, order = groups_of(values, BINS)
    found = [Part(_shown(values, name), (names == name).to_numpy()) for name in order]
    return [part for part in found if part.where.any()]


def show(section: Section, column: str, title: Text, parts: Sequence[Part], measures: Sequence[Measure]) -> None:
    """The measures of each part as bars and as a table."""
    names = [part.name for part in parts[:SHOWN]]
    bars = [Series(each.name, names, [each.of(part.where) for part in parts[:SHOWN]]) for each in measures]
    unit = Text("%", "%") if len(measures) > 1 else measures[0].name
    section.charts.append(ReportChart("bar", title, bars, Text(column, column), unit))
    columns = [Text(column, column), Text("Rows", "行数"), *(each.name for each in measures)]
    rows = [[part.name, int(part.where.sum()), *(each.of(part.where) for each in measures)] for part in parts]
    section.tables.append(ReportTable(title, columns, rows[:SHOWN]))


def worst_of(parts: Sequence[Part], measure: Measure, measures: int = 1) -> Worst | None:
    """The part that is worse than all other rows; None where that may be chance. `measures`: that are looked at."""
    found = []
    for part in parts:
        inside, outside = (
            measure.values[part.where & measure.counts],
            measure.values[~part.where & measure.counts],
        )
        if len(inside) >= FEWEST and len(outside) and inside.mean() > outside.mean():
            found.append(Worst(part.name, inside, outside, _chance(measure, inside, outside)))
    worst = min(found, key=lambda each: each.chance, default=None)
    return worst if worst is not None and worst.chance <= CHANCE / (len(parts) * measures) else None


def _chance(measure: Measure, inside: Array, outside: Array) -> float:
    if not measure.share:
        return larger(inside, outside)
    return differ([int(inside.sum()), int(outside.sum())], [len(inside), len(outside)])


def _shown(values: pl.Series, name: str) -> str:
    """A part as it is in the data; ranges without words of one language."""
    if name == "(missing)":
        return "—"
    ranges = (values.dtype.is_numeric() or values.dtype.is_temporal()) and values.n_unique() > FEW_VALUES
    return name.replace(" to ", " … ") if ranges else name
