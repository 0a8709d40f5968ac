"""Writing database tables: types, what exists already, all rows or none."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_sdk import Cancelled, Context, DataError, Table
from patchbay_sdk.registry import installed_catalogue, load_operator
from patchbay_sdk.testing import run_operator

FRAME = pl.DataFrame(
    {
        "lot": ["A1", None, 'say "hi"; DROP TABLE lots'],
        "Air temperature [K]": [298.5, None, 1e-9],
        "wafers": [2**62, None, -1],
        "ok": [True, None, False],
        "day": [datetime.date(2024, 2, 29), None, datetime.date(1969, 1, 1)],
        "start": [datetime.datetime(2024, 2, 29, 12, 30, 0, 250_000), None, datetime.datetime(2024, 1, 1)],
        "%(x)s:y": ["a", "b", None],
        "kind": pl.Series(["u", "v", None], dtype=pl.Categorical),
    }
)


def write(folder: Path, frame: pl.DataFrame = FRAME, **params: Any) -> str:
    spec = installed_catalogue().latest("export.sql_table")
    given = {"url": "sqlite:///fab.db", "name": "lots", **params}
    outputs, _ = run_operator(spec, {"table": Table(frame)}, given, folder)
    return str(outputs["written"])


def read(folder: Path) -> pl.DataFrame:
    spec = installed_catalogue().latest("source.sql")
    outputs, _ = run_operator(spec, {}, {"url": "sqlite:///fab.db", "query": "SELECT * FROM lots"}, folder)
    table: Table = outputs["table"]
    return table.polars()


def test_values_come_back(tmp_path: Path) -> None:
    """SQLite has no type for truth, which comes back as 0 and 1."""
    assert write(tmp_path) == "Table 'lots' created: 3 rows, 8 columns."
    got = read(tmp_path)
    expected = FRAME.with_columns(pl.col("ok").cast(pl.Int64), pl.col("kind").cast(pl.String))
    assert got.equals(expected)


def test_append_and_replace(tmp_path: Path) -> None:
    write(tmp_path)
    assert (
        write(tmp_path, FRAME.select("wafers", "lot"), if_exists="append")
        == "Table 'lots' extended: 3 rows, 2 columns."
    )
    assert read(tmp_path)["wafers"].to_list() == [2**62, None, -1] * 2
    assert write(tmp_path, FRAME.head(1), if_exists="replace") == "Table 'lots' replaced: 1 rows, 8 columns."
    assert read(tmp_path).height == 1
    assert write(tmp_path, FRAME.head(0), if_exists="replace") == "Table 'lots' replaced: 0 rows, 8 columns."


def test_an_existing_table_is_not_touched_by_mistake(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(DataError, match="Table 'lots' exists already; set if_exists"):
        write(tmp_path)
    with pytest.raises(DataError, match="Table 'lots' has no column 'new'; it has: lot, Air"):
        write(tmp_path, pl.DataFrame({"new": [1]}), if_exists="append")
    assert read(tmp_path).height == 3


def test_all_rows_or_none(tmp_path: Path) -> None:
    """The run is cancelled after the first batch: the table that was to be replaced is as before."""
    write(tmp_path)
    spec = installed_catalogue().latest("export.sql_table")
    operator: Any = load_operator(spec)
    context = Context(temp_dir=tmp_path, data_roots=[tmp_path], cancelled=lambda: True)
    params = spec.fill_params({"url": "sqlite:///fab.db", "name": "lots", "if_exists": "replace"})
    with pytest.raises(Cancelled):
        operator.operator_run(context, "local", {"table": Table(pl.DataFrame({"a": range(30_000)}))}, params)
    assert read(tmp_path).columns == FRAME.columns


def test_many_rows(tmp_path: Path) -> None:
    write(tmp_path, pl.DataFrame({"i": range(25_000)}))
    assert read(tmp_path)["i"].to_list() == list(range(25_000))


def test_what_a_table_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Column 'l' is of type list, which a database table cannot hold"):
        write(tmp_path, pl.DataFrame({"l": [[1]]}))
    with pytest.raises(DataError, match=r"The folder of 'no/fab\.db' does not exist"):
        write(tmp_path, url="sqlite:///no/fab.db")
    (tmp_path / "text.db").write_text("no database, but long enough to be looked at " * 10)
    with pytest.raises(DataError, match="refused to write table 'lots': file is not a database"):
        write(tmp_path, url="sqlite:///text.db")
