"""A Python function as people type it into a form, applied to the batches of a table."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import DataError, ParamError, Table

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

FILE = "<code>"
"""How tracebacks call the text."""


class Program:
    """The code, executed once, and its function `process`.

    With a function `setup`, what it returns is the second argument of `process`: it is called once in each process.

    Args:
        code: Python text.
        batch_format: pandas, polars or arrow: what `process` takes.
        types: declared column -> logical type; empty: whatever `process` returns.

    Raises:
        ParamError: it is no Python, fails when it is executed, or defines no function `process`.
    """

    def __init__(self, code: str, batch_format: str, types: Mapping[str, str]) -> None:
        self._format = batch_format
        self._types = dict(types)
        space: dict[str, Any] = {"__name__": "patchbay_code"}
        try:
            exec(compile(code, FILE, "exec"), space)
            self._process = _function(space)
            self._state = (space["setup"](),) if callable(space.get("setup")) else ()
        except ParamError:
            raise
        except Exception as error:
            raise _failure(error, Text("", "")) from error

    def __call__(self, number: int, batch: pa.Table) -> pa.Table:
        """What `process` makes of a batch.

        Raises:
            ParamError: it fails; the line of the code and the batch are named.
            DataError: it returns no table, or not the declared columns.
        """
        where = Text(f" (batch {number}, {batch.num_rows} rows)", f"（{number} 号批，{batch.num_rows} 行）")
        try:
            result = self._process(_given(batch, self._format), *self._state)
        except Exception as error:
            raise _failure(error, where) from error
        return _declared(_taken(result, where), self._types, where).to_arrow()


def joined(results: Sequence[pa.Table]) -> Table:
    """One table of the batches' results; integers beside decimals become decimals, and an empty column fits any.

    Raises:
        DataError: the columns differ.
    """
    import polars as pl

    frames = [Table(result).polars() for result in results]
    first = frames[0].columns
    for number, frame in enumerate(frames):
        if frame.columns != first:
            raise DataError(
                Text(
                    f"process returned the columns {', '.join(frame.columns)} for batch {number}, but "
                    f"{', '.join(first)} for the first one; return the same columns every time.",
                    f"process 对 {number} 号批返回的列是 {'、'.join(frame.columns)}，对首批却是 {'、'.join(first)}；"
                    "请每次返回相同的列。",
                ).as_json()
            )
    try:
        return Table(pl.concat(frames, how="vertical_relaxed"))
    except pl.exceptions.PolarsError as error:
        raise DataError(
            Text(
                f"process returned types that do not fit from batch to batch: {error}. Declare the columns.",
                f"process 在各批返回的类型不一致：{error}。请声明返回的列。",
            ).as_json()
        ) from error


def _function(space: Mapping[str, Any]) -> Callable[..., Any]:
    process = space.get("process")
    if not callable(process):
        missing = Text(
            "code: it defines no function 'process'; write: def process(batch): ...",
            "代码中没有定义函数 process；请写：def process(batch): ...",
        )
        raise ParamError(missing.as_json(), field="code")
    return process  # type: ignore[no-any-return]


def _failure(error: Exception, where: Text) -> ParamError:
    """The error with the line of the code that raised it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == FILE else (lines or [None])[-1]
    place = Text(f"line {line}: ", f"第 {line} 行出错：") if line else Text("", "代码出错：")
    said = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
    failed = Text(f"code: {place.en}{said}{where.en}", f"{place.zh}{said}{where.zh}")
    return ParamError(failed.as_json(), field="code", line=line)


def _given(batch: pa.Table, batch_format: str) -> Any:
    if batch_format == "arrow":
        return batch
    return Table(batch).pandas() if batch_format == "pandas" else Table(batch).polars()


def _taken(result: Any, where: Text) -> pl.DataFrame:
    try:
        return Table(result).polars()
    except DataError as error:
        said = Text.of(error)
        other = Text(
            f"process must return a table{where.en}. {said.en}", f"process 必须返回一张表{where.zh}。{said.zh}"
        )
        raise DataError(other.as_json()) from error


def _declared(frame: pl.DataFrame, types: Mapping[str, str], where: Text) -> pl.DataFrame:
    import polars as pl

    if not types:
        return frame
    if missing := [name for name in types if name not in frame.columns]:
        raise DataError(
            Text(
                f"process returned no column {missing[0]!r}{where.en}, which is declared; it returned: "
                f"{', '.join(frame.columns)}.",
                f"process 没有返回已声明的列“{missing[0]}”{where.zh}；返回的列有：{'、'.join(frame.columns)}。",
            ).as_json()
        )
    try:
        return frame.select(pl.col(name).cast(_polars(type)) for name, type in types.items())
    except pl.exceptions.PolarsError as error:
        misfit = Text(
            f"process returned values that do not fit the declared types{where.en}: {error}",
            f"process 返回的值与声明的类型不符{where.zh}：{error}",
        )
        raise DataError(misfit.as_json()) from error


def _polars(type: str) -> Any:
    """The polars type of a declared one."""
    import polars as pl

    return {
        "int": pl.Int64,
        "float": pl.Float64,
        "bool": pl.Boolean,
        "string": pl.String,
        "date": pl.Date,
        "datetime": pl.Datetime("us"),
    }[type]
