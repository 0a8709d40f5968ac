"""What is said about workbooks, Parquet files and JSON lines before they are imported, and what of them is broken."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from patchbay_sdk.registry import installed_catalogue, load_operator
from patchbay_sdk.testing import run_operator

SOURCES = {".xlsx": "source.excel", ".parquet": "source.parquet", ".jsonl": "source.json_lines"}


def preview_only(path: Path, **options: Any) -> dict[str, Any]:
    spec = installed_catalogue().latest(SOURCES[path.suffix])
    found = load_operator(spec).operator_preview({"path": str(path), **options})
    assert found is not None
    return dict(found)


def preview(path: Path, **options: Any) -> dict[str, Any]:
    """Whose options, where there are rows, give the same table when the file is imported."""
    found = preview_only(path, **options)
    for said in found["reading"]:
        for text in (said["title"], said["meaning"], *(choice["label"] for choice in said["options"])):
            assert text["en"] and text["zh-CN"]
    if found["rows"]:
        spec = installed_catalogue().latest(SOURCES[path.suffix])
        outputs, _ = run_operator(spec, {}, {"path": str(path), **found["options"]}, path.parent)
        read = outputs["table"].polars()
        assert found["columns"] == [{"name": each.name, "type": each.type} for each in outputs["table"].schema]
        assert found["rows"] == [[None if v is None else str(v) for v in row] for row in read.head(20).rows()]
    return found


def said(found: Mapping[str, Any], code: str) -> dict[str, Any]:
    (one,) = [each for each in found["reading"] if each["code"] == code]
    return dict(one)


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for row, values in enumerate(rows):
                page.write_row(row, 0, values)
    return path


LOTS: list[list[Any]] = [
    ["lot", "wafers", "made"],
    *([f"A{row}", row, datetime.datetime(2024, 3, 1 + row)] for row in range(25)),
]


def test_a_workbook_is_read_as_a_person_would(tmp_path: Path) -> None:
    """An empty sheet first, and titles above the header."""
    path = workbook(tmp_path / "0a.xlsx", {"Notes": [], "Lots": [["Yield of March"], [], *LOTS], "Tools": [["tool"]]})
    found = preview(path)
    assert found["options"] == {"sheet": "Lots", "header_row": 3}
    assert [column["type"] for column in found["columns"]] == ["string", "int", "date"]
    assert [choice["options"]["sheet"] for choice in said(found, "sheet")["options"]] == ["Notes", "Lots", "Tools"]
    assert not said(found, "header")["certain"]
    assert {"header_row": 1} in [choice["options"] for choice in said(found, "header")["options"]]


def test_a_sheet_without_anything_can_be_left_again(tmp_path: Path) -> None:
    found = preview(workbook(tmp_path / "0a.xlsx", {"Notes": [], "Lots": LOTS}), sheet="Notes")
    assert found["columns"] == []
    assert "has nothing in row 1 of sheet 'Notes'" in said(found, "unreadable")["meaning"]["en"]
    assert "工作表“Notes”第 1 行没有内容" in said(found, "unreadable")["meaning"]["zh-CN"]
    assert {"sheet": "Lots"} in [choice["options"] for choice in said(found, "sheet")["options"]]


def test_a_plain_sheet_asks_nothing(tmp_path: Path) -> None:
    found = preview(workbook(tmp_path / "0a.xlsx", {"Lots": LOTS}))
    assert [(each["code"], each["certain"]) for each in found["reading"]] == [("header", True)]


def test_numbers_and_text_in_one_column_of_a_sheet(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["lot", "nm"], ["A", 1.5], ["B", "broken"], ["C", 2.5], ["D", 3.5]]
    mixed = said(preview(workbook(tmp_path / "0a.xlsx", {"Lots": rows})), "mixed")
    assert (mixed["columns"], mixed["values"]["example"]) == (["nm"], "broken")


def test_types_of_a_sheet_are_told_by_its_beginning(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["n"], *[[n] for n in range(1500)], ["not a number"]]
    found = preview_only(workbook(tmp_path / "0a.xlsx", {"Lots": rows}))
    assert found["columns"] == [{"name": "n", "type": "int"}]


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


@pytest.mark.parametrize(
    ("name", "content", "en", "zh"),
    [
        ("x.xlsx", b"PK\x03\x04 broken", "The file cannot be read as an Excel workbook", "无法作为 Excel 工作簿读取"),
        ("x.xlsx", ENCRYPTED, "The file is protected by a password", "设有密码"),
        ("x.parquet", b"PAR1 broken", "The file is not a Parquet file, or is damaged", "不是 Parquet 文件"),
        ("x.jsonl", b'{"a": 1}\n\n[1]\n', "(line 3: a JSON list)", "行号：3"),
        ("x.jsonl", b'[{"a": 1}]', "write one object per line", "请改为每行一个对象"),
        ("x.jsonl", b'{"a": true}\n{"a": 1}\n', "cannot be read as JSON lines", "值类型不一致"),
    ],
)
def test_what_is_broken_is_named_in_both_languages(tmp_path: Path, name: str, content: bytes, en: str, zh: str) -> None:
    (tmp_path / name).write_bytes(content)
    found = preview(tmp_path / name)
    assert (found["columns"], found["rows"]) == ([], [])
    meaning = said(found, "unreadable")["meaning"]
    assert en in meaning["en"]
    assert zh in meaning["zh-CN"]
    assert name not in meaning["en"] + meaning["zh-CN"]


def test_parquet_shows_types_first_rows_and_how_many_there_are(tmp_path: Path) -> None:
    frame = pl.DataFrame({"lot": [f"A{row}" for row in range(50)], "nm": [None, *(row / 2 for row in range(49))]})
    frame.write_parquet(tmp_path / "x.parquet")
    found = preview(tmp_path / "x.parquet")
    assert len(found["rows"]) == 20
    assert said(found, "types")["values"] == {"rows": 50}
    frame.head(0).write_parquet(tmp_path / "x.parquet")
    assert "no rows" in said(preview(tmp_path / "x.parquet"), "unreadable")["title"]["en"]


def test_numbers_are_shown_without_digits_that_nobody_reads(tmp_path: Path) -> None:
    numbers = pl.Series("n", [5.827, 1234567.25], dtype=pl.Float32).cast(pl.Float64)
    numbers.to_frame().write_parquet(tmp_path / "x.parquet")
    assert preview_only(tmp_path / "x.parquet")["rows"] == [["5.827"], ["1234567.25"]]


def test_json_lines_show_dates_gaps_and_nested_objects(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(
        '{"tool": "E1", "day": "2024-03-19", "more": {"a": 1}}\n{"tool": "E2", "day": "2024-03-20", "n": 1}\n'
    )
    found = preview(tmp_path / "x.jsonl")
    assert said(found, "dates")["columns"] == ["day"]
    assert said(found, "nested")["columns"] == ["more"]
    assert said(found, "missing")["columns"] == ["more", "n"]
    text = preview(tmp_path / "x.jsonl", dates=False)
    assert {column["name"]: column["type"] for column in text["columns"]}["day"] == "string"
    assert [choice["options"] for choice in said(text, "dates")["options"] if choice["chosen"]] == [{"dates": False}]


def test_a_json_line_cut_off_by_the_end_of_the_beginning_is_not_broken(tmp_path: Path) -> None:
    line = '{"a": "' + "x" * 1000 + '"}\n'
    (tmp_path / "x.jsonl").write_text(line * 1100)
    assert [column["name"] for column in preview_only(tmp_path / "x.jsonl")["columns"]] == ["a"]
