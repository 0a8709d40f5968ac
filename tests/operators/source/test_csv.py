"""Reading CSV: what the examples cannot say, against Python's csv module and pandas."""

from __future__ import annotations

import csv
import gzip
import io
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from patchbay_sdk import DataError, ParamError
from patchbay_sdk.registry import load_operator
from patchbay_sdk.testing import run_operator
from tests.operators.source.reading import SPEC, read


@pytest.mark.parametrize(
    ("codec", "shown", "guessed"),
    [
        ("utf-8", "UTF-8", False),
        ("utf-8-sig", "UTF-8 with BOM", False),
        ("utf-16", "UTF-16", False),
        ("utf-16-le", "UTF-16", True),
        ("utf-16-be", "UTF-16", True),
        ("gb18030", "GB18030", True),
    ],
)
def test_encodings_of_chinese_text(tmp_path: Path, codec: str, shown: str, guessed: bool) -> None:
    result = read(tmp_path, "设备,温度\n刻蚀机一号,25.5\n光刻机,26\n".encode(codec))
    assert result.frame.rows() == [("刻蚀机一号", 25.5), ("光刻机", 26.0)]
    assert result.table.columns == ["设备", "温度"]
    assert f"encoding {shown}," in result.infos[0]
    assert any("seems to be in" in warning for warning in result.warnings) == guessed


@pytest.mark.parametrize(
    "text",
    [
        "tool,width [µm]\nA,1\n",
        "name,n\nJosé Muñoz,1\n",
        "ort,n\nGröße über Öl,1\n",
        "t [°C],n\n1,±5\n",
        "prix,n\nété,2\n",
    ],
)
def test_western_text_is_not_taken_for_chinese(tmp_path: Path, text: str) -> None:
    result = read(tmp_path, text.encode("latin-1"))
    assert "encoding Latin-1" in result.infos[0]
    assert result.table.columns == text.split("\n")[0].split(",")
    assert str(result.frame.row(0)[0]) == text.split("\n")[1].split(",")[0]


def test_windows_1252_is_told_from_latin_1(tmp_path: Path) -> None:
    result = read(tmp_path, "price,n\n5 €,1\n".encode("windows-1252"))
    assert result.frame["price"][0] == "5 €"


def test_an_encoding_that_cannot_be_told(tmp_path: Path) -> None:
    content = b"tool,n\n\x81\x8d\x8f,25\n"
    with pytest.raises(DataError, match=r"encoding of file 'data\.csv' cannot be told"):
        read(tmp_path, content)


def test_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not in UTF-8: byte 0xb5 in line 3 does not fit"):
        read(tmp_path, "a\nx\nµm\n".encode("latin-1"), encoding="utf-8")


