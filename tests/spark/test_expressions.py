"""The one expression language means on Spark what it means locally."""

from __future__ import annotations

import polars as pl
import pytest
from pyspark.sql import SparkSession

from patchbay_sdk import ExpressionError, Table
from patchbay_sdk.expression_polars import BUILDERS as POLARS
from patchbay_sdk.expression_spark import BUILDERS as SPARK
from patchbay_sdk.expressions import parse
from patchbay_sdk.spark_frames import typed
from tests.spark.tables import TRICKY, assert_same

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark")]

EQUAL = [
    "i + 1", "i - j", "i * j", "small * 2", "x + y", "x * y", "i * x", "-x", "-i", "f + 1", "n - n", "d - d", "n + p",
    "i / j", "x / y", "i / y", "1 / x", "i // j", "x // y", "-7 // 2", "i % j", "x % y", "i % 4", "7 % j", "x % 2",
    "power(i, 3)", "power(x, 2)", "power(x, y)", "power(i, 0.5)", "power(x, 0)", "abs(x)", "abs(i)", "sign(x)",
    "ceil(x)", "floor(x)", "ceil(i)", "sqrt(x)", "exp(y)", "ln(x)", "log10(x)", "log2(i)", "round(x)", "round(y, 2)",
    "round(y * 10.05, 1)", "sign(i)", "isnan(x)", "isnan(i)", "x > y", "x >= 0", "x = y", "x != 2.5", "i = j", "i <> 5",
    "i < x", "i <= 2", "s > t", "s = 'ab'", "c = 'a'", "c < s", "d >= DATE '2023-01-05'",
    "n < TIMESTAMP '2024-03-31 02:30:00'", "d < n", "ok AND b", "ok OR b", "NOT ok", "ok = b", "ok AND i > 1",
    "i IS NULL", "x IS NOT NULL", "ok IS TRUE", "i IN (1, 5)", "s IN ('ab', 'b')", "i NOT IN (1, 2)", "x IN (0, 9)",
    "i BETWEEN 1 AND 5", "x BETWEEN 0 AND y", "s LIKE 'a%'", "s LIKE '_b'", "s LIKE '%y_'", "s ILIKE 'AB'",
    "s LIKE 'a\\%b'", "s LIKE 'a.b'", "regexp_matches(s, '^a')", "regexp_matches(s, 'y$')",
    "regexp_matches(s, '^\\d+(\\.\\d+)?$')", "regexp_matches(s, '^\\w+$')", "regexp_matches(s, '(?i)[A-C]{1,2}')",
    "regexp_matches(s, '.y')", "CASE WHEN i > 1 THEN 'many' WHEN i = 1 THEN 'one' END",
    "CASE WHEN ok THEN i ELSE x END", "CASE i WHEN 1 THEN 10 WHEN j THEN 20 ELSE 0 END", "if(x > 0, 1, 0)",
    "if(ok, s)", "coalesce(i, j, 0)", "coalesce(x, 1)", "coalesce(s, t, '')", "nullif(i, 5)", "nullif(x, 0)",
    "greatest(x, y)", "least(x, y)", "greatest(i, j)", "least(i, x)", "greatest(i, 3, j)", "lower(s)", "upper(s)",
    "trim(s)", "length(s)", "s || t", "s || i", "concat(s, i, ok)", "concat(d, '/', n)", "contains(s, 'a')",
    "contains(s, t)", "starts_with(s, 'a')", "ends_with(s, t)", "substring(s, 2)", "substring(s, 1, 2)",
    "substring(s, 0, 2)", "substring(s, i, 1)", "substring(s, 5, 3)", "replace(s, 'a', 'z')", "replace(s, 'b', t)",
    "year(d)", "month(n)", "day(d)", "quarter(n)", "hour(n)", "minute(n)", "dayofweek(d)", "dayofweek(n)", "hour(z)",
    "day(z)", "year(z) * 100 + month(z)", "CAST(x AS BIGINT)", "TRY_CAST(x AS INT)", "CAST(i AS DOUBLE)",
    "CAST(i AS TEXT)", "CAST(ok AS TEXT)", "CAST(n AS TEXT)", "CAST(d AS TEXT)", "CAST(n AS DATE)",
    "CAST(d AS TIMESTAMP)", "TRY_CAST(s AS INT)", "TRY_CAST(s AS DOUBLE)", "CAST(i AS BOOLEAN)", "CAST(ok AS INT)",
    "DATE '2024-01-02'", "NULL", "1 + 1", "'a'", "i > NULL",
]  # fmt: skip
"""Expressions over `TRICKY` that both engines compute alike."""

UNEQUAL = {
    "s || x": "writes as another text",
    "CAST(x AS TEXT)": "writes as another text",
    "CAST(z AS TEXT)": "writes as another text",
    "power(i, j)": "raised to a small number",
    "regexp_matches(s, '\\p{Greek}')": "read differently",
    "regexp_matches(s, '[a&&b]')": "read differently",
    "regexp_matches(s, 'a++')": "read differently",
    "replace(s, '', 'x')": "must be a text written out",
    "i AND j": "neither true nor false",
    "CAST(d AS INT)": "is not the same there",
    "upper(i)": "does not fit",
}


def test_equal_values_and_types(spark: SparkSession) -> None:
    """Each row by itself: where values are missing, one at a time and all at once."""
    frame = pl.concat([TRICKY, TRICKY.clear(1)])
    table = Table(frame)
    texts = [text for text in EQUAL if not _fails(frame, text)]
    assert len(texts) > 0.98 * len(EQUAL), set(EQUAL) - set(texts)
    local = frame.select("id", *(parse(text).polars().alias(f"{n}: {text}") for n, text in enumerate(texts)))
    columns = []
    for n, text in enumerate(texts):
        value, dtype = parse(text).spark(table.empty())
        columns.append(typed(value, f"{n}: {text}", pl.Series([], dtype=dtype).to_arrow().type))
    assert_same(Table(table.spark(spark).select("id", *columns)), Table(local), "")


def _fails(frame: pl.DataFrame, text: str) -> bool:
    try:
        frame.select(parse(text).polars())
    except pl.exceptions.PolarsError:
        return True
    return False


@pytest.mark.parametrize("text", UNEQUAL)
def test_what_would_differ_is_refused_before_anything_runs(text: str) -> None:
    with pytest.raises(ExpressionError, match=UNEQUAL[text]):
        parse(text).spark(Table(TRICKY).empty())


@pytest.mark.parametrize("text", ["CAST(s AS INT)", "CAST(x AS INT)", "i + 9223372036854775807"])
def test_what_cannot_be_computed_stops_the_query(spark: SparkSession, text: str) -> None:
    table = Table(TRICKY)
    value, _ = parse(text).spark(table.empty())
    with pytest.raises(Exception, match=r"no number|CAST_OVERFLOW|ARITHMETIC_OVERFLOW"):
        table.spark(spark).select(value).toArrow()


def test_whatever_may_be_written_is_translated_or_refused() -> None:
    assert set(POLARS) == set(SPARK)
