"""The profile of a table on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from patchbay_operators.check._profile import DATE, MISSING_NUMBERS, MISSING_WORDS, QUANTILES, Facts, Texts
from patchbay_operators.spark import ROW, known, nan_as_null, sf
from patchbay_sdk import Table
from patchbay_sdk.expressions import parse
from patchbay_sdk.spark import column, typed

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column, DataFrame


class Look:
    """A look at some columns of a table: `rows`, and facts that tables of any size have."""

    def __init__(self, session: Any, table: Table, names: Sequence[str]) -> None:
        self._session = session
        self._table = table
        self._schema = table.empty().schema
        self.rows = table.num_rows
        self._places = {name: number for number, name in enumerate(names)}
        frame = nan_as_null(table.spark(session), table, names)
        wanted = [value for name, number in self._places.items() for value in self._figures(name, number)]
        self._found = Table(frame.agg(*wanted)).polars().row(0, named=True) if wanted else {}

    def facts(self, name: str, top: int) -> Facts:
        """The facts of a column, see `Facts`."""
        import polars as pl

        number, dtype = self._places[name], self._schema[name]
        found = {key.partition(" ")[2]: value for key, value in self._found.items() if key.startswith(f"{number} ")}
        present = found.pop("known")
        if "levels" in found:
            found |= dict(zip(QUANTILES, found.pop("levels") or [None] * len(QUANTILES), strict=True))
        else:
            found = {key: str(value) for key, value in found.items() if value is not None}
        counts = self._counts(name)
        wanted = {"distinct": sf().count(sf().lit(1)), **_numbers(dtype), **(_texts() if dtype == pl.String else {})}
        row = counts.agg(*(value.alias(key) for key, value in wanted.items())).head()
        assert row is not None
        told = row.asDict()
        return Facts(
            self.rows,
            present,
            told["distinct"],
            _most(counts, top),
            found,
            told.get("infinite") or 0,
            [code for code in MISSING_NUMBERS if told.get(str(code))],
            _texts_of(counts, told) if dtype == pl.String else None,
        )

    def _figures(self, name: str, number: int) -> list[Column]:
        import polars as pl

        dtype, value = self._schema[name], column(name)
        found = {"known": sf().count(value)}
        if dtype.is_numeric() or dtype == pl.Boolean:
            real = value.cast("double")
            finite = sf().when(sf().abs(real) < float("inf"), real)
            found |= {"min": sf().min(finite), "max": sf().max(finite), "mean": sf().avg(finite)}
            found |= {"std": sf().stddev_samp(finite)}
            found |= {"levels": sf().percentile(finite, sf().array(*map(sf().lit, QUANTILES.values())))}
        elif not (dtype.is_nested() or dtype in (pl.Binary, pl.Null)):
            found |= {"first": sf().min(value), "last": sf().max(value)}
        kind = self._table.arrow_schema.field(name).type
        temporal = dtype.is_temporal()
        return [
            typed(value, f"{number} {key}", kind) if temporal and key != "known" else value.alias(f"{number} {key}")
            for key, value in found.items()
        ]

    def _counts(self, name: str) -> DataFrame:
        """The different values of a column: `value`, `rows`, and the number of the `first` row."""
        found = next(column.type for column in self._table.schema if column.name == name)
        frame = self._table.spark(self._session, ROW)
        grouped = frame.groupBy(known(column(name), found).alias("value"))
        counts = grouped.agg(sf().count(sf().lit(1)).alias("rows"), sf().min(column(ROW)).alias("first"))
        return counts.filter(column("value").isNotNull())


def _most(counts: DataFrame, top: int) -> list[tuple[Any, int]]:
    most = counts.orderBy(column("rows").desc(), column("first")).limit(top).select("value", "rows")
    return list(Table(most).polars().iter_rows()) if top else []


def _numbers(dtype: pl.DataType) -> dict[str, Column]:
    value, found = column("value"), {}
    if dtype.is_float():
        found["infinite"] = sf().sum(sf().when(sf().abs(value) == float("inf"), column("rows")))
    if dtype.is_numeric():
        found |= {str(code): sf().bool_or(value == code) for code in MISSING_NUMBERS}
    return found


def _texts() -> dict[str, Column]:
    rest = ~_is_word()
    number, date = _told("TRY_CAST(trim(value) AS DOUBLE) IS NOT NULL"), _told(f"regexp_matches(value, '{DATE}')")
    return {
        "numbers": sf().bool_and(sf().when(rest, number)),
        "dates": sf().bool_and(sf().when(rest, date)),
        "folded": sf().count_distinct(_told("lower(trim(value))")),
        "spaced": sf().bool_or(_told("value <> trim(value)")),
    }


def _texts_of(counts: DataFrame, told: Mapping[str, Any]) -> Texts:
    words = [word for word, _ in _most(counts.filter(_is_word()), 3)]
    return Texts(words, bool(told["numbers"]), bool(told["dates"]), told["folded"], bool(told["spaced"]))


def _is_word() -> Column:
    folded = _told("lower(trim(value))")
    return reduce(lambda one, two: one | two, (folded == word for word in MISSING_WORDS))


def _told(expression: str) -> Column:
    """An expression over the column `value`, in the meaning that it has on every engine."""
    import polars as pl

    empty = pl.DataFrame(schema={"value": pl.String})
    return parse(expression).spark(empty)[0]
