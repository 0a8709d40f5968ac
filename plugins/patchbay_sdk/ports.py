"""Port types: what may travel along an edge, which output fits which input, and how values are stored.

Conversion table (rows: output, columns: input; ``=`` as it is, ``c`` converted, blank: refused):

::

    from \\ to  table transform model metrics chart text file any
    table      =                                        c    =
    transform        =                                       =
    model                      =                             =
    metrics    c                     =             c    c    =
    chart                                    =          c    =
    text                                           =    c    =
    file                                                =    =
    any        ?     ?         ?     ?       ?     ?    ?    =

``?``: allowed on the canvas, checked when the value is there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from io import IOBase
from pathlib import Path
from typing import Any

from patchbay_sdk.errors import ArtifactError, ParamError
from patchbay_sdk.model import Model
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform
from patchbay_sdk.values import Chart, File, Metrics

PYTHON_TYPES: Mapping[str, type] = {
    "table": Table,
    "transform": Transform,
    "model": Model,
    "metrics": Metrics,
    "chart": Chart,
    "text": str,
    "file": File,
}
"""Port type -> the Python class of its values."""

SMALL = (str, Metrics, Chart)
"""Values that are one small file, which `encode` gives."""

PORT_TYPES = (*PYTHON_TYPES, "any")


def port_type_of(value: Any) -> str:
    """The port type of a value. Raises ParamError for a value that no port can carry."""
    for name, python_type in PYTHON_TYPES.items():
        if isinstance(value, python_type):
            return name
    raise ParamError(f"A port cannot carry a {type(value).__name__}; it carries one of: {', '.join(PYTHON_TYPES)}.")


def can_connect(source: str, target: str) -> bool:
    """Whether an output of type `source` may feed an input of type `target`."""
    return source == target or "any" in (source, target) or (source, target) in _CONVERSIONS


def convert(value: Any, target: str, temp_dir: Path) -> Any:
    """The value as an input of type `target` takes it; files are written to `temp_dir`.

    Raises:
        ParamError: the value's type does not fit.
    """
    source = port_type_of(value)
    if target in (source, "any"):
        return value
    if (source, target) not in _CONVERSIONS:
        fitting = [name for name in PORT_TYPES if can_connect(source, name)]
        raise ParamError(
            {
                "en": f"A {source} cannot feed an input of type {target}; it fits: {', '.join(fitting)}.",
                "zh-CN": f"{source} 不能连到 {target} 类型的输入；它可连到：{'、'.join(fitting)}。",
            }
        )
    return _CONVERSIONS[source, target](value, temp_dir)


def _metrics_to_table(metrics: Metrics, temp_dir: Path) -> Table:
    import polars as pl

    names = list(metrics.values)
    values = [None if metrics[name] is None else float(metrics[name] or 0) for name in names]
    return Table(pl.DataFrame({"metric": names, "value": values}, schema={"metric": pl.String, "value": pl.Float64}))


def _metrics_to_text(metrics: Metrics, temp_dir: Path) -> str:
    return "\n".join(
        f"{name}: {'undefined' if value is None else f'{value:g}'}" for name, value in metrics.values.items()
    )


def _table_to_file(table: Table, temp_dir: Path) -> File:
    path = temp_dir / "table.parquet"
    table.lazy().sink_parquet(path)
    return File(path, media_type="application/vnd.apache.parquet")


def _text_to_file(text: str, temp_dir: Path) -> File:
    path = temp_dir / "text.txt"
    path.write_bytes(text.encode())
    return File(path, media_type="text/plain")


def _json_to_file(value: Metrics | Chart, temp_dir: Path) -> File:
    path = temp_dir / f"{type(value).__name__.lower()}.json"
    path.write_text(_to_json(value), encoding="utf-8")
    return File(path, media_type="application/json")


_CONVERSIONS: Mapping[tuple[str, str], Callable[[Any, Path], Any]] = {
    ("metrics", "table"): _metrics_to_table,
    ("metrics", "text"): _metrics_to_text,
    ("metrics", "file"): _json_to_file,
    ("chart", "file"): _json_to_file,
    ("table", "file"): _table_to_file,
    ("text", "file"): _text_to_file,
}


def write_arrow(table: Table, target: Path | IOBase) -> None:
    """Write a table as one uncompressed Arrow IPC file, which can be memory-mapped."""
    import pyarrow as pa

    arrow = table.arrow()
    sink = pa.OSFile(str(target), "wb") if isinstance(target, Path) else pa.PythonFile(target, mode="w")
    with sink, pa.ipc.new_file(sink, arrow.schema) as writer:
        writer.write_table(arrow)


def save(value: Any, port_type: str, folder: Path) -> dict[str, Any]:
    """Write a value's files into an empty folder; returns what is worth knowing without opening them.

    Raises:
        ArtifactError: the value is not of that port type.
    """
    port_type = port_type_of(value) if port_type == "any" else port_type
    expected = PYTHON_TYPES[port_type]
    if not isinstance(value, expected):
        raise ArtifactError(f"A {port_type} must be a {expected.__name__}, not a {type(value).__name__}.")
    if isinstance(value, Table):
        encoding = {"encoding": "parquet"} if value.write_parts(folder) else {}
        if not encoding:
            write_arrow(value, folder / "table.arrow")
        return {"rows": value.num_rows, "schema": value.schema.to_json(), **encoding}
    if isinstance(value, Transform):
        value.save(folder)
        return {"operator": value.operator, "title": value.title}
    if isinstance(value, Model):
        value.save(folder)
        return {"task": value.task, "target": value.target, "operator": value.operator}
    if isinstance(value, File):
        import shutil

        shutil.copyfile(value.path, folder / "content")
        return {"name": value.file_name, "media_type": value.media_type}
    assert isinstance(value, SMALL)
    name, content, meta = encode(value)
    (folder / name).write_bytes(content)
    return meta


def encode(value: str | Metrics | Chart) -> tuple[str, bytes, dict[str, Any]]:
    """The file name and the content of a small value, and what is worth knowing without opening it."""
    if isinstance(value, str):
        return "text.txt", value.encode(), {"length": len(value)}
    content = _to_json(value).encode()
    if isinstance(value, Metrics):
        return "metrics.json", content, {"values": _plain(value.values)}
    return "chart.json", content, {"kind": value.kind, "title": value.title}


def load(port_type: str, files: Mapping[str, Path], meta: Mapping[str, Any], *, id: str = "") -> Any:
    """Read a value back from its files (relative name -> path)."""
    match port_type:
        case "table":
            if meta.get("encoding") == "parquet":
                return Table.open([files[name] for name in sorted(files)])
            return Table.open(files["table.arrow"])
        case "transform":
            return Transform.load(files, id=id)
        case "model":
            return Model.load(files)
        case "file":
            return File(files["content"], meta["name"], meta["media_type"])
        case "text":
            return files["text.txt"].read_bytes().decode()
        case "metrics":
            return Metrics(**json.loads(files["metrics.json"].read_text(encoding="utf-8")))
        case "chart":
            return Chart(**json.loads(files["chart.json"].read_text(encoding="utf-8")))
    raise ArtifactError(f"Unknown artifact type {port_type!r}; known are: {', '.join(PYTHON_TYPES)}.")


def _to_json(value: Metrics | Chart) -> str:
    return json.dumps(_plain(_fields_of(value)), ensure_ascii=False, allow_nan=False)


def _fields_of(value: Metrics | Chart) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _plain(value: Any) -> Any:
    """The value as JSON has it: numpy values as numbers and lists, dates as ISO text, NaN and infinity as null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise ArtifactError(f"A {type(value).__name__} cannot be stored in metrics or charts.")
