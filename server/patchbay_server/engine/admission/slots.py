"""Amounts of what a pool has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Slots(NamedTuple):
    """CPUs and GPUs in thousandths, memory in bytes."""

    cpu_milli: int
    gpu_milli: int
    memory: int

    def __sub__(self, other: Slots) -> Slots:
        return Slots(self[0] - other[0], self[1] - other[1], self[2] - other[2])

    def plus(self, other: Slots) -> Slots:
        """The sum. (``+`` joins tuples.)"""
        return Slots(self[0] + other[0], self[1] + other[1], self[2] + other[2])

    def times(self, count: int) -> Slots:
        """As much for each of `count` members."""
        return Slots(self[0] * count, self[1] * count, self[2] * count)

    def fits(self, room: Slots) -> bool:
        """Whether each part fits; what is not needed always does, even where less than nothing is left."""
        # written out: this is asked some million times in a simulation
        return (
            (self[0] <= room[0] or self[0] == 0)
            and (self[1] <= room[1] or self[1] == 0)
            and (self[2] <= room[2] or self[2] == 0)
        )

    def at_least_zero(self) -> Slots:
        return Slots(max(0, self[0]), max(0, self[1]), max(0, self[2]))

    def text(self) -> str:
        """``2 CPU, 1 GPU, 1.5 GiB``, without what is zero."""
        parts = [f"{count / 1000:g} {name}" for count, name in ((self[0], "CPU"), (self[1], "GPU")) if count]
        parts += [f"{self[2] / (1 << 30):.3g} GiB"] if self[2] else []
        return ", ".join(parts) or "nothing"


NOTHING = Slots(0, 0, 0)


def total(amounts: Iterable[Slots]) -> Slots:
    """The sum of all."""
    columns = list(zip(*amounts, strict=True))
    return Slots(*map(sum, columns)) if columns else NOTHING
