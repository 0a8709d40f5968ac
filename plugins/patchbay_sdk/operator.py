"""The base classes of operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.errors import OperatorError
from patchbay_sdk.hookspecs import hookimpl
from patchbay_sdk.schema import Schema
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform

Outputs = Mapping[str, Any]
"""What `run` returns: output port -> value."""


class Operator:
    """An operator: subclass it, name the class in the spec's `implementation`, and write `run`.

    `run(self, context, ...)` takes one keyword argument per input port and per param of the spec, under their names,
    and returns a value per output port. A param that the form hides is not passed: give its argument a default.
    ``run_<engine>`` is the variant for another engine. `infer(self, schemas, ...)` takes the params in the same way
    and returns the output schemas that the spec leaves to code. A source of one file may have a `preview(self, ...)`,
    which takes the params that were chosen: see the hook `operator_preview`.
    """

    run: Callable[..., Outputs]
    infer: Callable[..., Mapping[str, Schema | None]]
    preview: Callable[..., Mapping[str, Any]] | None = None

    def __init__(self, spec: OperatorSpec) -> None:
        self.spec = spec

    def __reduce__(self) -> tuple[Any, ...]:
        """As its spec: another process (of an engine) loads the same operator, and so can apply its transforms."""
        from patchbay_sdk.registry import load_operator

        return load_operator, (self.spec,)

    @hookimpl
    def operator_spec(self) -> Mapping[str, Any]:
        """The spec, as in its JSON file."""
        return self.spec.raw

    @hookimpl
    def operator_infer(
        self, schemas: Mapping[str, Schema | None], params: Mapping[str, Any]
    ) -> Mapping[str, Schema | None]:
        """Calls `infer` with the params as keyword arguments."""
        return self.infer(schemas, **params)

    @hookimpl
    def operator_preview(self, params: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Calls `preview` with the params as keyword arguments; None where there is no such method."""
        return self.preview(**params) if self.preview is not None else None

    @hookimpl
    def operator_run(
        self, context: Context, engine: str, inputs: Mapping[str, Any], params: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Calls `run`, or the engine's variant, with inputs and params as keyword arguments."""
        return self.variant(engine)(context, **inputs, **params)

    def variant(self, engine: str) -> Callable[..., Outputs]:
        """The method that runs this operator on an engine. Raises OperatorError when there is none."""
        name = "run" if engine == "local" else f"run_{engine}"
        method: Callable[..., Outputs] | None = getattr(self, name, None)
        if method is None:
            raise OperatorError(f"{self.spec.key} has no method {name!r}: it cannot run on engine {engine!r}.")
        return method


class Learner(Operator):
    """An operator that learns from a table and changes it: write `fit` and `apply`, `run` comes by itself.

    `fit(self, context, table, ...)` returns the state: JSON values, Tables or scikit-learn estimators.
    `apply(self, state, table)` returns the changed table; it is called on the training table, on other tables by
    `apply.transform`, and at prediction, and must not look at anything but its arguments.
    `reads(self, state)` names the columns that `apply` needs.
    The spec's outputs are a table and a transform.
    """

    fit: Callable[..., dict[str, Any]]

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the learned step applied."""
        raise OperatorError(f"{self.spec.key} must define apply(state, table).")

    def reads(self, state: Mapping[str, Any]) -> list[str]:
        """Columns that `apply` needs: by default those in ``state["columns"]``."""
        columns = state.get("columns", [])
        return list(columns)

    def run(self, context: Context, table: Table, **params: Any) -> Outputs:
        """Fit on the table, apply to it, and give both the table and the transform."""
        state = self.fit(context, table, **params)
        return self.outputs(table, self.apply(state, table), state)

    def outputs(self, before: Table, after: Table, state: Mapping[str, Any]) -> Outputs:
        """The two outputs, under the port names of the spec."""
        table_port = next(port.name for port in self.spec.outputs if port.type == "table")
        transform_port = next(port.name for port in self.spec.outputs if port.type == "transform")
        return {table_port: after, transform_port: self.transform(before, after, state)}

    def transform(self, before: Table, after: Table, state: Mapping[str, Any]) -> Transform:
        """The fitted step as data."""
        return Transform(
            operator=self.spec.key,
            state=dict(state),
            reads=self.reads(state),
            input_schema=before.schema,
            output_schema=after.schema,
        )


class SparkLearner(Learner):
    """A learner that runs on Spark as well: `fit_spark` gives the state that `fit` would, `apply_spark` the table.

    Without a `fit_spark`, `fit` is called, which then may look at the table's schema only.
    """

    fit_spark: Callable[..., dict[str, Any]] | None = None

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the learned step applied, to be computed by Spark."""
        raise OperatorError(f"{self.spec.key} must define apply_spark(context, state, table).")

    def run_spark(self, context: Context, table: Table, **params: Any) -> Outputs:
        """As `run`."""
        state = (self.fit_spark or self.fit)(context, table, **params)
        return self.outputs(table, self.apply_spark(context, state, table), state)
