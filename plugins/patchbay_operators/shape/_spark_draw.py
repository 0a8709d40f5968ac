"""Rows drawn at random on Spark: by a hash of number and seed, so that the same table gives the same draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.spark import ROW, sf, window
from patchbay_sdk.spark import column

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

BUCKETS = 4096
FEW = 100_000
"""Values that are brought here to find one of them."""


def ticket(seed: int) -> Column:
    """A random number for each row."""
    return sf().xxhash64(column(ROW), sf().lit(seed))


def drawn(frame: DataFrame, n: int, rows: int, stratify: str | None, seed: int) -> DataFrame:
    """`n` of the `rows` rows. Stratified: each value's rows are spread evenly over (0, 1); the n lowest are taken."""
    if n >= rows:
        return frame
    if stratify is None:
        return frame.filter(ticket(seed) <= nth(frame, ticket(seed), n - 1)) if n else frame.limit(0)
    of_value = window([column(stratify)])
    number = sf().row_number().over(of_value.orderBy(ticket(seed)))
    place = (number - 0.5) / sf().count(sf().lit(1)).over(of_value)
    return frame.withColumn("\0place", place).orderBy(column("\0place"), ticket(seed)).limit(n).drop("\0place")


def nth(frame: DataFrame, value: Column, n: int) -> Any:
    """The value of rank `n` (from 0) among whole numbers without gaps, exactly and without sorting them all.

    They are counted in equal intervals; the interval with that rank is looked at in the same way, until it is short.
    """
    values = frame.select(value.alias("v"))
    while True:
        low, high, rows = values.agg(sf().min("v"), sf().max("v"), sf().count("v")).head()  # type: ignore[misc]
        if low == high:
            return low
        if rows <= FEW:
            found: list[Any] = values.toArrow()["v"].to_pylist()
            return sorted(found)[n]
        width = float(high) - float(low)
        place = sf().floor((sf().col("v").cast("double") - float(low)) / width * BUCKETS)
        counts: dict[int, int] = dict(values.groupBy(place.alias("b")).count().collect())
        bucket = min(counts)
        for bucket in sorted(counts):
            if n < counts[bucket]:
                break
            n -= counts[bucket]
        values = values.filter(place == bucket)
