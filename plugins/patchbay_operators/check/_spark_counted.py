"""What the quality gate counts in a table, on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING, Any

from patchbay_operators.check._counted import NORMAL_MAD
from patchbay_operators.spark import columns, nan_as_null, sf, value_counts
from patchbay_sdk import Table
from patchbay_sdk.spark import column, typed

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column


class SparkCounted:
    """See `Counts`. `names`: of these columns; none: of all."""

    def __init__(self, session: Any, table: Table, names: Sequence[str] = ()) -> None:
        known = table.empty().schema
        self._session = session
        self._table = table
        self._frame = nan_as_null(table.spark(session), table)
        self.schema: Mapping[str, pl.DataType] = {name: known[name] for name in names or known}
        self.rows = table.num_rows

    def gaps(self) -> Mapping[str, int]:
        """See `Counts`."""
        return {name: self.rows - known for name, (known, _, _) in self._overview.items()}

    def constant(self) -> Mapping[str, Sequence[Any]]:
        """See `Counts`."""
        found = {name: (low, high) for name, (known, low, high) in self._overview.items() if known}
        only = {name: [low] for name, (low, high) in found.items() if low == high}
        return {name: only.get(name, []) for name in self.schema if name in only or name not in found}

    @cached_property
    def _overview(self) -> dict[str, tuple[int, Any, Any]]:
        """Column -> rows with a value, the smallest and the largest value."""
        wanted = []
        for number, name in enumerate(self.schema):
            value, kind = column(name), self._table.arrow_schema.field(name).type
            wanted.append(sf().count(value).alias(f"{number} known"))
            wanted += [typed(f(value), f"{number} {f.__name__}", kind) for f in (sf().min, sf().max)]
        row = Table(self._frame.agg(*wanted)).polars().row(0)
        return {name: (row[3 * n], row[3 * n + 1], row[3 * n + 2]) for n, name in enumerate(self.schema)}

    def extreme_shares(self, method: str, distance: float) -> Mapping[str, float]:
        """See `Counts`."""
        numbers = [name for name, dtype in self.schema.items() if dtype.is_numeric()]
        finite = {name: _finite(name) for name in numbers}
        if method == "mad":
            low = high = self._percentiles(finite, 0.5)
            away = {name: sf().abs(value - _number(low[name])) for name, value in finite.items()}
            spread = {name: found and NORMAL_MAD * found for name, found in self._percentiles(away, 0.5).items()}
        else:
            low, high = (self._percentiles(finite, level) for level in (0.25, 0.75))
            spread = {name: low[name] is not None and high[name] - low[name] for name in numbers}
        wanted = []
        for name, value in finite.items():
            outside = sf().lit(False)
            if spread[name] and spread[name] > 0:
                most = distance * spread[name]
                outside = (value < low[name] - most) | (value > high[name] + most)
            infinite = column(name).isNotNull() & value.isNull()
            wanted.append(sf().count(sf().when(infinite | outside, 1)))
        row = self._values(wanted)
        known = {name: self._overview[name][0] for name in numbers}
        return {name: outside / known[name] if known[name] else 0.0 for name, outside in zip(numbers, row, strict=True)}

    def _percentiles(self, values: Mapping[str, Column], level: float) -> dict[str, Any]:
        wanted = [sf().percentile(value, sf().lit(level)) for value in values.values()]
        return dict(zip(values, self._values(wanted), strict=True))

    def _values(self, wanted: Sequence[Column]) -> Sequence[Any]:
        """The values of aggregations over all rows."""
        found: Any = self._frame.agg(*wanted).head() if wanted else ()
        return found

    def repeated(self, names: Sequence[str]) -> int:
        """See `Counts`."""
        return self.rows - int(self._frame.select(*columns(names or self._table.columns)).distinct().count())

    def values(self, name: str) -> pl.DataFrame:
        """See `Counts`."""
        return value_counts(self._session, self._table, name).drop_nulls("value")

    def more_than(self, name: str, count: int) -> bool:
        """See `Counts`."""
        return self._frame.select(column(name)).distinct().limit(count + 1).count() > count

    def quantiles(self, name: str, levels: Sequence[float]) -> Sequence[float]:
        """See `Counts`."""
        found: list[float] = self._values([sf().percentile(_finite(name), sf().array(*map(sf().lit, levels)))])[0]
        return found

    def binned(self, name: str, limits: Sequence[float]) -> Sequence[int]:
        """See `Counts`."""
        value = column(name).cast("double")
        place = reduce(add, ((value > limit).cast("int") for limit in limits))
        counted = self._frame.filter(value.isNotNull()).groupBy(place.alias("place")).count()
        rows = {row[0]: row[1] for row in counted.collect()}
        return [rows.get(number, 0) for number in range(len(limits) + 1)]


def _finite(name: str) -> Column:
    value = column(name).cast("double")
    return sf().when(sf().abs(value) < float("inf"), value)


def _number(value: float | None) -> Column:
    return sf().lit(value).cast("double")
