"""Reading Parquet, JSON lines and Excel: nasty files, and schemas known before anything runs."""

from __future__ import annotations

import datetime
import decimal
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from patchbay_sdk import DataError, Table
from patchbay_sdk.registry import installed_catalogue, load_operator
from patchbay_sdk.testing import run_operator


def read(operator: str, folder: Path, name: str, content: bytes | None = None, **params: Any) -> Table:
    if content is not None:
        (folder / name).write_bytes(content)
    spec = installed_catalogue().latest(operator)
    outputs, _ = run_operator(spec, {}, {"path": str(folder / name), **params}, folder)
    table: Table = outputs["table"]
    return table


def types(table: Table) -> list[str]:
    return [column.type for column in table.schema]


@pytest.mark.parametrize("operator", ["source.parquet", "source.excel", "source.json_lines", "source.csv"])
@pytest.mark.parametrize("content", [b"", b"\0\1\2\3", b"PK\x03\x04", b"PAR1PAR1", b"\x1f\x8b"])
def test_rubbish_is_a_clear_error(tmp_path: Path, operator: str, content: bytes) -> None:
    with pytest.raises(DataError, match=r"rubbish\.bin"):
        read(operator, tmp_path, "rubbish.bin", content)
    with pytest.raises(DataError, match="does not exist"):
        read(operator, tmp_path, "nowhere.bin")


@pytest.mark.parametrize("operator", ["source.parquet", "source.excel", "source.json_lines"])
def test_infer_of_what_cannot_be_known(tmp_path: Path, operator: str) -> None:
    spec = installed_catalogue().latest(operator)
    code: Any = load_operator(spec)
    (tmp_path / "rubbish").write_bytes(b"\0\1")
    for path in ("relative.file", "/nowhere/file", str(tmp_path), str(tmp_path / "rubbish")):
        assert code.operator_infer({}, spec.fill_params({"path": path})) == {"table": None}


def test_parquet_keeps_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "i": [1, None],
            "c": pl.Series(["a", "b"], dtype=pl.Categorical),
            "t": [datetime.datetime(2024, 1, 1), None],
            "l": [[1, 2], []],
            "d": [datetime.timedelta(1), None],
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    table = read("source.parquet", tmp_path, "t.parquet")
    assert types(table) == ["int", "category", "datetime", "list", "duration"]
    assert table.polars().equals(frame)


def test_parquet_cut_off(tmp_path: Path) -> None:
    pl.DataFrame({"a": range(1000)}).write_parquet(tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    with pytest.raises(DataError, match="is not a Parquet file, or is damaged"):
        read("source.parquet", tmp_path, "t.parquet", content[: len(content) // 2])


def test_json_lines_types(tmp_path: Path) -> None:
    lines = [
        '{"i": 1, "f": 1, "s": "x", "d": "2024-03-19", "n": null, "o": {"a": 1}, "big": 98765432109876543210}',
        "",
        '{"i": 2, "f": 2.5, "s": 3, "d": "2024-03-20", "n": null, "l": [1, 2], "big": 1}',
    ]
    table = read("source.json_lines", tmp_path, "x.jsonl.gz", gzip.compress("\n".join(lines).encode()))
    assert dict(zip(table.columns, types(table), strict=True)) == {
        "i": "int", "f": "float", "s": "string", "d": "date", "n": "float", "o": "string", "big": "string", "l": "list"
    }  # fmt: skip
    assert table.polars()["o"].to_list() == ['{"a":1}', None]
    assert table.polars()["big"].to_list() == ["98765432109876543210", "1"]


def test_json_dates_can_stay_text(tmp_path: Path) -> None:
    assert types(read("source.json_lines", tmp_path, "x.jsonl", b'{"d": "2024-03-19"}\n', dates=False)) == ["string"]


def test_json_array_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="The whole file is one JSON array: write one object per line"):
        read("source.json_lines", tmp_path, "x.jsonl", b'[{"a": 1}, {"a": 2}]')


def test_json_values_of_different_types(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read as JSON lines"):
        read("source.json_lines", tmp_path, "x.jsonl", b'{"a": true}\n{"a": 1}\n')


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        page = book.add_worksheet("Data")
        for row, values in enumerate(rows):
            page.write_row(row, 0, values)


def test_excel_types(tmp_path: Path) -> None:
    day, time = datetime.datetime(2024, 3, 19), datetime.datetime(2024, 3, 19, 14, 15)
    workbook(
        tmp_path / "x.xlsx",
        [["i", "f", "s", "b", "day", "time", "mixed", "none"], [1, 1.5, "x", True, day, time, 1, None]]
        + [[2, 2, " ", False, day, time, "x", None]] * 1500,
    )
    table = read("source.excel", tmp_path, "x.xlsx")
    assert types(table) == ["int", "float", "string", "bool", "date", "datetime", "string", "float"]
    assert table.polars().row(1) == (2, 2.0, None, False, day.date(), time, "x", None)
    assert table.num_rows == 1501


def test_excel_sheets_without_rows(tmp_path: Path) -> None:
    workbook(tmp_path / "x.xlsx", [["a", "b"]])
    with pytest.raises(DataError, match="has a header but no rows"):
        read("source.excel", tmp_path, "x.xlsx")
    workbook(tmp_path / "y.xlsx", [])
    with pytest.raises(DataError, match="has nothing in row 1"):
        read("source.excel", tmp_path, "y.xlsx")
    with pytest.raises(DataError, match="has no row 9"):
        read("source.excel", tmp_path, "x.xlsx", header_row=9)


def test_decimals_are_numbers(tmp_path: Path) -> None:
    from patchbay_operators.source._frames import plain_types

    frame = plain_types(pl.DataFrame({"d": [decimal.Decimal("1.25"), None]}), dates=True)
    assert frame["d"].to_list() == [1.25, None]
