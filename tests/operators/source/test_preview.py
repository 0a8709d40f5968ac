"""What is said about a file before it is imported: guessed as people would, called a guess, and open to change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk.registry import load_operator
from tests.operators.source.reading import SPEC, read


def preview(folder: Path, content: bytes | str, **options: Any) -> dict[str, Any]:
    path = folder / "0a1b.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = load_operator(SPEC).operator_preview({"path": str(path), **options})
    assert found is not None
    return dict(found)


def said(found: dict[str, Any], code: str) -> dict[str, Any]:
    (one,) = [each for each in found["reading"] if each["code"] == code]
    for text in (one["title"], one["meaning"], *(choice["label"] for choice in one["options"])):
        assert text["en"] and text["zh-CN"]
    return dict(one)


def chosen(one: dict[str, Any]) -> list[dict[str, Any]]:
    return [choice["options"] for choice in one["options"] if choice["chosen"]]


MESSY = "Größe;Datum;Maß\n1,5;31.12.2024;2,25\n-;01.02.2024;3,0\n2,5;03.04.2024;1,5\n".encode("latin-1")


def test_a_messy_file_is_read_as_a_person_would(tmp_path: Path) -> None:
    found = preview(tmp_path, MESSY)
    types = {column["name"]: column["type"] for column in found["columns"]}
    assert types == {"Größe": "float", "Datum": "date", "Maß": "float"}
    assert found["rows"] == [["1.5", "2024-12-31", "2.25"], [None, "2024-02-01", "3.0"], ["2.5", "2024-04-03", "1.5"]]
    assert not said(found, "encoding")["certain"]
    assert said(found, "delimiter")["values"]["delimiter"] == ";"
    assert said(found, "decimal_comma")["columns"] == ["Größe", "Maß"]
    assert said(found, "missing")["values"] == {"cells": 1, "marks": ["-"]}
    assert "“31.12.2024” is read as 2024-12-31" in said(found, "dates")["meaning"]["en"]


def test_the_options_of_a_preview_give_the_same_table_when_the_file_is_imported(tmp_path: Path) -> None:
    found = preview(tmp_path, MESSY)
    frame = read(tmp_path, MESSY, **found["options"]).frame
    assert [[None if value is None else str(value) for value in row] for row in frame.rows()] == found["rows"]


@pytest.mark.parametrize(
    ("text", "codec", "shown"),
    [
        ("设备,温度\n刻蚀机一号,25.5\n光刻机,26\n", "gb18030", "GB18030"),
        ("設備,溫度\n蝕刻機一號,25.5\n曝光機,26\n", "big5", "Big5"),
        ("装置,温度\nエッチング装置,25.5\nリソグラフィ,26\n", "shift_jis", "Shift JIS"),
        ("设备,温度\n刻蚀机一号,25.5\n光刻机,26\n", "utf-16", "UTF-16"),
        ("tool,preis\nÄtzer,5 €\nÖfen,6 €\n", "windows-1252", "Windows-1252"),
        ("tool,prix\nété,5\nNoël,6\n", "latin-1", "Latin-1"),
    ],
)
def test_encodings_are_told_by_what_the_letters_look_like(tmp_path: Path, text: str, codec: str, shown: str) -> None:
    found = preview(tmp_path, text.encode(codec))
    assert [column["name"] for column in found["columns"]] == text.split("\n")[0].split(",")
    encoding = said(found, "encoding")
    assert encoding["values"]["encoding"] == shown
    assert chosen(encoding) == [{"encoding": codec}]
    changed = preview(tmp_path, text.encode(codec), encoding=codec)
    assert changed["options"]["encoding"] == codec
    assert changed["rows"] == found["rows"]


def test_a_file_in_no_known_encoding_still_says_what_to_do(tmp_path: Path) -> None:
    found = preview(tmp_path, b"a,b\n1,\x81\x8d\x8f\n")
    (one,) = found["reading"]
    assert (one["code"], found["columns"], found["rows"]) == ("unreadable", [], [])
    assert one["meaning"]["en"].startswith("The encoding of the file cannot be told")
    assert {"encoding": "gb18030"} in [choice["options"] for choice in one["options"]]


@pytest.mark.parametrize(("text", "words"), [("a,b\n", "names of columns but no rows"), ("a,b\n\n \n", "no rows")])
def test_a_file_without_rows_is_told_of_and_no_encoding_is_offered(tmp_path: Path, text: str, words: str) -> None:
    (one,) = preview(tmp_path, text)["reading"]
    assert (one["code"], one["options"]) == ("unreadable", [])
    assert words in one["title"]["en"]
    assert "没有数据行" in one["title"]["zh-CN"]


def test_letters_that_were_damaged_before_are_told(tmp_path: Path) -> None:
    found = preview(tmp_path, "ort,n\n" + "Größe".encode().decode("windows-1252") + ",1\n")
    assert "Probably “Größe” is meant" in said(found, "garbled")["meaning"]["en"]


@pytest.mark.parametrize(
    ("dates", "options", "order"),
    [
        (["03/04/2024", "05/06/2024"], {}, "day_first"),
        (["04/30/2024", "05/06/2024"], {"dates": "month_first"}, "month_first"),
        (["01/02/2024", "02/02/2024", "03/02/2024", "01/03/2024"], {}, "day_first"),
        (["02/01/2024", "02/02/2024", "02/03/2024", "03/01/2024"], {}, "month_first"),
    ],
)
def test_day_or_month_first(tmp_path: Path, dates: list[str], options: dict[str, Any], order: str) -> None:
    found = preview(tmp_path, "lot,day\n" + "".join(f"L,{day}\n" for day in dates), **options)
    assert found["options"]["dates"] == order
    assert found["columns"][1]["type"] == "date"
    assert chosen(said(found, "dates")) == [{"dates": order}]
    assert said(found, "dates")["certain"] == bool(options)


def test_one_column_that_decides_speaks_for_the_others(tmp_path: Path) -> None:
    found = preview(tmp_path, "made,tested\n04/30/2024,05/06/2024\n04/29/2024,05/07/2024\n")
    assert found["rows"][0] == ["2024-04-30", "2024-05-06"]


def test_a_file_without_names_is_told_by_its_numbers(tmp_path: Path) -> None:
    found = preview(tmp_path, "39, State-gov, 77516\n50, ?, 83311\n")
    assert found["options"]["header"] is False
    assert not said(found, "header")["certain"]
    assert len(found["rows"]) == 2
    named = preview(tmp_path, "tool,2023,2024\nA,1,2\n")
    assert "header" not in named["options"]
    assert said(named, "header")["certain"]


TABLE = "lot;temp;result\n" + "".join(f"L{lot};{lot}.5;pass\n" for lot in range(20))


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        ("sep=;\n", 1),
        ("Report of line 4\nGenerated: 2025-03-01\n\n", 3),
        ("# tool A\n# v2\n", 2),
        ('"Yield report; fab 4";;\n', 1),
    ],
    ids=["separator", "title", "remarks", "spreadsheet"],
)
def test_what_stands_above_the_table_is_left_out_and_can_be_read(tmp_path: Path, above: str, lines: int) -> None:
    found = preview(tmp_path, above + TABLE)
    assert [column["name"] for column in found["columns"]] == ["lot", "temp", "result"]
    assert found["options"]["skip_lines"] == lines
    begin = said(found, "begin")
    assert (chosen(begin), begin["certain"]) == ([{"skip_lines": lines}], False)
    assert {"skip_lines": 0} in [choice["options"] for choice in begin["options"]]
    assert said(preview(tmp_path, above + TABLE, skip_lines=lines), "begin")["certain"]


def test_a_step_that_reads_too_early_says_where_the_table_begins(tmp_path: Path) -> None:
    found = read(tmp_path, "Report of line 4\nGenerated: 2025-03-01\n\n" + TABLE)
    assert "The table seems to begin in line 4: set skip_lines to 3" in found.warnings[0]
    assert not read(tmp_path, "Report\n" + TABLE, skip_lines=1).warnings


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "temp;result\n" + TABLE.partition("\n")[2],  # names of one column less: R writes such files
        "lot;process;;quality\n;temp;pressure;result\n" + "L1;1;2;ok\n" * 20,
        "only one column\n" + "1\n" * 20,
    ],
    ids=["plain", "a name less", "two lines of names", "one column"],
)
def test_names_are_not_taken_for_something_above_the_table(tmp_path: Path, text: str) -> None:
    found = preview(tmp_path, text)
    assert "skip_lines" not in found["options"]
    assert "begin" not in [each["code"] for each in found["reading"]]


def test_what_a_person_has_chosen_is_not_guessed_again(tmp_path: Path) -> None:
    content = "a;b\n1,5;03/04/2024\n2,5;04/04/2024\n"
    found = preview(tmp_path, content, decimal_comma=False, dates="off")
    assert found["options"] == {"decimal_comma": False, "dates": "off"}
    assert [column["type"] for column in found["columns"]] == ["string", "string"]
    assert chosen(said(found, "decimal_comma")) == [{"decimal_comma": False}]


def test_thousands_are_no_decimal_comma(tmp_path: Path) -> None:
    found = preview(tmp_path, "wafers;tool\n1,000;A\n2,500;B\n")
    assert "decimal_comma" not in found["options"]


def test_lines_that_do_not_fit_and_names_that_changed_are_told(tmp_path: Path) -> None:
    found = preview(tmp_path, 'a,a,\n1,2,3\n1,2\n"x,1,2\n')
    bad = said(found, "bad_rows")
    assert bad["values"]["lines"] == [3, 4]
    assert {"quoting": False} in [choice["options"] for choice in bad["options"]]
    assert said(found, "names")["values"]["remarks"]


def test_sources_that_give_no_preview_say_so() -> None:
    from patchbay_sdk.registry import installed_catalogue

    sample = load_operator(installed_catalogue().latest("source.sample"))
    assert sample.operator_preview({"sample": "wafers"}) is None
