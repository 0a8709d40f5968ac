"""Databases by JDBC: a round trip through Derby, which Spark brings along, and the options for others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from patchbay_operators.source._jdbc import jdbc_options, with_values
from patchbay_sdk import Context, DataError, ParamError, Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator
from tests.spark.tables import TRICKY, assert_same

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark")]

FRAME = TRICKY.select("id", "i", "s", "ok", "d", "n", y=pl.col("y").fill_nan(None))


def run(spark: SparkSession, operator: str, folder: Path, inputs: dict[str, Any], **params: Any) -> Any:
    spec = installed_catalogue().latest(operator)
    given = {"url": f"jdbc:derby:{folder}/fab;create=true", **params}
    return run_operator(spec, inputs, given, folder, engine="spark", session=spark)[0]


def test_there_and_back(spark: SparkSession, tmp_path: Path) -> None:
    table = {"table": Table(FRAME)}
    assert "12 rows" in run(spark, "export.sql_table", tmp_path, table, name="lots")["written"]
    with pytest.raises(DataError, match=r"refused to write table 'lots'.*already exists"):
        run(spark, "export.sql_table", tmp_path, table, name="lots")
    run(spark, "export.sql_table", tmp_path, table, name="lots", if_exists="append")
    query = 'SELECT * FROM lots WHERE "id" < :most'
    found = run(spark, "source.sql", tmp_path, {}, query=query, parameters={"most": 12})["table"]
    assert_same(found, Table(pl.concat([FRAME, FRAME])), "twice")
    run(spark, "export.sql_table", tmp_path, table, name="lots", if_exists="replace")
    found = run(spark, "source.sql", tmp_path, {}, query="SELECT * FROM lots", max_rows=5)["table"]
    assert found.num_rows == 5
    with pytest.raises(DataError, match="refused the query"):
        run(spark, "source.sql", tmp_path, {}, query="SELECT * FROM nowhere")
    with pytest.raises(ParamError, match="must only read"):
        run(spark, "source.sql", tmp_path, {}, query="DELETE FROM lots")


def test_a_url_becomes_options(tmp_path: Path) -> None:
    secrets = {"db": "postgresql+psycopg://me:pw@host:5433/fab", "ms": "mssql+pyodbc://me@host/fab"}
    context = Context(temp_dir=tmp_path, data_roots=[tmp_path], secrets=secrets)
    assert jdbc_options(context, "", "db") == {
        "url": "jdbc:postgresql://host:5433/fab",
        "driver": "org.postgresql.Driver",
        "user": "me",
        "password": "pw",
    }
    assert jdbc_options(context, "", "ms")["url"] == "jdbc:sqlserver://host;databaseName=fab"
    for url, message in {
        "sqlite:///lots.db": "no driver for 'sqlite'",
        "postgresql://me:pw@host/fab": "holds a password",
        "jdbc:postgresql://host/fab?password=x": "holds a password",
        "jdbc:h2:mem": "no driver for 'h2'",
        "jdbc:derby:/elsewhere": "outside of the data folders",
    }.items():
        with pytest.raises(ParamError, match=message):
            jdbc_options(context, url, "")


def test_values_are_literals_of_a_parser() -> None:
    query = "SELECT * FROM t WHERE a = :a AND b = :b"
    assert with_values(query, "postgres", {"a": "x' OR '1", "b": None}) == (
        "SELECT * FROM t WHERE a = 'x'' OR ''1' AND b = NULL"
    )
