"""Parts of a date as features."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import Column, Context, Learner, ParamError, Schema, Table

if TYPE_CHECKING:
    import polars as pl

TIME_OF_DAY = {"hour": "小时", "minute": "分钟"}
"""Parts that a date without a time lacks, and what they are called in Chinese."""
CYCLES: Mapping[str, tuple[int, int]] = {"month": (1, 12), "weekday": (1, 7), "hour": (0, 24), "minute": (0, 60)}
"""Part -> first value and length of its cycle."""


class DateParts(Learner):
    """Adds ``<column>_<part>``; cyclic parts also as sine and cosine, so that December lies next to January.

    Weekdays count from Monday = 1. Parts are those of the column's own time zone.
    """

    def fit(
        self,
        context: Context,
        table: Table,
        column: str,
        parts: Sequence[str],
        cyclic: bool,
        drop_original: bool,
        reference: str = "",
    ) -> dict[str, Any]:
        """What to take apart and how."""
        table.require(column)
        found = table.schema.get(column)
        if found is not None and found.type == "date" and (wrong := [part for part in parts if part in TIME_OF_DAY]):
            no_time = Text(
                f"parts: column {column!r} holds dates without a time, so it has no {wrong[0]}.",
                f"列“{column}”只有日期、没有时间，因此取不出{TIME_OF_DAY[wrong[0]]}。",
            )
            raise ParamError(no_time.as_json())
        state = {"columns": [column], "parts": list(parts), "cyclic": cyclic, "drop_original": drop_original}
        if "elapsed" in parts:
            _point(reference)
            state["reference"] = reference
        return state

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the parts as columns."""
        import polars as pl

        [column] = state["columns"]
        frame, added = table.polars(), []
        for part in state["parts"]:
            value = _part(pl.col(column), part, frame.schema[column], state.get("reference", ""))
            added.append(value.alias(f"{column}_{part}"))
            if state["cyclic"] and part in CYCLES:
                first, length = CYCLES[part]
                angle = (value.cast(pl.Float64) - first) * (math.tau / length)
                added += [angle.sin().alias(f"{column}_{part}_sin"), angle.cos().alias(f"{column}_{part}_cos")]
        frame = frame.with_columns(added)
        return table.replace(frame.drop(column) if state["drop_original"] else frame)

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        column: str,
        parts: Sequence[str],
        cyclic: bool,
        drop_original: bool,
        reference: str = "",
    ) -> Mapping[str, Schema | None]:
        """The columns, and one (or three) per part."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        columns = {c.name: c for c in table if c.name != column or not drop_original}
        for part in parts:
            type = {"is_weekend": "bool", "elapsed": "float"}.get(part, "int")
            cycle = ("_sin", "_cos") if cyclic and part in CYCLES else ()
            columns[f"{column}_{part}"] = Column(f"{column}_{part}", type)
            columns.update({(name := f"{column}_{part}{end}"): Column(name, "float") for end in cycle})
        return {"table": Schema.of(columns.values(), open=table.open)}


def _part(value: pl.Expr, part: str, dtype: Any, reference: str) -> pl.Expr:
    import polars as pl

    if part == "is_weekend":
        return value.dt.weekday() >= 6
    if part == "elapsed":
        moment = value.cast(pl.Datetime("us", getattr(dtype, "time_zone", None)))
        zone = getattr(dtype, "time_zone", None)
        start = pl.lit(_point(reference)).dt.cast_time_unit("us")
        start = start.dt.replace_time_zone(zone) if zone else start
        return (moment - start).dt.total_microseconds() / 1e6
    parts: Mapping[str, Callable[[], pl.Expr]] = {
        "year": value.dt.year,
        "quarter": value.dt.quarter,
        "month": value.dt.month,
        "week": value.dt.week,
        "day": value.dt.day,
        "day_of_year": value.dt.ordinal_day,
        "weekday": value.dt.weekday,
        "hour": value.dt.hour,
        "minute": value.dt.minute,
    }
    return parts[part]().cast(pl.Int64)


def _point(reference: str) -> datetime:
    try:
        return datetime.fromisoformat(reference).replace(tzinfo=None)
    except ValueError as error:
        raise ParamError(
            Text(
                f"reference: {reference!r} is not a date; write it as 2024-05-31 or 2024-05-31T08:00:00.",
                f"参考时间“{reference}”不是日期；请写成 2024-05-31 或 2024-05-31T08:00:00。",
            ).as_json()
        ) from error
