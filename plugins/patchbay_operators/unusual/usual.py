"""What is usual for each column: its middle, at this hour or on this weekday, and how far values stray from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from patchbay_operators.series.steps import DAY, SECOND, Step
from patchbay_operators.unusual.levels import Levels
from patchbay_operators.unusual.rare_words import Shares, how_unusual, rareness, shares_of
from patchbay_operators.unusual.relations import Relations
from patchbay_operators.unusual.spread import spread_of
from patchbay_sdk import Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

FEW_IN_A_SLOT = 4
"""Rows that a slot of a cycle needs for its middle to mean something."""
CLEARER = 0.9
"""A cycle counts when what is left of rows it has not seen is at most this share of what is left without it."""
FARTHEST = 10.0
"""Deviations count as this at most: one wild value must not hide everything else."""


NO_RELATIONS = Relations([], [], [], [])


@dataclass(frozen=True)
class Usual:
    """Learned from rows. `cycle`: none, day, week or weekday; `slot`: minutes that count as one time of day.

    `middles`: per column, its middle in each slot of the cycle. `spreads`: per column. `empty`: how unusual it is, in
    spreads, that the column is empty. `logged`: columns that are looked at as logarithms. All of them: of the columns
    of numbers, which come first. `words`: of the others, the share of each value. `levels`: where each machine has a
    level of its own; middles and spreads are of what is left then. `relations`: columns of numbers that others tell.
    """

    columns: Sequence[str]
    time: str
    cycle: str
    slot: int
    middles: Sequence[Sequence[float]]
    spreads: Sequence[float]
    empty: Sequence[float]
    logged: Sequence[bool]
    words: Shares = field(default_factory=dict)
    levels: Levels | None = None
    relations: Relations = NO_RELATIONS

    @classmethod
    def learn(
        cls,
        table: Table,
        numbers: Sequence[str],
        words: Sequence[str],
        time: str,
        cycles: Sequence[str],
        slot: int,
        by: str = "",
    ) -> Usual:
        """With the cycle of `cycles` that explains most of rows that it has not seen, if one does. `by`: the column
        whose values have a level of their own."""
        import numpy as np

        matrix = feature_matrix(table, numbers)
        logged = [_is_skewed(column) for column in matrix.T]
        values = _logs(matrix, logged)
        levels = Levels.learn(table, by, values) if by else None
        values = levels.leave_out(table, values) if levels else values
        best, left_best = "none", CLEARER
        for cycle in cycles:
            slots = slots_of(table.polars()[time], cycle, slot)
            left = _left(values, slots, table.polars()[time], cycle)
            if left < left_best:
                best, left_best = cycle, left
        slots = slots_of(table.polars()[time], best, slot) if best != "none" else np.zeros(len(values), int)
        middles = _middles(values, slots, sizes_of(slot)[best])
        rest = values - middles[:, slots].T
        spreads = [spread_of(column, values[:, number]) for number, column in enumerate(rest.T)]
        gaps = np.isnan(values).mean(axis=0) if len(values) else np.zeros(len(numbers))
        empty = [how_unusual(float(share)) for share in gaps]
        shares = shares_of(table, words)
        columns = [*numbers, *shares]
        usual = cls(columns, time, best, slot, middles.tolist(), spreads, empty, logged, shares, levels)
        return replace(usual, relations=Relations.learn(usual._of_numbers(table)))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Usual:
        """What `as_json` gave."""
        levels = document.get("levels")
        relations = document.get("relations")
        parts = {
            "levels": Levels.from_json(levels) if levels else None,
            "relations": Relations.from_json(relations) if relations else NO_RELATIONS,
        }
        return cls(**{**document, **parts})

    @property
    def width(self) -> int:
        """Deviations of a row: one for each column, and one for each that others tell."""
        return len(self.named)

    @property
    def named(self) -> list[str]:
        """The column that each deviation is of."""
        numbers = self.numbers
        return [*self.columns, *(numbers[place] for place in self.relations.of)]

    @property
    def numbers(self) -> list[str]:
        """The columns of numbers."""
        return [name for name in self.columns if name not in self.words]

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    def values_of(self, table: Table) -> Array:
        """The numbers of each row: rows x columns, NaN where there is none, as in columns of words."""
        import numpy as np

        numbers = feature_matrix(table, self.numbers)
        return np.hstack([numbers, np.full((len(numbers), len(self.words)), np.nan)])

    def words_of(self, table: Table, row: int) -> dict[str, Any]:
        """What stands in the columns of words."""
        return {name: table.polars()[name][row] for name in self.words}

    def middle_of(self, table: Table) -> Array:
        """The usual value of each column in each row, in the column's own unit: rows x columns; NaN for words."""
        import numpy as np

        middles = self._in_units(table, np.zeros((table.num_rows, len(self.numbers))))
        return np.hstack([middles, np.full((len(middles), len(self.words)), np.nan)])

    def told_by_others(self, table: Table) -> Array:
        """What the other columns say that each of `relations` is, in its own unit: rows x relations."""
        far = self._of_numbers(table)
        told = far.copy()
        told[:, self.relations.of] -= self.relations.left(far)
        units: Array = self._in_units(table, told)[:, self.relations.of]
        return units

    def deviations(self, table: Table) -> Array:
        """How far each value is from its usual one, in spreads, signed, at most `FARTHEST`: rows x `width`. Of a word,
        how rare it is; then how far each of `relations` is from what the others tell."""
        import numpy as np

        far = self._of_numbers(table)
        broken = np.clip(self.relations.far(far), -FARTHEST, FARTHEST)
        return np.hstack([np.where(np.isnan(far), np.array(self.empty), far), rareness(table, self.words), broken])

    def _of_numbers(self, table: Table) -> Array:
        """Deviations of the numbers, NaN where empty."""
        import numpy as np

        values = _logs(feature_matrix(table, self.numbers), self.logged)
        values = np.where(np.isinf(values), np.sign(values) * 1e300, values)
        left = self.levels.leave_out(table, values) if self.levels else values
        far: Array = (left - np.array(self.middles)[:, self._slots(table)].T) / np.array(self.spreads)
        return far.clip(-FARTHEST, FARTHEST)

    def _in_units(self, table: Table, far: Array) -> Array:
        """Values that deviate so far, in the columns' own units."""
        import numpy as np

        values = np.array(self.middles)[:, self._slots(table)].T + far * np.array(self.spreads)
        values = self.levels.put_back(table, values) if self.levels else values
        logged = np.array(self.logged, bool)
        values[:, logged] = np.expm1(values[:, logged])
        return values

    def _slots(self, table: Table) -> Array:
        import numpy as np

        if self.cycle == "none":
            return np.zeros(table.num_rows, int)
        return slots_of(table.polars()[self.time], self.cycle, self.slot)


