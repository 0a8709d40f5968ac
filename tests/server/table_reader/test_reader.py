"""Tables on disk, looked into through the real process: pages, statistics, histograms, exports, broken files."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from patchbay_server.table_reader import TableQuestionError, TableReader, TableReaderError
from tests.processes import leaving_nothing_behind

TABLE = pa.table(
    {
        "id": pa.array([1, 2, 3, 4, 1 << 60], pa.int64()),
        "value": pa.array([0.5, float("nan"), None, float("inf"), -1.0], pa.float64()),
        "text": pa.array(["b", "a", None, "x" * 300, "B"], pa.string()),
        "flag": pa.array([True, False, None, True, True]),
        "class": pa.array(["ok", "ok", "bad", "ok", None]).dictionary_encode(),
        "day": pa.array([dt.date(2024, 1, day) for day in (1, 2, 3, 4, 5)]),
        "time": pa.array([1, 2, None, 4, 5], pa.timestamp("ns", tz="Asia/Shanghai")),
        "list": pa.array([[1, 2], [], None, [3], [4]]),
        "bytes": pa.array([b"\xff", b"a", None, b"", b"b"]),
        "exact": pa.array([Decimal("0.10"), None, Decimal("1.00"), Decimal("2.00"), Decimal("3.00")]),
        "long": pa.array([dt.timedelta(seconds=90), None, None, None, None]),
        "interval": pa.array([pa.MonthDayNano([1, 2, 3]), None, None, None, None]),
        "nothing": pa.nulls(5),
    }
)


@pytest.fixture(scope="module")
def reader():
    with leaving_nothing_behind():
        reader = TableReader(seconds=60)
        yield reader
        reader.close()


def written(folder: Path, table: pa.Table, format: str) -> list[Path]:
    """The table in two files; Parquet in several row groups."""
    paths = []
    for number, part in enumerate((table.slice(0, 2), table.slice(2))):
        paths.append(folder / f"{number}.{format}")
        if format == "parquet":
            pq.write_table(part, paths[-1], row_group_size=2)
            continue
        with pa.ipc.new_file(paths[-1], part.schema) as writer:
            writer.write_table(part)
    return paths


@pytest.fixture(params=["ipc", "parquet"])
def table(request, tmp_path):
    without = ["interval"] if request.param == "parquet" else []  # Parquet cannot hold it
    return {"paths": written(tmp_path, TABLE.drop_columns(without), request.param), "format": request.param}


def ids(page) -> list[int]:
    return [int(row[0]) for row in page["rows"]]


def test_a_page_has_every_value_as_json(reader, table):
    page = reader.page(**table)
    rows = [dict(zip([column["name"] for column in page["columns"]], row, strict=True)) for row in page["rows"]]
    interval = {} if table["format"] == "parquet" else {"interval": rows[0].get("interval")}
    assert rows[0] == {
        "id": 1, "value": 0.5, "text": "b", "flag": True, "class": "ok", "day": "2024-01-01",
        "time": "1970-01-01 08:00:00.000000001+08:00", "list": "[1, 2]", "bytes": "\\xff", "exact": "0.10",
        "long": "PT1M30S", **interval, "nothing": None,
    }  # fmt: skip
    assert [row["value"] for row in rows] == [0.5, "NaN", None, "Infinity", -1.0]
    assert rows[4]["id"] == str(1 << 60)
    assert set(rows[2].values()) == {3, None, "bad", "2024-01-03", "1.00"}
    assert (len(rows[3]["text"]), page["cut"]) == (256, [[3, 2]])
    assert (page["offset"], page["matching"], page["total"]) == (0, 5, 5)
    assert [(c["name"], c["type"], c["kind"]) for c in page["columns"]][:5] == [
        ("id", "int", "number"),
        ("value", "float", "number"),
        ("text", "string", "text"),
        ("flag", "bool", "boolean"),
        ("class", "category", "text"),
    ]


def test_a_long_value_is_given_whole_where_that_is_asked_for(reader, table):
    page = reader.page(**table, offset=3, limit=1, columns=["text"], longest=100_000)
    assert page["cut"] == []
    assert len(page["rows"][0][0]) > 256


def test_pages_follow_each_other(reader, table):
    assert ids(reader.page(**table, offset=1, limit=2)) == [2, 3]
    assert ids(reader.page(**table, offset=4, limit=2)) == [1 << 60]
    assert ids(reader.page(**table, offset=99)) == []
    assert reader.page(**table, columns=["text", "id"], limit=1)["rows"] == [["b", 1]]


@pytest.mark.parametrize(
    ("sort", "descending", "expected"),
    [
        ("value", False, [-1, 0, 3, 1, 2]),
        ("value", True, [3, 0, -1, 1, 2]),
        ("text", False, [4, 1, 0, 3, 2]),
        ("class", True, [0, 1, 3, 2, 4]),
        ("exact", True, [4, 3, 2, 0, 1]),
        ("time", True, [4, 3, 1, 0, 2]),
    ],
)
def test_sorted(reader, table, sort, descending, expected):
    order = [TABLE["id"][row].as_py() for row in [row % 5 for row in expected]]
    assert ids(reader.page(**table, sort=sort, descending=descending)) == order
    assert ids(reader.page(**table, sort=sort, descending=descending, offset=1, limit=2)) == order[1:3]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (("value", "missing"), [2, 3]),
        (("value", "present"), [1, 4, 1 << 60]),
        (("value", "<", 0.5), [1 << 60]),
        (("id", ">=", str(1 << 60)), [1 << 60]),
        (("id", "<=", 2.5), [1, 2]),
        (("text", "=", "b"), [1]),
        (("text", "contains", "B"), [1, 1 << 60]),
        (("class", "!=", "ok"), [3]),
        (("flag", "=", False), [2]),
        (("day", ">", "2024-01-03"), [4, 1 << 60]),
        (("time", "<", "1970-01-01T00:00:00+00:00"), []),
        (("time", ">", "1970-01-01T00:00:00"), [1, 2, 4, 1 << 60]),
        (("exact", ">", 1), [4, 1 << 60]),
    ],
)
def test_conditions(reader, table, where, expected):
    condition = dict(zip(("column", "operator", "value"), where, strict=False))
    page = reader.page(**table, where=[condition])
    assert (ids(page), page["matching"], page["total"]) == (expected, len(expected), 5)


def test_search_conditions_and_order_together(reader, table):
    page = reader.page(
        **table, search="O", where=[{"column": "flag", "operator": "present"}], sort="id", descending=True
    )
    assert ids(page) == [4, 2, 1]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"sort": "nope"}, "The table has no column 'nope'; it has: id, value, "),
        ({"columns": ["id", "nope"]}, "no column 'nope'"),
        ({"sort": "list"}, "'list' is of type list and cannot be sorted"),
        (
            {"where": [{"column": "id", "operator": "=", "value": "x"}]},
            "'id' is of type int and cannot be compared with 'x'",
        ),
        ({"where": [{"column": "day", "operator": "=", "value": 5}]}, "cannot be compared with 5"),
        ({"where": [{"column": "id", "operator": "contains", "value": "x"}]}, "only text can contain"),
        ({"where": [{"column": "id", "operator": "~", "value": "x"}]}, "'~' is no way to compare"),
    ],
)
def test_a_question_that_does_not_fit_is_refused(reader, table, question, message):
    with pytest.raises(TableQuestionError, match=message):
        reader.page(**table, **question)


def test_statistics(reader, table):
    found = {column["name"]: column for column in reader.statistics(**table)}
    value = found["value"]
    assert (value["rows"], value["missing"], value["missing_rate"], value["infinite"]) == (5, 2, 0.4, 1)
    assert (value["min"], value["max"], value["mean"], value["distinct"]) == (-1.0, 0.5, -0.25, 3)
    assert value["quantiles"] == pytest.approx(
        {"p5": -0.925, "p25": -0.625, "median": -0.25, "p75": 0.125, "p95": 0.425}
    )
    assert (found["id"]["min"], found["id"]["max"]) == (1, str(1 << 60))
    assert (found["class"]["top"], found["class"]["distinct"]) == (
        [{"value": "ok", "count": 3}, {"value": "bad", "count": 1}],
        2,
    )
    assert found["flag"]["top"] == [{"value": True, "count": 3}, {"value": False, "count": 1}]
    assert (found["day"]["min"], found["day"]["max"]) == ("2024-01-01", "2024-01-05")
    assert (found["nothing"]["missing"], found["nothing"]["distinct"], found["list"]["missing"]) == (5, None, 1)
    assert len({tuple(column) for column in found.values()}) == 1


def test_histograms(reader, table):
    numbers = reader.histogram(**table, column="value", bins=3, by="class")
    assert numbers["edges"] == [-1.0, -0.5, 0.0, 0.5]
    assert (numbers["counts"], numbers["missing"], numbers["infinite"]) == ([1, 0, 1], 2, 1)
    assert numbers["classes"] == [
        {"value": "ok", "counts": [0, 0, 1]},
        {"value": None, "counts": [1, 0, 0]},
        {"value": "bad", "counts": [0, 0, 0]},
    ]
    texts = reader.histogram(**table, column="class", bins=1, by="flag")
    assert (texts["values"], texts["counts"], texts["other"], texts["missing"]) == (["ok"], [3], 1, 1)
    assert texts["classes"][0] == {"value": True, "counts": [2]}
    days = reader.histogram(**table, column="day", bins=10)
    assert (days["edges"][0], days["edges"][-1], days["counts"]) == ("2024-01-01", "2024-01-06", [1, 1, 1, 1, 1])
    times = reader.histogram(**table, column="time", bins=2)
    assert times["counts"] == [2, 2]
    with pytest.raises(TableQuestionError, match="'list' is of type list: its values cannot be counted"):
        reader.histogram(**table, column="list")


@pytest.mark.parametrize(
    ("values", "edges", "counts"),
    [
        ([], [], []),
        ([None], [], []),
        ([float("inf")], [], []),
        ([2.5, 2.5], [2.5, 2.5], [2]),
        ([-1.7e308, 1.7e308], [-1.7e308, 0.0, 1.7e308], [1, 1]),
        ([0.0, 1e-300, 2e-300], [0.0, 1e-300, 2e-300], [1, 2]),
    ],
)
def test_extreme_histograms(reader, tmp_path, values, edges, counts):
    paths = written(tmp_path, pa.table({"x": pa.array(values, pa.float64())}), "ipc")
    found = reader.histogram(paths, "x", 2)
    assert (found["edges"], found["counts"]) == (edges, counts)


def test_whole_numbers_of_the_full_range(reader, tmp_path):
    paths = written(tmp_path, pa.table({"x": pa.array([-(1 << 63), (1 << 63) - 1])}), "ipc")
    assert reader.histogram(paths, "x", 2)["counts"] == [1, 1]


def test_too_many_classes(reader, tmp_path):
    paths = written(tmp_path, pa.table({"x": range(21)}), "ipc")
    with pytest.raises(TableQuestionError, match="'x' has 21 different values; at most 20"):
        reader.histogram(paths, "x", by="x")


def test_a_wide_table_gives_fewer_rows(reader, tmp_path):
    paths = written(tmp_path, pa.table({f"c{number}": [1, 2, 3, 4] for number in range(40_000)}), "ipc")
    assert len(reader.page(paths)["rows"]) == 2


def test_columns_of_the_same_name_are_told_apart(reader, tmp_path):
    table = pa.Table.from_arrays([pa.array([1, 2, 3]), pa.array([4, 5, 6])], names=["a", "a"])
    page = reader.page(written(tmp_path, table, "ipc"), sort="a (2)", descending=True)
    assert (page["columns"][1]["name"], page["rows"][0]) == ("a (2)", [3, 6])


def test_exports(reader, table, tmp_path):
    reader.export(**table, target=tmp_path / "out.csv", to="csv")
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0].startswith("id,value,text,flag,class,day,time,list,bytes,exact")
    assert lines[2].startswith("2,NaN,a,false,ok,2024-01-02,")
    assert len(lines) == 6
    if table["format"] == "parquet":  # Arrow's months and days do not go into Parquet
        reader.export(**table, target=tmp_path / "out.parquet", to="parquet")
        assert pl.read_parquet(tmp_path / "out.parquet").height == 5


def test_a_broken_file_is_an_error_and_the_next_question_works(reader, table, tmp_path):
    whole = table["paths"][0].read_bytes()
    broken = tmp_path / "broken"
    for content in (
        b"",
        b"no table",
        whole[: len(whole) // 2],
        whole[:100] + b"\xff" * (len(whole) - 200) + whole[-100:],
    ):
        broken.write_bytes(content)
        with pytest.raises(TableReaderError, match="The table cannot be read: "):
            reader.statistics([broken], format=table["format"])
        assert ids(reader.page(**table, limit=1)) == [1]
    with pytest.raises(TableReaderError, match="The table cannot be read: FileNotFoundError"):
        reader.page([tmp_path / "gone"])


def test_too_slow_is_an_error_and_the_next_question_works(tmp_path):
    paths = written(tmp_path, pa.table({"x": range(1000)}), "ipc")
    with leaving_nothing_behind():
        hurried = TableReader(seconds=0.001)
        with pytest.raises(TableReaderError, match=r"its reader took longer than 0\.001 s"):
            hurried.statistics(paths)
        hurried._seconds = 60
        assert hurried.statistics(paths)[0]["rows"] == 1000
        hurried.close()