def test_nearly_utf_8_is_damage_and_no_other_encoding(tmp_path: Path) -> None:
    content = "a,b\n" + "设备号,1\n" * 5
    with pytest.raises(DataError, match="not in UTF-8: byte 0xff in line 7"):
        read(tmp_path, content.encode() + b"\xff,2\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n\n", "holds no text"),
        (b"a,b\n\n\n", "header but no rows"),
        (bytes(range(256)) * 20, "is not a text file, or is damaged: line 1 holds the control character 0x00"),
        (random.Random(1).randbytes(3000), "is not a text file"),
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"\x89PNG\r\n\x1a\n000", "an image"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "is damaged or cut off"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"a,b\n1,2\0\n", "control character 0x00"),
        (b"a,b\n1,2,3\n4,5,6\n", "No row fits the 2 columns of the header: line 2 has 3 fields instead of 2"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    assert message in caught.value.message


def test_a_path_outside_of_the_data_folders(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="outside of the data folders"):
        run_operator(SPEC, {}, {"path": "/etc/passwd"}, tmp_path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="'folder' does not exist or is not a file"):
        run_operator(SPEC, {}, {"path": "folder"}, tmp_path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_delimiters_are_found_out(tmp_path: Path, delimiter: str) -> None:
    lines = [["lot", "n", "text"], ["A1", "1", '"x, y; z"'], ["A2", "-2", '"a b|c"']]
    result = read(tmp_path, "\n".join(delimiter.join(line) for line in lines))
    assert result.frame.rows() == [("A1", 1, "x, y; z"), ("A2", -2, "a b|c")]


def test_a_decimal_comma_is_no_delimiter(tmp_path: Path) -> None:
    content = "1,5;2,25\n3,0;4\n"
    result = read(tmp_path, content, header=False, decimal_comma=True)
    assert result.frame.rows() == [(1.5, 2.25), (3.0, 4.0)]
    assert any("decimal comma" in warning for warning in read(tmp_path, content, header=False).warnings)


def test_a_point_is_no_decimal_sign_beside_a_decimal_comma(tmp_path: Path) -> None:
    result = read(tmp_path, "a;b\n1.5;1,5\n2;2\n", decimal_comma=True)
    assert result.frame["a"].to_list() == ["1.5", "2"]
    assert result.frame["b"].to_list() == [1.5, 2.0]


def test_runs_of_blanks(tmp_path: Path) -> None:
    result = read(tmp_path, ' 1  2.5 "a b"  \n3\t4    "c"\n', header=False, delimiter="space")
    assert result.frame.rows() == [(1, 2.5, "a b"), (3, 4.0, "c")]


def test_another_delimiter(tmp_path: Path) -> None:
    assert read(tmp_path, "a§b\n1§2\n", delimiter="other", delimiter_character="§").frame.rows() == [(1, 2)]


def test_header_names_are_made_unique(tmp_path: Path) -> None:
    result = read(tmp_path, " x ,x,,x_2\n1,2,3,4\n")
    assert result.table.columns == ["x", "x_3", "column_3", "x_2"]
    assert "'x' (position 2) is called 'x_3'; column 3 has no name" in result.warnings[0]


def test_a_header_of_numbers_is_suspicious(tmp_path: Path) -> None:
    assert "holds only numbers" in read(tmp_path, "1,2\n3,4\n").warnings[0]


def test_wrong_number_of_column_names(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="column_names has 1 names, but the rows have 2 fields"):
        read(tmp_path, "1,2\n", header=False, column_names=["a"])
    with pytest.raises(ParamError, match="'a' twice"):
        read(tmp_path, "1,2\n", header=False, column_names=["a", "a"])


def test_every_row_is_read_or_reported(tmp_path: Path) -> None:
    content = 'x,y\n1,2\n\n3\n"l1\nl2",4\n5,"never closed\n6,7\n8,"a"b\n9,5"\n10,11,12\n  \n,\n'
    result = read(tmp_path, content)
    assert result.frame.rows() == [("1", "2"), ("l1\nl2", "4"), ("6", "7"), ("9", '5"'), (None, None)]
    assert result.bad.rows() == [
        (4, "1 field instead of 2", "3"),
        (7, "text after a closing quote", '5,"never closed'),
        (9, "text after a closing quote", '8,"a"b'),
        (11, "3 fields instead of 2", "10,11,12"),
    ]
    assert "switch quoting off" in result.warnings[0]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    result = read(tmp_path, 'x,y\n1,"oops\n' + "2,z\n" * 500)
    assert result.frame.height == 500
    assert result.bad.row(0) == (2, "a quote that is never closed", '1,"oops')


def test_misfits_of_declared_types_behind_line_breaks_in_quotes(tmp_path: Path) -> None:
    result = read(tmp_path, 'x,y\n"a\nb",1\nc,?\nd,two\ne,3.5\nf,4\n', types={"y": "int"})
    assert result.frame.rows() == [("a\nb", 1), ("c", None), ("f", 4)]
    assert result.bad.rows() == [
        (5, "'two' in column 'y' is no int", "d,two"),
        (6, "'3.5' in column 'y' is no int", "e,3.5"),
    ]


def test_no_row_fits_the_declared_types(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No row fits the declared types: line 2: 'x' in column 'a' is no int"):
        read(tmp_path, "a\nx\ny\n", types={"a": "int"})


@pytest.mark.parametrize("seed", range(8))
def test_random_text_comes_back(tmp_path: Path, seed: int) -> None:
    """Whatever Python's csv module writes is read back as it was, on the quick way and on the careful one."""
    rng = random.Random(seed)
    alphabet = ["a", "b", " ", '"', ",", "\n", ";", "é", "晶", "'", "0"]
    rows = [["".join(rng.choices(alphabet, k=rng.randint(1, 6))) + "t" for _ in range(3)] for _ in range(60)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["x", "y", "z"], *rows])
    params: dict[str, Any] = {"trim": False, "missing": [], "delimiter": "comma", "encoding": "utf-8"}
    quick = read(tmp_path, out.getvalue(), **params)
    assert [list(row) for row in quick.frame.rows()] == rows
    careful = read(tmp_path, out.getvalue() + "too,few\n", **params)
    assert [list(row) for row in careful.frame.rows()] == rows
    assert careful.bad["text"].to_list() == ["too,few"]


def test_numbers_agree_with_pandas(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"f{i}": rng.normal(scale=10.0**i, size=2000) for i in range(-5, 6)})
    frame["i"] = rng.integers(-(10**12), 10**12, 2000)
    frame = frame.mask(rng.random(frame.shape) < 0.1)
    text = frame.to_csv(index=False)
    expected = pd.read_csv(io.StringIO(text), float_precision="round_trip")
    got = read(tmp_path, text).frame
    for name in expected.columns:
        np.testing.assert_array_equal(got[name].cast(pl.Float64).to_numpy(), expected[name].to_numpy(dtype=float))


def test_infer_reads_only_the_head(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,x\n" * 3_000_000)
    operator: Any = load_operator(SPEC)
    schema = operator.operator_infer({}, SPEC.fill_params({"path": str(path)}))["table"]
    assert [(column.name, column.type) for column in schema] == [("a", "int"), ("b", "string")]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_infer_of_the_head_in_utf_16(tmp_path: Path, codec: str) -> None:
    """It ends with a whole line; half of 上 is the byte of a line's end."""
    path = tmp_path / "long.csv"
    operator: Any = load_operator(SPEC)
    rows = "1,刻蚀上\n" * 100_000
    for name in ("b", "bb"):
        path.write_bytes(f"a,{name}\n{rows}".encode(codec))
        schema = operator.operator_infer({}, SPEC.fill_params({"path": str(path)}))["table"]
        assert schema and [column.type for column in schema] == ["int", "string"]


@pytest.mark.parametrize("path", ["relative.csv", "/nowhere/at/all.csv", "/", "/dev/null"])
def test_infer_of_what_cannot_be_known(path: str) -> None:
    operator: Any = load_operator(SPEC)
    assert operator.operator_infer({}, SPEC.fill_params({"path": path})) == {"table": None}
