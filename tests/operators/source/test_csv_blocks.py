"""A CSV file read block by block, as for Spark, gives what it gives when it is read at once."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_operators.source._file import File, bad_rows, open_file, read_file
from patchbay_operators.source._layout import Layout
from patchbay_operators.source._parts import write_parts
from patchbay_operators.source._rows import open_rows
from patchbay_sdk import PatchbayError, Table
from tests.operators.source.reading import SPEC

MISSING = SPEC.params["properties"]["missing"]["default"]
BLOCKS = (3, 50)
"""Bytes that are read at once."""


def at_once(path: Path, options: dict[str, Any]) -> tuple[File, Table, Table]:
    file = read_file(path, options)
    return file, Table(file.frame), Table(bad_rows(file.whole.bad))


def in_blocks(path: Path, options: dict[str, Any], block: int) -> tuple[File, Table, Table]:
    file = open_file(path, options, block)
    frames = [block.read(file.found.types) for block in file.blocks]
    bad = [row for block in file.blocks for row in block.bad]
    return file, Table(pl.concat(frames)), Table(bad_rows(bad))


def as_parts(path: Path, options: dict[str, Any], block: int) -> tuple[File, Table, Table]:
    file = open_file(path, options, block)
    folder = path.parent / "parts"
    list(write_parts(file, folder))
    table, bad = (Table.open(sorted((folder / name).iterdir())) for name in ("table", "bad_rows"))
    return file, table, bad


def outcome(read: Callable[..., tuple[File, Table, Table]], *arguments: Any) -> Any:
    """What a person is told about a file: its table, the rows set aside, the warnings; or why it cannot be read."""
    try:
        file, table, bad = read(*arguments)
    except PatchbayError as error:
        return type(error), error.message
    found = file.found
    counts = (found.rows, found.bad_rows, found.first_bad, found.quotes)
    guessed = (file.text.encoding, file.text.guessed, file.rows.layout.delimiter)
    frame = table.polars()
    values = [(name, str(type), frame[name].to_list()) for name, type in frame.schema.items()]
    return repr(values), bad.polars().rows(), found.remarks, counts, guessed


def assert_same(folder: Path, content: bytes, **options: Any) -> Any:
    """The outcome, which is the same for each size of blocks."""
    path = folder / "data.csv"
    path.write_bytes(content)
    options = {"missing": MISSING, **options}
    expected = outcome(at_once, path, options)
    for block in BLOCKS:
        assert outcome(in_blocks, path, options, block) == expected, f"blocks of {block} bytes"
    return expected


LONG = "a,b\n" + "1,x\n" * 30
QUOTES = 'x,y\n1,2\n\n3\n"l1\n\nl2, "" l3",4\n5,"never closed\n6,7\n8,"a"b\n9,5"\n"\n\n",0\n10,11,12\n  \n,\n'


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (LONG, {}),
        (LONG + "0.5,y\n", {}),
        (LONG + "nothing,y\n", {}),
        (LONG + "007,y\n", {}),
        (LONG + "98765432109876543210,y\n", {}),
        (LONG + "NA,\n NaN , \n", {}),
        ("a\n\n\n1\n\n2\n\n\n", {}),
        ("a\n" + "true\n" * 9 + "no\n", {}),
        ("a\n" + "2024-01-05\n" * 20 + "2024-13-01\n", {}),
        ("a;b\n" + "01/02/2024;1\n" * 20 + "13/02/2024;1\n", {}),
        ("a;b\n" + "01/02/2024;1\n" * 20 + "01/13/2024;1\n", {}),
        ("a;b\n" + "01/02/2024;1\n" * 20, {}),
        ("a;b\n13/01/2024;1\n" + "01/02/2024;1\n" * 20 + "01/13/2024;1\n", {}),
        ("a;b\n" + "01/02/2024;1\n" * 20 + "13/02/2024;x\nmay;y\n", {"types": {"a": "date"}}),
        ("a;b\n" + "01/02/2024;1\n" * 20, {"types": {"a": "date"}}),
        (LONG + "z,3\n4.0,\n", {"types": {"a": "int", "b": "category"}}),
        ("a,b\n" + "x,2\n" * 30, {"types": {"a": "int"}}),
        ("a;b\n" + "1,5;2\n" * 20 + "3;4,5\n", {"decimal_comma": True}),
        ("a;b\n" + "1,5;2\n" * 20 + "3;4,5\n", {}),
        (QUOTES, {}),
        (QUOTES + "1,2\n" * 40, {"trim": False}),
        (QUOTES, {"quoting": False}),
        ('x,y\n"' + "long text\n" * 40 + '",1\n2,3\n', {}),
        ("x,y\n1,oops\n" + "2,z\n" * 40 + '"\n', {}),
        ("x,y\n1," + "long text " * 40 + "\n2,3\n", {}),
        (' x  y "z z"\n' + '1  2.5 "a  b"  \n3\t4    "c"\n' * 9, {"delimiter": "space"}),
        ("# made by\n#\n\n  \n" + LONG, {"skip_lines": 2}),
        ("# made by\n", {"skip_lines": 2}),
        (LONG, {"header": False}),
        (LONG, {"header": False, "column_names": ["only one"]}),
        (LONG, {"types": {"missing": "int"}}),
        ("a,b\n1,2,3\n" + "4,5,6\n" * 20, {}),
        ("a§b\n" + "1§2\n" * 9 + "3\n", {"delimiter": "other", "delimiter_character": "§"}),
        ("a,b\n\n\n", {}),
        ("a,b", {}),
        ("\n \n\n", {}),
        ("", {}),
        ("a,b\n1,2\0\n" + "1,2\n" * 40, {}),
    ],
)
def test_what_is_decided_late(tmp_path: Path, text: str, options: dict[str, Any]) -> None:
    assert_same(tmp_path, text.encode(), **options)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\r\n", "\n\x1a"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    assert_same(tmp_path, QUOTES.replace("\n", end).encode())
    assert_same(tmp_path, LONG.encode() + end.encode())


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "latin-1"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(tmp_path: Path, codec: str, packed: bool) -> None:
    text = {"big5": "設備,溫度\n", "shift_jis": "装置,テスト\n", "latin-1": "prix,été\n"}.get(codec, "设备,温度\n") * 9
    content = text.encode(codec) + "1,2\n".encode(codec.replace("utf-16", "utf-16-le") if codec == "utf-16" else codec)
    found = assert_same(tmp_path, gzip.compress(content) if packed else content)
    assert found[3][0] == 9
    assert_same(tmp_path, content[:-1], encoding="utf-8")


def test_damaged_files(tmp_path: Path) -> None:
    chinese = "设备,温度\n" * 20
    for content in (
        chinese.encode() + b"\xff,2\n" + chinese.encode(),
        chinese.encode("gb18030") + b"\xff\xff,2\n",
        gzip.compress(chinese.encode())[:-9],
        b"a,b\n\x81\x8d\x8f,25\n",
        b"PAR1" + b"\0" * 99,
    ):
        assert_same(tmp_path, content)


VALUES = [
    ["1", "-2", "+3", "0"],
    ["1.0", "2.5", "1e3", "inf"],
    ["007", "12"],
    ["9223372036854775807", "98765432109876543210", "1e30"],
    ["true", "False"],
    ["a b", " x ", "晶", "a\nb", "\n\n", 'q"q', '"', ""],
    ["13/01/2024", "01/02/2024"],
    ["2024-01-31", "2024-2-1 10:00", "05-JAN-2024"],
    ["1,5", "2,25"],
    ["NaN", "NAN", "NA", "", " "],
]


def drawn(seed: int) -> tuple[bytes, dict[str, Any]]:
    """A file as people and tools write them, with faults, and options."""
    rng = random.Random(seed)
    rows, width = rng.choice([1, 3, 20, 40]), rng.choice([1, 2, 4])
    columns = []
    for _ in range(width):
        pool = rng.choice(VALUES)
        column = [rng.choice(pool) for _ in range(rows)]
        if rng.random() < 0.5:
            column[-1] = rng.choice(rng.choice(VALUES))
        columns.append(column)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=rng.choice(",;\t"), lineterminator="\n")
    writer.writerow([f"c{n}" for n in range(width)])
    writer.writerows(zip(*columns, strict=True))
    lines = out.getvalue().split("\n")
    for _ in range(rng.choice([0, 0, 1, 3])):
        at = rng.randrange(1, len(lines))
        lines[at] = rng.choice(["", "  ", lines[at] + ",z", '"' + lines[at], lines[at][:1] + '"' + lines[at][1:]])
    options: dict[str, Any] = {"trim": rng.random() < 0.8, "quoting": rng.random() < 0.9}
    if rng.random() < 0.4:
        kinds = ["int", "float", "bool", "string", "category", "date", "datetime"]
        options["types"] = {f"c{rng.randrange(width)}": rng.choice(kinds)}
    if rng.random() < 0.3:
        options["dates"] = rng.choice(["day_first", "month_first", "iso", "off"])
    return rng.choice(["\n", "\n", "\r\n"]).join(lines).encode(rng.choice(["utf-8", "utf-8", "gb18030"])), options


@pytest.mark.parametrize("seeds", [range(start, start + 12) for start in (0, 12, 24)])
def test_files_drawn_at_random(tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        content, options = drawn(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert_same(folder, content, **options)


def test_parts(tmp_path: Path) -> None:
    """Every block is a Parquet file, with the types that all of them say."""
    path = tmp_path / "data.csv"
    path.write_text("a,b,c\n" + "1,x,2024-01-01\n" * 900 + "z\n2.5,y,\n")
    options = {"missing": MISSING, "types": {"b": "category"}}
    assert outcome(as_parts, path, options, 1000) == outcome(at_once, path, options)
    folder = tmp_path / "parts"
    assert len(list((folder / "table").iterdir())) == 14
    assert len(list((folder / "bad_rows").iterdir())) == 1


def test_parts_without_bad_rows(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(LONG)
    _, _, bad = as_parts(path, {}, 50)
    assert bad.polars().rows() == []
    assert bad.columns == ["line", "reason", "text"]


def rows_of(text: str, block: int | None) -> list[tuple[int, Any]]:
    """(line, fields or what is wrong), where a record over several lines has at most 40 bytes."""
    data = text.encode()
    pieces = [data[at : at + block] for at in range(0, len(data), block)] if block else [data]
    found: list[tuple[int, Any]] = []
    for records in open_rows(pieces, Layout(",", longest=40), at_once=block is None):
        found += [
            *zip(records.lines, records.frame.rows(), strict=True),
            *((row.line, row.reason) for row in records.bad),
        ]
    return sorted(found, key=lambda row: row[0])


@pytest.mark.parametrize("fault", ["", "too,many,fields\n"])
def test_what_quotes_enclose_is_not_without_bounds(fault: str) -> None:
    """A quote that is not closed in time takes its own line only, whatever else is in the file."""
    fits, too_long = 'a,"' + "b\n" * 17 + '"\n', 'a,"' + "b,c\n" * 9 + '"\n'
    text = f'x,y\n{fits}{too_long}1,"{"z" * 60}"\n{fault}2,3\n'
    expected = rows_of(text, None)
    assert expected[0] == (2, ("a", "b\n" * 17))
    assert expected[1] == (20, "a quote that is never closed")
    assert expected[2] == (21, ("b", "c"))
    assert (30, ("1", "z" * 60)) in expected
    for block in (1, 10, 64):
        assert rows_of(text, block) == expected


def test_a_field_may_be_long(tmp_path: Path) -> None:
    """Also where another row does not fit, so that Python's csv module reads."""
    text = "word " * 50_000
    path = tmp_path / "data.csv"
    path.write_text(f'x,y\n"{text}",1\n"a\nb",2\n3\n')
    for file, table, bad in (at_once(path, {}), in_blocks(path, {}, 100_000)):
        assert table.polars()["x"].to_list() == [text.strip(), "a\nb"]
        assert (file.found.bad_rows, bad.num_rows) == (1, 1)
