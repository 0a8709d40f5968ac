"""Run a Python function over the batches of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import batches_done
from patchbay_operators.code._program import Program, joined
from patchbay_sdk import Column, Context, Operator, Outputs, Schema, Table

if TYPE_CHECKING:
    import pyarrow as pa


class PythonBatches(Operator):
    """Applies a function to some thousand rows at a time, on Ray in many processes; the results in the rows' order."""

    def run(
        self,
        context: Context,
        table: Table,
        code: str,
        batch_format: str,
        columns: Sequence[Mapping[str, str]],
        batch_size: int,
        concurrency: int,
    ) -> Outputs:
        """One batch after the other in this process.

        Raises:
            ParamError: the code fails; the line is named.
            DataError: it returns no table, other columns from batch to batch, or not those that are declared.
        """
        program = Program(code, batch_format, _types(columns))
        batches = _batches(table, batch_size)
        results = []
        for number, batch in enumerate(batches):
            context.check_cancelled()
            results.append(program(number, batch))
            context.progress((number + 1) / len(batches), batches_done(number + 1, len(batches)).as_json())
        return {"table": joined(results)}

    def run_ray(
        self,
        context: Context,
        table: Table,
        code: str,
        batch_format: str,
        columns: Sequence[Mapping[str, str]],
        batch_size: int,
        concurrency: int,
    ) -> Outputs:
        """The same in actors of Ray Data; each executes the code once.

        Raises:
            ParamError, DataError: as `run`.
        """
        from patchbay_operators.on_ray import map_batches

        types = _types(columns)
        if not table.num_rows:  # Ray Data hands on no batch without rows
            return self.run(context, table, code, batch_format, columns, batch_size, concurrency)
        batches = _batches(table, batch_size)
        context.log(f"{len(batches)} batches of {batch_size} rows.")
        results = map_batches(context, batches, Program, (code, batch_format, types), concurrency)
        return {"table": joined(list(results))}

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        code: str,
        batch_format: str,
        columns: Sequence[Mapping[str, str]],
        batch_size: int,
        concurrency: int,
    ) -> Mapping[str, Schema | None]:
        """The declared columns; unknown where none are, because the code is not run to find out."""
        if not columns:
            return {"table": None}
        return {"table": Schema(tuple(Column(name, type) for name, type in _types(columns).items()))}


def _types(columns: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {column["name"]: column["type"] for column in columns}


def _batches(table: Table, batch_size: int) -> list[pa.Table]:
    """At least one, also of no rows: the result has its columns then too."""
    return [table.arrow().slice(begin, batch_size) for begin in range(0, max(table.num_rows, 1), batch_size)]
