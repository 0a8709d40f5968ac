"""Rows as lines: one per series, a cell per step of time, no gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.series.steps import Step
from patchbay_sdk import DataError, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

SPARSE = 20
"""More cells than so many times the rows: the times are too uneven for cells."""


@dataclass(frozen=True)
class Line:
    """A series. `values`: cells x columns, the target first; what is missing is the value before, never a later one.

    `first`: the place of its first cell. `seen`: cells whose target a row has. `rows`: positions of its rows in the
    table, `cells`: the cell of each.
    """

    name: Any
    first: int
    values: Array
    seen: Array
    rows: Array
    cells: Array

    @property
    def target(self) -> Array:
        """The column to forecast."""
        target: Array = self.values[:, 0]
        return target

    @property
    def last(self) -> int:
        """The last cell with a known value; there must be one."""
        return int(self.seen.nonzero()[0][-1])


@dataclass(frozen=True)
class Lines:
    """All series of a table, by name. `duplicates`, `missing`: rows of an equal time, and cells without a row."""

    lines: Sequence[Line]
    duplicates: int
    missing: int


def read_lines(table: Table, step: Step, time: str, group: str, columns: Sequence[str]) -> Lines:
    """The rows as lines; rows of one time in one series count with their mean, rows without a time not at all.

    Raises:
        DataError: columns are missing or no numbers, or the times are too uneven.
    """
    import numpy as np
    import polars as pl

    table.require(time, *filter(None, [group]), *columns)
    frame = table.polars()
    wrong = [name for name in columns if not (frame.schema[name].is_numeric() or frame.schema[name] == pl.Boolean)]
    if wrong:
        raise DataError(
            Text(
                f"{', '.join(map(repr, wrong[:5]))} must be a number to be forecast or to help a forecast.",
                f"“{'”、“'.join(wrong[:5])}”必须是数值，才能预测或帮助预测。请先转换为数值，或不使用。",
            ).as_json()
        )
    numbers = [pl.col(name).cast(pl.Float64).fill_nan(None).alias(str(k)) for k, name in enumerate(columns)]
    names = pl.col(group) if group else pl.lit(0)
    read = frame.select(
        names.alias("series"),
        pl.Series("place", step.places(frame[time])),
        pl.int_range(pl.len()).alias("row"),
        *(pl.when(number.is_finite()).then(number).alias(str(k)) for k, number in enumerate(numbers)),
    ).filter(pl.col("place") > np.iinfo(np.int64).min)
    lines, duplicates, missing = [], 0, 0
    for part in read.sort("place", "row").partition_by("series", maintain_order=True):
        line, doubled = _line(part, len(columns))
        duplicates += doubled
        missing += len(line.values) - (part.height - doubled)
        lines.append(line)
    return Lines(sorted(lines, key=lambda line: str(line.name)), duplicates, missing)


def _line(part: pl.DataFrame, columns: int) -> tuple[Line, int]:
    import numpy as np
    import polars as pl

    names = [str(k) for k in range(columns)]
    by_cell = part.group_by("place", maintain_order=True).agg(pl.col(names).mean())
    places = by_cell["place"].to_numpy()
    first, last = int(places[0]), int(places[-1])
    if last - first >= SPARSE * part.height + 1000:
        gaps = last - first + 1 - part.height
        raise DataError(
            Text(
                f"The times are too uneven: {part.height} rows would leave {gaps} gaps. Bring them to even steps first "
                "(step “Group by” over a rounded time), or choose the column of times anew.",
                f"时间间隔太不均匀：{part.height} 行之间会有 {gaps} 个空缺。请先整理成固定间隔，或另选时间列。",
            ).as_json()
        )
    values = np.full((last - first + 1, columns), np.nan)
    values[places - first] = by_cell.select(names).to_numpy()
    seen = np.isfinite(values[:, 0])
    kept = pl.DataFrame(values, schema=names, nan_to_null=True).select(pl.all().forward_fill()).fill_null(0.0)
    filled = kept.to_numpy().astype(np.float64)
    begin = int(seen.argmax()) if seen.any() else 0
    filled[:begin, 0] = filled[begin, 0]  # before its first value a series is taken to have stood still
    cells = part["place"].to_numpy() - first
    line = Line(part["series"][0], first, filled, seen, part["row"].to_numpy(), cells)
    return line, part.height - by_cell.height


def notes_of(lines: Lines, step: Step, time: str) -> list[Text]:
    """What was done about times that are missing, doubled or uneven, in words."""
    notes = []
    if not step.even:
        notes.append(
            Text(
                f"The times in “{time}” are not evenly spaced; rows were put onto even steps of the usual length.",
                f"“{time}”列的时间间隔不均匀，已按通常的间隔归整。",
            )
        )
    if lines.duplicates:
        notes.append(
            Text(
                f"Rows with the same time as another row of their series: {lines.duplicates:,}. Their mean was taken.",
                f"有 {lines.duplicates:,} 行与同一序列的另一行时间相同，已取平均值。",
            )
        )
    if lines.missing:
        notes.append(
            Text(
                f"Times without a row: {lines.missing:,}. The value before was taken for them, and they were not "
                "counted when the forecasts were judged.",
                f"有 {lines.missing:,} 个时间点缺少数据，已沿用前一个值；评判预测时不计入这些时间点。",
            )
        )
    return notes
