"""Small operators for tests with real processes."""
# ruff: noqa: T201

from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.errors import DataError
from patchbay_sdk.hookspecs import hookimpl
from patchbay_sdk.operator import Learner, Operator, Outputs
from patchbay_sdk.table import Table
from patchbay_sdk.values import Metrics
from tests.runners import scripts_under_test


class Nothing(Operator):
    """No inputs, no outputs."""

    def run(self, context: Context) -> Outputs:
        return {}


class Watch(Operator):
    """Writes down what its hooks hear, of other operators too."""

    def run(self, context: Context) -> Outputs:
        return {}

    @hookimpl
    def before_task(self, operator: str, params: dict[str, Any]) -> None:
        print("before", operator, params)

    @hookimpl
    def after_task(self, operator: str, error: Exception | None) -> None:
        print("after", operator, repr(error))


class Forbid(Operator):
    """Its hook lets no task begin."""

    def run(self, context: Context) -> Outputs:
        return {}

    @hookimpl
    def before_task(self, operator: str) -> None:
        raise DataError(f"{operator} is forbidden.")


class Script(Operator):
    """Does what `action` says, a function of `scripts_under_test`, and returns its text."""

    def run(self, context: Context, action: str) -> Outputs:
        result = getattr(scripts_under_test, action)(context)
        return {"text": result if isinstance(result, str) else ""}


class Count(Operator):
    """A table of the numbers below `rows`, and its metrics."""

    def run(self, context: Context, rows: int) -> Outputs:
        return {"table": Table({"x": list(range(rows))}), "metrics": Metrics({"rows": rows})}


class AddMean(Learner):
    """Adds the mean of the training table's `x`."""

    def fit(self, context: Context, table: Table) -> dict[str, Any]:
        return {"columns": ["x"], "mean": float(table.polars()["x"].mean())}  # type: ignore[arg-type]

    def apply(self, state: Any, table: Table) -> Table:
        frame = table.polars()
        return Table(frame.with_columns(x=frame["x"] + state["mean"]))


class Describe(Operator):
    """What arrives at its inputs, as text."""

    def run(self, context: Context, values: list[Any] | None = None, file: Any = None) -> Outputs:
        lines = [f"{type(value).__name__} {value!r:.60}" for value in values or []]
        lines += [f"{len(v.lineage)} transforms" for v in values or [] if isinstance(v, Table)]
        return {"text": "\n".join([*lines, file.path.read_text() if file else ""])}


class Concatenate(Operator):
    """Tables one below the other."""

    def run(self, context: Context, tables: list[Table]) -> Outputs:
        import polars as pl

        return {"table": Table(pl.concat([table.polars() for table in tables]))}


class ApplyTransform(Operator):
    """A transform on a table."""

    def run(self, context: Context, table: Table, transform: Any) -> Outputs:
        return {"table": transform.apply(table)}
