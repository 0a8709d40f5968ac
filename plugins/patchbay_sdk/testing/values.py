"""The values that an example's JSON stands for."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import ParamError
from patchbay_sdk.model import polars_type
from patchbay_sdk.registry import known_spec
from patchbay_sdk.schema import Column
from patchbay_sdk.table import Table

if TYPE_CHECKING:
    import polars as pl


def value_of(raw: Any, folder: Path) -> Any:
    """The value that an example's JSON stands for.

    A table: ``{"columns": {"a": [1, null]}, "types": {"a": "int"}}`` (dates as ISO text). Text: a string. The output
    of another operator: ``{"operator": "id@version", "params", "inputs", "output": port}``. Several: a list.
    """
    if isinstance(raw, list):
        return [value_of(item, folder) for item in raw]
    if isinstance(raw, str):
        return raw
    if "operator" in raw:
        from patchbay_sdk.testing.cases import run_example

        spec = known_spec(raw["operator"])
        outputs, _ = run_example(spec, raw, folder)
        return outputs[raw["output"]]
    if "columns" in raw:
        return table_of(raw)
    raise ParamError(f"An example's input must be a table, a text or an operator's output, not {list(raw)}.")


def table_of(raw: Mapping[str, Any]) -> Table:
    """A table from ``{"columns": {name: [values]}, "types": {name: logical type}}``; NaN is written ``"NaN"``."""
    import polars as pl

    types = raw.get("types", {})
    columns = [series_of(name, values, types.get(name)) for name, values in raw["columns"].items()]
    return Table(pl.DataFrame(columns))


def series_of(name: str, values: Sequence[Any], type: str | None) -> pl.Series:
    """A polars column of a logical type; dates as ISO text, NaN as ``"NaN"``."""
    import polars as pl

    if type == "datetime":
        return pl.Series(name, values, dtype=pl.String).str.to_datetime(time_unit="us")
    if type == "date":
        return pl.Series(name, values, dtype=pl.String).str.to_date()
    if type == "float":
        values = [math.nan if value == "NaN" else value for value in values]
    if type is None:
        return pl.Series(name, values)
    return pl.Series(name, values, dtype=polars_type(Column(name, type)))


def write_files(files: Mapping[str, Any], folder: Path) -> None:
    """Write an example's files: name -> text, or ``{"base64": ...}``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = base64.b64decode(content["base64"]) if isinstance(content, Mapping) else content.encode()
        (folder / name).write_bytes(data)


def with_paths(value: Any, folder: Path) -> Any:
    """The value with ``"$file:NAME"`` replaced by the path of that file in `folder`."""
    if isinstance(value, str) and value.startswith("$file:"):
        return str(folder / value.removeprefix("$file:"))
    if isinstance(value, Mapping):
        return {key: with_paths(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [with_paths(item, folder) for item in value]
    return value
