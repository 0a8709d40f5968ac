"""A Python function as people type it into a form, applied to the batches of a table."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

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
            raise _failure(error, "") from error

    def __call__(self, number: int, batch: pa.Table) -> pa.Table:
        """What `process` makes of a batch.

        Raises:
            ParamError: it fails; the line of the code and the batch are named.
            DataError: it returns no table, or not the declared columns.
        """
        where = f" (batch {number}, {batch.num_rows} rows)"
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
                f"process returned the columns {', '.join(frame.columns)} for batch {number}, but "
                f"{', '.join(first)} for the first one; return the same columns every time."
            )
    try:
        return Table(pl.concat(frames, how="vertical_relaxed"))
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"process returned types that do not fit from batch to batch: {error}. Declare the columns."
        ) from error


def _function(space: Mapping[str, Any]) -> Callable[..., Any]:
    process = space.get("process")
    if not callable(process):
        raise ParamError("code: it defines no function 'process'; write: def process(batch): ...", field="code")
    return process  # type: ignore[no-any-return]


def _failure(error: Exception, where: str) -> ParamError:
    """The error with the line of the code that raised it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == FILE else (lines or [None])[-1]
    place = f"line {line}: " if line else ""
    said = error.msg if isinstance(error, SyntaxError) else error
    return ParamError(f"code: {place}{type(error).__name__}: {said}{where}", field="code", line=line)


def _given(batch: pa.Table, batch_format: str) -> Any:
    if batch_format == "arrow":
        return batch
    return Table(batch).pandas() if batch_format == "pandas" else Table(batch).polars()


def _taken(result: Any, where: str) -> pl.DataFrame:
    try:
        return Table(result).polars()
    except DataError as error:
        raise DataError(f"process must return a table{where}. {error.message}") from error


def _declared(frame: pl.DataFrame, types: Mapping[str, str], where: str) -> pl.DataFrame:
    import polars as pl

    if not types:
        return frame
    if missing := [name for name in types if name not in frame.columns]:
        raise DataError(
            f"process returned no column {missing[0]!r}{where}, which is declared; it returned: "
            f"{', '.join(frame.columns)}."
        )
    try:
        return frame.select(pl.col(name).cast(_polars(type)) for name, type in types.items())
    except pl.exceptions.PolarsError as error:
        raise DataError(f"process returned values that do not fit the declared types{where}: {error}") from error


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
