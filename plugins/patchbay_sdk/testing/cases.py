"""Runs operators on examples as the platform would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.errors import OperatorError, ParamError, PatchbayError
from patchbay_sdk.outputs import check_outputs
from patchbay_sdk.propagation import output_schemas
from patchbay_sdk.registry import load_operator, spec_files, specs_folder
from patchbay_sdk.schema import Schema, united
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.table import Table
from patchbay_sdk.testing.expected import assert_value
from patchbay_sdk.testing.values import value_of, with_paths, write_files


@dataclass(frozen=True)
class Case:
    """One example of one operator, ready to run."""

    spec: OperatorSpec
    example: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.spec.key}: {self.example['title']}"

    def run(self, folder: Path) -> None:
        """Run the example with its files in `folder`; AssertionError says what differs from `expect`."""
        try:
            outputs, logs = run_example(self.spec, self.example, folder)
        except PatchbayError as error:
            self.assert_error(error.message)
        else:
            self.assert_outputs(outputs, logs)

    def assert_error(self, message: str) -> None:
        """AssertionError unless the example expects this error."""
        expect = self.example["expect"]
        assert "error" in expect, f"{self}: failed: {message}"
        assert expect["error"] in message, f"{self}: error is {message!r}, not {expect['error']!r}"

    def assert_outputs(self, outputs: Mapping[str, Any], logs: Sequence[Mapping[str, Any]]) -> None:
        """AssertionError unless the example expects these outputs and log lines."""
        expect = self.example["expect"]
        assert "error" not in expect, f"{self}: should fail with {expect['error']!r}"
        if "warning" in expect:
            warnings = [line["message"] for line in logs if line["level"] == "warning"]
            assert any(expect["warning"] in line for line in warnings), f"{self}: warnings are {warnings}"
        for port, expected in expect.get("outputs", {}).items():
            assert_value(outputs[port], expected, f"{self}: output {port!r}")


def example_cases(package: str) -> list[Case]:
    """Every example of every operator of an installed package."""
    specs = [OperatorSpec.from_file(path) for path in spec_files(specs_folder(package))]
    return [Case(spec, example) for spec in specs for example in spec.raw["examples"]]


def run_example(
    spec: OperatorSpec, example: Mapping[str, Any], folder: Path
) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """Run an operator on an example: its outputs and its log lines.

    ``"$file:NAME"`` in a param stands for the path of the example's file, and of one to be written.

    Raises:
        ParamError: the params break the spec.
        OperatorError: the outputs are not what the spec declares.
        PatchbayError: whatever the operator raises.
    """
    inputs, params = prepared(example, folder)
    return run_operator(spec, inputs, params, folder, seed=example.get("seed", 0))


def prepared(example: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs and params of an example, its files written into `folder`."""
    write_files(example.get("files", {}), folder)
    params = with_paths(dict(example.get("params", {})), folder)
    return {name: value_of(raw, folder) for name, raw in example.get("inputs", {}).items()}, params


def run_operator(
    spec: OperatorSpec,
    inputs: Mapping[str, Any],
    params: Mapping[str, Any],
    folder: Path,
    *,
    seed: int = 0,
    engine: str = "local",
    session: Any = None,
) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """Run an operator as the platform does: params checked and filled, outputs checked against the spec.

    Raises:
        ParamError: the params break the spec or name columns that the inputs lack.
        OperatorError: the outputs are not what the spec declares.
    """
    outputs, logs = run_unchecked(spec, inputs, params, folder, seed=seed, engine=engine, session=session)
    check_outputs(spec, outputs)
    operator, filled = load_operator(spec), spec.fill_params(params)
    check_schemas(
        spec,
        filled,
        schemas_of(inputs),
        schemas_of(outputs),
        lambda spec, params, schemas: operator.operator_infer(schemas, params),
    )
    return _with_lineage(spec, inputs, outputs), logs


def run_unchecked(
    spec: OperatorSpec,
    inputs: Mapping[str, Any],
    params: Mapping[str, Any],
    folder: Path,
    *,
    seed: int = 0,
    engine: str = "local",
    session: Any = None,
) -> tuple[Any, list[dict[str, Any]]]:
    """Run an operator with params checked and filled, but look at nothing that it returns.

    Raises:
        ParamError: the params break the spec or name columns that the inputs lack.
    """
    schemas = {name: value.schema for name, value in inputs.items() if isinstance(value, Table)}
    problems = spec.check_params(params, schemas)
    if problems:
        raise ParamError("; ".join(problem.message for problem in problems))
    temp_dirs = folder / "temp"
    temp_dirs.mkdir(parents=True, exist_ok=True)
    temp_dir = Path(mkdtemp(dir=temp_dirs))  # of its own: nothing goes on from an earlier one's checkpoint
    logs: list[dict[str, Any]] = []
    context = Context(
        temp_dir=temp_dir,
        seed=seed,
        data_roots=[folder],
        emit=lambda kind, data: logs.append(data) if kind == "log" else None,
    )
    context.session = session
    return load_operator(spec).operator_run(context, engine, inputs, spec.fill_params(params)), logs


def _with_lineage(spec: OperatorSpec, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The lineage that the platform would attach (docs/architecture.md)."""
    for port in spec.outputs:
        value = outputs.get(port.name)
        if not isinstance(value, Table):
            continue
        source = inputs.get(port.lineage) if port.lineage else None
        source = source[0] if isinstance(source, list) and source else source
        lineage = list(source.lineage) if isinstance(source, Table) else []
        declared = [*lineage, outputs[port.learned]] if port.learned else lineage
        carried = list(value.lineage) if port.lineage else []
        value.lineage = carried if carried[: len(declared)] == declared else declared
    return outputs


def schemas_of(values: Mapping[str, Any]) -> dict[str, Schema | None]:
    """The schemas of the tables among the values of ports; of several tables on one port, the one that fits all."""
    schemas: dict[str, Schema | None] = {}
    for name, value in values.items():
        tables = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Table)]
        if tables:
            schemas[name] = united([table.schema for table in tables])
    return schemas


def check_schemas(
    spec: OperatorSpec,
    params: Mapping[str, Any],
    inputs: Mapping[str, Schema | None],
    outputs: Mapping[str, Schema | None],
    infer: Callable[..., Mapping[str, Schema | None]],
) -> None:
    """Raise OperatorError unless the actual schemas of the outputs are those that the spec declares."""
    for port, declared in output_schemas(spec, params, inputs, infer).items():
        actual = outputs.get(port)
        if declared is not None and actual is not None:
            _assert_fits(actual, declared, f"{spec.key}: output {port!r}")


def _assert_fits(actual: Schema, declared: Schema, where: str) -> None:
    if not declared.open and actual.names != declared.names:
        raise OperatorError(f"{where} has columns {actual.names}, declared are {declared.names}.")
    for column in declared:
        got = actual.get(column.name)
        if got is None:
            raise OperatorError(f"{where} lacks the declared column {column.name!r}.")
        if column.type != "other" and got.type not in (column.type, "other"):
            raise OperatorError(f"{where}: column {column.name!r} is {got.type}, declared is {column.type}.")
