"""Training and test rows on Spark."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.shape._spark_draw import nth, ticket
from patchbay_operators.spark import ROW, known, sf, window
from patchbay_sdk import DataError, Table
from patchbay_sdk.spark import column

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column, DataFrame

KEY, MARKED, TEST = "\0key", "\0marked", "\0test"
"""Columns for the group of a row, for a group that is marked, and for its mark."""


class Parts:
    """A table that is being divided: first one of the ``by_...`` methods, then `frames`."""

    def __init__(self, session: Any, table: Table, seed: int) -> None:
        self._session = session
        self._table = table
        self._seed = seed
        self._frame = table.spark(session, ROW)
        self._is_test: Column = sf().lit(False)
        self.test_rows = 0

    def frames(self) -> tuple[DataFrame, DataFrame]:
        """Training and test rows."""
        names = [column(name) for name in self._table.columns]
        return self._frame.filter(~self._is_test).select(*names), self._frame.filter(self._is_test).select(*names)

    def by_share(self, test_rows: int, *, in_order: bool) -> None:
        """The last rows, or as many at random."""
        self.test_rows = test_rows
        if in_order:
            self._is_test = column(ROW) >= self._table.num_rows - test_rows
        else:
            self._is_test = ticket(self._seed) <= nth(self._frame, ticket(self._seed), test_rows - 1)

    def times(self, name: str) -> tuple[int, pl.Series]:
        """How many rows have no time, and an empty column of its type."""
        missing = self._frame.agg(sf().count(sf().when(self._time(name).isNull(), 1))).head()
        assert missing is not None
        return int(missing[0]), self._table.empty()[name]

    def time_of_last_share(self, name: str, share: float) -> Any:
        """The time from which on the last `share` of the rows lies."""
        rows = self._table.num_rows
        rank = rows - math.ceil(share * rows)
        return self._point(name, nth(self._frame, self._time(name), min(rank, rows - 1)))

    def by_time(self, name: str, point: Any) -> None:
        """Rows from a point in time on are test rows."""
        import polars as pl

        dtype = self._table.empty().schema[name]
        number = pl.lit(point) if dtype.is_numeric() else pl.lit(point).cast(_in_microseconds(dtype)).to_physical()
        self._is_test = self._time(name) >= pl.select(number).item()
        self._count()

    def extent(self, name: str) -> tuple[Any, Any]:
        """The first and the last time."""
        row = self._frame.agg(sf().min(self._time(name)), sf().max(self._time(name))).head()
        assert row is not None
        return self._point(name, row[0]), self._point(name, row[1])

    def _time(self, name: str) -> Column:
        """A time as a number: days, microseconds, or the number that it is."""
        import polars as pl

        dtype, value = self._table.empty().schema[name], column(name)
        if dtype == pl.Date:
            return sf().unix_date(value)
        if isinstance(dtype, pl.Datetime):
            return sf().unix_micros(value.cast("timestamp"))
        return known(value, "float" if dtype.is_float() else "int")

    def _point(self, name: str, number: Any) -> Any:
        import polars as pl

        dtype = self._table.empty().schema[name]
        return number if dtype.is_numeric() else pl.select(pl.lit(number).cast(_in_microseconds(dtype))).item()

    def groups(self, name: str) -> pl.DataFrame:
        """The different values of a column in their order, a missing one last: `key`, and how many `rows` have it.

        Raises:
            DataError: they cannot be told apart.
        """
        import polars as pl

        found = self._table.schema.get(name)
        if found is None or found.type in ("list", "other"):
            raise not_divisible(name)
        self._frame = self._frame.withColumn(KEY, known(column(name), found.type))
        counted = self._frame.groupBy(column(KEY).alias("key")).agg(sf().count(sf().lit(1)).alias("rows"))
        frame = Table(counted).polars()
        order = pl.col("key").cast(pl.String) if frame.schema["key"] == pl.Categorical else pl.col("key")
        return frame.sort(order, nulls_last=True)

    def by_groups(self, groups: pl.DataFrame) -> None:
        """All rows of these groups are test rows."""
        self._mark(groups, 1)
        self._is_test = column(TEST).isNotNull()
        self._count()

    def stratified(self, groups: pl.DataFrame, test_rows: int) -> None:
        """Of each group its share of the test rows, at random; what is left over goes to the largest remainders."""
        import polars as pl

        rows = groups["rows"]
        exact = rows.cast(pl.Float64) * test_rows / rows.sum()
        wanted = exact.floor().cast(pl.Int64)
        most = (exact - wanted).arg_sort(descending=True).head(test_rows - int(wanted.sum()))
        for position in most:
            wanted[int(position)] += 1
        self._mark(groups, wanted)
        number = sf().row_number().over(window([column(KEY)]).orderBy(ticket(self._seed)))
        self._frame = self._frame.withColumn(TEST, number <= column(TEST))
        self._is_test = column(TEST)
        self.test_rows = test_rows

    def _mark(self, groups: pl.DataFrame, mark: Any) -> None:
        import polars as pl

        marks = Table(groups.select("key", pl.lit(mark).cast(pl.Int64).alias("mark"))).spark(self._session)
        marks = marks.select(column("key").alias(MARKED), column("mark").alias(TEST))
        self._frame = self._frame.join(sf().broadcast(marks), column(KEY).eqNullSafe(column(MARKED)), "left")

    def _count(self) -> None:
        found = self._frame.agg(sf().count(sf().when(self._is_test, 1))).head()
        assert found is not None
        self.test_rows = int(found[0])


def not_divisible(name: str) -> DataError:
    """The error for a column that rows cannot be divided by."""
    return DataError(
        Text(
            f"{name!r} holds no values that rows could be divided by; choose another column.",
            f"“{name}”中没有可用来划分行的值；请换一列。",
        ).as_json()
    )


def _in_microseconds(dtype: pl.DataType) -> pl.DataType:
    import polars as pl

    return pl.Datetime("us", dtype.time_zone) if isinstance(dtype, pl.Datetime) else dtype