def sizes_of(slot: int) -> Mapping[str, int]:
    """Slots of each cycle."""
    of_day = 24 * 60 // slot
    return {"none": 1, "day": of_day, "week": 7 * of_day, "weekday": 7}


def cycles_of(times: pl.Series, step: Step) -> tuple[list[str], int]:
    """The cycles that times of a clock may have, and the minutes of a slot."""
    if step.kind != "time" or not times.dtype.is_temporal():
        return [], 60
    slot = 30 if step.size <= 1800 * SECOND else 60
    cycles = ["day", "week"] if step.size < DAY else ["weekday"]
    return [name for name in cycles if len(times) >= FEW_IN_A_SLOT * sizes_of(slot)[name]], slot


def slots_of(times: pl.Series, cycle: str, slot: int) -> Array:
    """The slot of each time in a cycle; a time that is missing counts as the first."""
    import polars as pl

    stamps = times.cast(pl.Datetime("us", getattr(times.dtype, "time_zone", None)))
    minute = (stamps.dt.hour().cast(pl.Int64) * 60 + stamps.dt.minute().cast(pl.Int64)) // slot
    weekday = stamps.dt.weekday().cast(pl.Int64) - 1
    found = {"day": minute, "weekday": weekday, "week": weekday * (24 * 60 // slot) + minute}[cycle]
    slots: Array = found.fill_null(0).to_numpy()
    return slots


def _left(values: Array, slots: Array, times: pl.Series, cycle: str) -> float:
    """What is left of rows of every other week, or day, once the cycle of the rest is taken away; 1: all of it."""
    import numpy as np
    import polars as pl

    stamps = times.cast(pl.Datetime("us", getattr(times.dtype, "time_zone", None))).cast(pl.Int64)
    block = DAY if cycle == "day" else 7 * DAY
    odd = (stamps.fill_null(0).to_numpy() // block) % 2 == 1
    size = int(slots.max()) + 1
    ratios = []
    for learned, judged in ((odd, ~odd), (~odd, odd)):
        if learned.sum() < FEW_IN_A_SLOT * size / 2 or not judged.any():
            return 1.0
        with_cycle = np.abs(values[judged] - _middles(values[learned], slots[learned], size)[:, slots[judged]].T)
        without = np.abs(values[judged] - _middles(values[learned], slots[learned] * 0, 1)[:, 0])
        for one, other in zip(with_cycle.T, without.T, strict=True):
            usual = np.nanmedian(other) if np.isfinite(other).any() else 0.0
            ratios.append(float(np.nanmedian(one) / usual) if usual > 0 else 1.0)
    return float(np.mean(ratios))


def _middles(values: Array, slots: Array, size: int) -> Array:
    """Medians of each column in each slot; where a slot has no value, that of the whole column: columns x slots."""
    import numpy as np
    import polars as pl

    names = [str(number) for number in range(values.shape[1])]
    frame = pl.DataFrame(values, schema=names, nan_to_null=True).with_columns(pl.Series("slot", slots))
    whole = [frame[name].median() for name in names]
    middles = np.repeat(np.array([0.0 if each is None else each for each in whole], float)[:, None], size, axis=1)
    for row in frame.group_by("slot").agg(pl.col(names).median()).rows():
        middles[:, row[0]] = [old if new is None else new for old, new in zip(middles[:, row[0]], row[1:], strict=True)]
    return middles


def _is_skewed(column: Array) -> bool:
    """Whether a column without negative values has a long tail, as times and counts have."""
    import numpy as np

    known = column[np.isfinite(column)]
    if len(known) < 10 or known.min() < 0:
        return False
    low, middle, high = np.quantile(known, [0.05, 0.5, 0.95])
    return bool(high - middle > 4 * (middle - low) and middle > low)


def _logs(matrix: Array, logged: Sequence[bool]) -> Array:
    import numpy as np

    values = matrix.copy()
    chosen = np.array(logged, bool)
    values[:, chosen] = np.sign(matrix[:, chosen]) * np.log1p(np.abs(matrix[:, chosen]))
    return values
