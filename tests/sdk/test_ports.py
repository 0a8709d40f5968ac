"""Port types: the conversion table holds, and every value survives being stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import PORT_TYPES, Chart, File, Metrics, ParamError, Table, Transform, can_connect, convert
from patchbay_sdk import ports as ports_module
from patchbay_sdk.errors import ArtifactError
from patchbay_sdk.ports import load, save
from patchbay_sdk.schema import Schema


def examples(folder: Path) -> dict[str, Any]:
    (folder / "a.bin").write_bytes(b"\x00\x01")
    schema = Schema.of({"a": "int"})
    return {
        "table": Table({"a": [1, None], "b": ["x", "晶圆"]}),
        "transform": Transform("x.y@1.0.0", {"columns": ["a"], "lookup": Table({"k": [1]})}, ["a"], schema, schema),
        "metrics": Metrics({"auc": 0.5, "ap": None}, {"confusion": [{"a": 1}]}, {"rows": 2}),
        "chart": Chart("line", "ROC", [{"name": "model", "x": [0, 1], "y": [0, 1]}], "x", "y"),
        "text": "good: 好\r\nnext",
        "file": File(folder / "a.bin"),
    }


def stored(value: Any, port_type: str, folder: Path) -> Any:
    folder.mkdir()
    meta = json.loads(json.dumps(save(value, port_type, folder)))
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return load(port_type, files, meta)


def test_the_docstring_is_the_conversion_table() -> None:
    lines = str(ports_module.__doc__).splitlines()
    header = next(line for line in lines if "from \\ to" in line)
    names = header.split()[3:]
    assert names == list(PORT_TYPES)
    starts = [header.index(f" {name}", header.index("to") + 2) + 1 for name in names]
    for source in PORT_TYPES:
        row = next(line for line in lines if line.strip().startswith(f"{source} ")).ljust(len(header) + 4)
        for target, start in zip(names, starts, strict=True):
            mark = row[start : start + len(target)].strip()
            assert can_connect(source, target) == bool(mark), f"{source} -> {target}"


@pytest.mark.parametrize("source", ["table", "transform", "metrics", "chart", "text", "file"])
def test_what_may_be_connected_can_be_converted(source: str, tmp_path: Path) -> None:
    value = examples(tmp_path)[source]
    for target in PORT_TYPES:
        if can_connect(source, target):
            converted = convert(value, target, tmp_path)
            assert target == "any" or isinstance(converted, ports_module.PYTHON_TYPES[target])
        else:
            with pytest.raises(ParamError, match=f"A {source} cannot feed an input of type {target}; it fits: "):
                convert(value, target, tmp_path)


def test_metrics_become_a_table(tmp_path: Path) -> None:
    table = convert(Metrics({"auc": 0.5, "ap": None}), "table", tmp_path)
    assert table.polars().rows() == [("auc", 0.5), ("ap", None)]


@pytest.mark.parametrize("port_type", ["transform", "metrics", "chart", "text"])
def test_values_survive_being_stored(port_type: str, tmp_path: Path) -> None:
    value = examples(tmp_path)[port_type]
    again = stored(value, port_type, tmp_path / "stored")
    if port_type == "transform":
        assert again.state["lookup"].polars().equals(value.state["lookup"].polars())
        assert (again.operator, again.reads, again.input_schema) == (value.operator, value.reads, value.input_schema)
    else:
        assert again == value


def test_what_json_cannot_hold_becomes_null(tmp_path: Path) -> None:
    again = stored(Metrics({"auc": float("nan"), "n": 3}, {"rows": [{"x": float("inf")}]}), "metrics", tmp_path / "m")
    assert (again.values, again.tables) == ({"auc": None, "n": 3}, {"rows": [{"x": None}]})


def test_tables_and_files_survive_being_stored(tmp_path: Path) -> None:
    values = examples(tmp_path)
    assert stored(values["table"], "table", tmp_path / "t").polars().equals(values["table"].polars())
    file = stored(values["file"], "file", tmp_path / "f")
    assert (file.file_name, file.path.read_bytes()) == ("a.bin", b"\x00\x01")


def test_a_value_of_another_type_is_not_stored(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="A table must be a Table, not a str"):
        save("x", "table", tmp_path)
