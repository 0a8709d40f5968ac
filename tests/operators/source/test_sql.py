"""Reading SQL: nothing but one SELECT passes, parameters are bound, the file stays as it was."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import Context, DataError, ParamError, Table
from patchbay_sdk.registry import installed_catalogue, load_operator
from patchbay_sdk.testing import run_operator

SPEC = installed_catalogue().latest("source.sql")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "fab.db") as connection:
        connection.execute("CREATE TABLE lots (id INTEGER, lot TEXT, yield REAL, start TEXT)")
        rows = [(i, f"L{i:03}", i / 100, f"2024-03-{i % 28 + 1:02} 10:00:00") for i in range(100)]
        connection.executemany("INSERT INTO lots VALUES (?, ?, ?, ?)", rows)
    connection.close()
    return tmp_path


def read(folder: Path, query: str, url: str = "sqlite:///fab.db", **params: Any) -> tuple[Table, list[str]]:
    outputs, logs = run_operator(SPEC, {}, {"url": url, "query": query, **params}, folder)
    return outputs["table"], [line["message"] for line in logs if line["level"] == "warning"]


def test_types_and_rows(folder: Path) -> None:
    table, warnings = read(folder, "SELECT * FROM lots")
    assert [column.type for column in table.schema] == ["int", "string", "float", "datetime"]
    assert table.num_rows == 100
    assert warnings == []


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO lots VALUES (1, 'x', 1, '')",
        "UPDATE lots SET yield = 0",
        "DROP TABLE lots",
        "CREATE TABLE x (a)",
        "CREATE TABLE x AS SELECT * FROM lots",
        "ATTACH 'other.db' AS other",
        "PRAGMA journal_mode = DELETE",
        "VACUUM",
        "BEGIN",
        "SELECT 1; SELECT 2",
        "SELECT 1; DELETE FROM lots",
        "WITH gone AS (DELETE FROM lots RETURNING *) SELECT * FROM gone",
        "SELECT * INTO x FROM lots",
        "SELEC 1",
        "SELECT 'never closed",
        "-- only a comment",
    ],
)
def test_anything_but_one_select_is_refused(folder: Path, query: str) -> None:
    before = hashlib.sha256((folder / "fab.db").read_bytes()).digest()
    with pytest.raises(ParamError, match="query"):
        read(folder, query)
    assert hashlib.sha256((folder / "fab.db").read_bytes()).digest() == before
    assert sorted(path.name for path in folder.iterdir()) == ["fab.db", "temp"]


def test_parameters_are_values_and_never_text(folder: Path) -> None:
    evil = "L001' OR '1'='1"
    table, _ = read(folder, "SELECT id FROM lots WHERE lot = :lot", parameters={"lot": evil})
    assert table.num_rows == 0
    query = "SELECT id, ' :not_me 12:30:00' AS note FROM lots WHERE lot IN (:a, :b) -- :nor_me"
    table, _ = read(folder, query, parameters={"a": "L001", "b": "L002"})
    assert table.polars().rows() == [(1, " :not_me 12:30:00"), (2, " :not_me 12:30:00")]


def test_parameters_must_fit_the_query(folder: Path) -> None:
    with pytest.raises(ParamError, match="Parameter 'lot' has no value"):
        read(folder, "SELECT * FROM lots WHERE lot = :lot")
    with pytest.raises(ParamError, match="Parameter 'lot' is not in the query"):
        read(folder, "SELECT * FROM lots", parameters={"lot": 1})
    with pytest.raises(ParamError, match="Write parameters as :name"):
        read(folder, "SELECT * FROM lots WHERE lot = ?")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:///nowhere.db", "'nowhere.db' does not exist"),
        ("sqlite:////etc/passwd", "outside of the data folders"),
        ("sqlite:///../fab.db", "outside of the data folders"),
        ("sqlite://", "names a plain file"),
        ("sqlite:///:memory:", "names a plain file"),
        ("sqlite:///file:fab.db?mode=rwc&uri=true", "names a plain file"),
        ("fab.db", "cannot be read; write it like"),
        ("nosuch://host/db", "No driver for 'nosuch' databases"),
        ("postgresql+psycopg://me:hidden@host/db", "The URL holds a password"),
    ],
)
def test_urls_that_are_refused(folder: Path, url: str, message: str) -> None:
    with pytest.raises((ParamError, DataError)) as caught:
        read(folder, "SELECT 1", url)
    assert message in caught.value.message
    assert "hidden" not in caught.value.message


def test_a_url_from_a_secret(folder: Path) -> None:
    operator: Any = load_operator(SPEC)
    params = SPEC.fill_params({"connection": "secret", "secret": "fab", "query": "SELECT count(*) AS n FROM lots"})
    context = Context(temp_dir=folder, data_roots=[folder], secrets={"fab": "sqlite:///fab.db"})
    assert operator.operator_run(context, "local", {}, params)["table"].polars()["n"].to_list() == [100]
    with pytest.raises(ParamError, match="Secret 'fab' is not available"):
        operator.operator_run(Context(temp_dir=folder), "local", {}, params)


def test_what_the_database_refuses(folder: Path) -> None:
    with pytest.raises(DataError, match="The database refused the query: no such table: wafers"):
        read(folder, "SELECT * FROM wafers")
    (folder / "text.db").write_text("no database at all, but long enough to be looked at" * 10)
    with pytest.raises(DataError, match="file is not a database"):
        read(folder, "SELECT * FROM lots", "sqlite:///text.db")


def test_names_limits_and_mixed_types(folder: Path) -> None:
    table, warnings = read(folder, "SELECT id, id, NULL AS n FROM lots", max_rows=10)
    assert table.columns == ["id", "id_2", "n"]
    assert table.num_rows == 10
    assert ["names were changed" in warnings[0], "Only the first 10 rows" in warnings[1]] == [True, True]
    table, _ = read(folder, "SELECT 1 AS v UNION ALL SELECT 'x' UNION ALL SELECT NULL")
    assert sorted(table.polars()["v"].to_list(), key=str) == ["1", None, "x"]


def test_no_rows(folder: Path) -> None:
    table, _ = read(folder, "SELECT * FROM lots WHERE id < 0")
    assert (table.num_rows, table.columns) == (0, ["id", "lot", "yield", "start"])
