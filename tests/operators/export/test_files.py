"""Files that are written: they come back as they were, replace their forerunner at once, or are not touched."""

from __future__ import annotations

import datetime
import gzip
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_sdk import ArtifactError, DataError, File, Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator

FRAME = pl.DataFrame(
    {
        "text": ["a", "", None, 'quote " comma , line\nbreak', "晶圆 µm", "=1+1"],
        "int": [1, -(2**60), None, 0, 7, 10**15],
        "float": [0.1, 1e-300, None, -2.5, 3.0, 1 / 3],
        "bool": [True, False, None, True, True, False],
        "date": [datetime.date(2024, 2, 29), None] * 3,
        "time": [datetime.datetime(2024, 2, 29, 23, 59, 59), None] * 3,
        "kind": pl.Series(["x", "y", None] * 2, dtype=pl.Categorical),
    }
)
WRITERS = {"csv": "export.csv", "parquet": "export.parquet", "jsonl": "export.json_lines", "xlsx": "export.excel"}
READERS = {"csv": "source.csv", "parquet": "source.parquet", "jsonl": "source.json_lines", "xlsx": "source.excel"}


def write(folder: Path, operator: str, path: str, frame: pl.DataFrame = FRAME, **params: Any) -> Path:
    spec = installed_catalogue().latest(operator)
    outputs, _ = run_operator(spec, {"table": Table(frame)}, {"path": path, **params}, folder)
    file: File = outputs["file"]
    return file.path


def read(folder: Path, operator: str, path: Path, **params: Any) -> pl.DataFrame:
    outputs, _ = run_operator(installed_catalogue().latest(operator), {}, {"path": str(path), **params}, folder)
    table: Table = outputs["table"]
    return table.polars()


def test_parquet_comes_back_exactly(tmp_path: Path) -> None:
    for compression in ("zstd", "snappy", "uncompressed"):
        path = write(tmp_path, "export.parquet", "out.parquet", compression=compression)
        assert read(tmp_path, "source.parquet", path).equals(FRAME)


def test_csv_comes_back(tmp_path: Path) -> None:
    """A CSV file knows no difference between an empty text and none."""
    expected = FRAME.with_columns(pl.col("text").replace("", None), pl.col("kind").cast(pl.String))
    for params in (
        {},
        {"encoding": "utf-8-bom"},
        {"delimiter": "semicolon", "decimal_comma": True},
        {"delimiter": "tab", "encoding": "gb18030"},
    ):
        path = write(tmp_path, "export.csv", "out.csv", **params)
        reading: dict[str, Any] = {key: value for key, value in params.items() if key != "encoding"}
        assert read(tmp_path, "source.csv", path, missing=[], **reading).equals(expected)


@pytest.mark.parametrize("ending", ["csv.gz", "jsonl.gz"])
def test_gz_is_packed_and_always_the_same(tmp_path: Path, ending: str) -> None:
    kind = ending.removesuffix(".gz")
    first = write(tmp_path, WRITERS[kind], f"out.{ending}").read_bytes()
    assert gzip.decompress(first) == write(tmp_path, WRITERS[kind], f"out.{kind}").read_bytes()
    assert write(tmp_path, WRITERS[kind], f"out.{ending}").read_bytes() == first


def test_json_lines_come_back(tmp_path: Path) -> None:
    expected = FRAME.with_columns(pl.col("kind").cast(pl.String))
    assert read(tmp_path, "source.json_lines", write(tmp_path, "export.json_lines", "out.jsonl")).equals(expected)


def test_excel_comes_back(tmp_path: Path) -> None:
    """Excel has 15 digits, no empty text, and nothing for NaN and infinity."""
    frame = FRAME.with_columns(
        pl.Series("int", [1, -5, None, 0, 7, 8]), pl.Series("odd", [math.nan, math.inf, None, 1.0, 2.0, 3.0])
    )
    got = read(tmp_path, "source.excel", write(tmp_path, "export.excel", "out.xlsx", frame))
    expected = frame.with_columns(
        pl.col("text").replace("", None),
        pl.col("kind").cast(pl.String),
        pl.Series("odd", ["nan", "inf", None, "1", "2", "3"]),
    )
    assert got.columns == expected.columns
    for name in expected.columns:
        assert got[name].to_list() == expected[name].to_list(), name


def test_long_numbers_keep_their_digits_in_excel(tmp_path: Path) -> None:
    path = write(tmp_path, "export.excel", "out.xlsx", pl.DataFrame({"id": [1234567890123456789, 1]}))
    assert read(tmp_path, "source.excel", path)["id"].to_list() == ["1234567890123456789", "1"]


def test_the_same_table_gives_the_same_workbook(tmp_path: Path) -> None:
    first = write(tmp_path, "export.excel", "a.xlsx").read_bytes()
    assert write(tmp_path, "export.excel", "b.xlsx").read_bytes() == first


def test_what_excel_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Row 2 of column 'a' is longer than the 32,767 characters"):
        write(tmp_path, "export.excel", "out.xlsx", pl.DataFrame({"a": ["x", "y" * 40_000]}))
    with pytest.raises(DataError, match="the table has 1 and 16,385"):
        write(tmp_path, "export.excel", "out.xlsx", pl.DataFrame({f"c{i}": [1] for i in range(16_385)}))
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_is_replaced_and_nothing_else_stays(tmp_path: Path, kind: str) -> None:
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / f"x.{kind}"
    target.write_text("old")
    assert write(tmp_path, WRITERS[kind], f"out/x.{kind}") == target
    assert target.read_bytes() != b"old"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_failure_leaves_the_old_file(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"x.{kind}").write_text("old")
    with pytest.raises(DataError, match=r"Column 'l' is of type list, which .* cannot hold"):
        write(tmp_path, WRITERS[kind], f"x.{kind}", pl.DataFrame({"l": [[1, 2]]}))
    assert (tmp_path / f"x.{kind}").read_text() == "old"


@pytest.mark.parametrize("kind", WRITERS)
def test_tables_without_rows_or_columns(tmp_path: Path, kind: str) -> None:
    assert write(tmp_path, WRITERS[kind], f"x.{kind}", FRAME.head(0)).exists()
    with pytest.raises(DataError, match="no columns"):
        write(tmp_path, WRITERS[kind], f"y.{kind}", pl.DataFrame())


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match="is a folder; name a file"):
        write(tmp_path, "export.csv", "folder.csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactError, match=r"'file/x\.csv' cannot be written"):
        write(tmp_path, "export.csv", "file/x.csv")
