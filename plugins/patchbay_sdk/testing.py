"""What an operator author tests with: run an operator on its spec's examples, on generated tables, and check its code.

In a test file of a plugin::

    @pytest.mark.parametrize("case", example_cases("my_package"), ids=str)
    def test_example(case, tmp_path):
        case.run(tmp_path)
"""

from __future__ import annotations

import base64
import inspect
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk.context import Context
from patchbay_sdk.errors import OperatorError, ParamError, PatchbayError
from patchbay_sdk.model import Model, polars_type
from patchbay_sdk.operator import Learner, Operator
from patchbay_sdk.ports import PYTHON_TYPES
from patchbay_sdk.propagation import output_schemas
from patchbay_sdk.registry import installed_catalogue, load_operator, spec_files, specs_folder
from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform
from patchbay_sdk.values import Chart, File, Metrics

if TYPE_CHECKING:
    import polars as pl

TOLERANCE = 1e-6
"""Relative and absolute tolerance of expected numbers."""


@dataclass(frozen=True)
class Case:
    """One example of one operator, ready to run."""

    spec: OperatorSpec
    example: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.spec.key}: {self.example['title']}"

    def run(self, folder: Path) -> None:
        """Run the example with its files in `folder`; AssertionError says what differs from `expect`."""
        expect = self.example["expect"]
        try:
            outputs, logs = run_example(self.spec, self.example, folder)
        except PatchbayError as error:
            assert "error" in expect, f"{self}: failed: {error.message}"
            assert expect["error"] in error.message, f"{self}: error is {error.message!r}, not {expect['error']!r}"
            return
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


def run_example(spec: OperatorSpec, example: Mapping[str, Any], folder: Path) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """Run an operator on an example: its outputs and its log lines.

    ``"$file:NAME"`` in a param stands for the path of the example's file, and of one to be written.

    Raises:
        ParamError: the params break the spec.
        OperatorError: the outputs are not what the spec declares.
        PatchbayError: whatever the operator raises.
    """
    _write_files(example.get("files", {}), folder)
    params = _with_paths(dict(example.get("params", {})), folder)
    inputs = {name: value_of(raw, folder) for name, raw in example.get("inputs", {}).items()}
    return run_operator(spec, inputs, params, folder, seed=example.get("seed", 0))


def run_operator(
    spec: OperatorSpec, inputs: Mapping[str, Any], params: Mapping[str, Any], folder: Path, *, seed: int = 0, engine: str = "local"
) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """Run an operator as the platform does: params checked and filled, outputs checked against the spec.

    Raises:
        ParamError: the params break the spec or name columns that the inputs lack.
        OperatorError: the outputs are not what the spec declares.
    """
    schemas = {name: value.schema for name, value in inputs.items() if isinstance(value, Table)}
    problems = spec.check_params(params, schemas)
    if problems:
        raise ParamError("; ".join(problem.message for problem in problems))
    temp_dir = folder / "temp"
    temp_dir.mkdir(parents=True, exist_ok=True)
    logs: list[dict[str, Any]] = []
    context = Context(
        temp_dir=temp_dir,
        seed=seed,
        data_roots=[folder],
        emit=lambda kind, data: logs.append(data) if kind == "log" else None,
    )
    filled = spec.fill_params(params)
    operator = load_operator(spec)
    outputs = operator.operator_run(context, engine, inputs, filled)
    check_outputs(spec, outputs)
    _check_schemas(operator, inputs, filled, outputs)
    return _with_lineage(spec, inputs, outputs), logs


def _with_lineage(spec: OperatorSpec, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The lineage that the platform would attach (docs/architecture.md)."""
    for port in spec.outputs:
        value = outputs.get(port.name)
        if not isinstance(value, Table):
            continue
        source = inputs.get(port.lineage) if port.lineage else None
        source = source[0] if isinstance(source, list) and source else source
        lineage = list(source.lineage) if isinstance(source, Table) else []
        value.lineage = [*lineage, outputs[port.learned]] if port.learned else lineage
    return outputs


def check_outputs(spec: OperatorSpec, outputs: Mapping[str, Any]) -> None:
    """Raise OperatorError unless there is a value of the declared type on every declared port, and no other."""
    if not isinstance(outputs, Mapping):
        raise OperatorError(f"{spec.key} returned a {type(outputs).__name__}; it must return a dict of port -> value.")
    declared = {port.name: port.type for port in spec.outputs}
    for name in [*declared, *outputs]:
        if name not in outputs:
            raise OperatorError(f"{spec.key} gave nothing on output {name!r}; it gave: {', '.join(outputs) or 'nothing'}.")
        if name not in declared:
            raise OperatorError(f"{spec.key} gave an output {name!r} that its spec does not declare.")
        if declared[name] != "any" and not isinstance(outputs[name], PYTHON_TYPES[declared[name]]):
            actual = type(outputs[name]).__name__
            raise OperatorError(f"{spec.key}: output {name!r} must be a {declared[name]}, not a {actual}.")


def _check_schemas(operator: Operator, inputs: Mapping[str, Any], params: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
    """Declared output schemas against the actual ones."""
    first = {name: value[0] if isinstance(value, list) and value else value for name, value in inputs.items()}
    schemas = {name: value.schema for name, value in first.items() if isinstance(value, Table)}
    declared = output_schemas(
        operator.spec, params, schemas, lambda spec, params, schemas: operator.operator_infer(schemas, params)
    )
    for port, schema in declared.items():
        if schema is not None:
            _assert_fits(outputs[port].schema, schema, f"{operator.spec.key}: output {port!r}")


def _assert_fits(actual: Schema, declared: Schema, where: str) -> None:
    if not declared.open and actual.names != declared.names:
        raise OperatorError(f"{where} has columns {actual.names}, declared are {declared.names}.")
    for column in declared:
        got = actual.get(column.name)
        if got is None:
            raise OperatorError(f"{where} lacks the declared column {column.name!r}.")
        if column.type != "other" and got.type not in (column.type, "other"):
            raise OperatorError(f"{where}: column {column.name!r} is {got.type}, declared is {column.type}.")


def check_code(spec: OperatorSpec) -> None:
    """Raise OperatorError unless the code takes exactly the spec's inputs and params, and has all it declares.

    A param that a form may leave out (no default, or conditional) needs a default in Python.
    """
    operator = load_operator(spec)
    for engine in spec.runs.engines:
        method = operator.variant(engine)
        if isinstance(operator, Learner) and "fit" in dir(operator) and engine == "local" and type(operator).run is Learner.run:
            method = operator.fit
        _check_signature(spec, method)
    if any((port.schema or {}).get("infer") for port in spec.outputs) and not hasattr(operator, "infer"):
        raise OperatorError(f"{spec.key} declares an inferred schema but has no method infer.")


def _check_signature(spec: OperatorSpec, method: Any) -> None:
    arguments = dict(inspect.signature(method).parameters)
    arguments.pop("context", None)
    fields = spec.params.get("properties", {})
    required = set(spec.params.get("required", ()))
    optional = {n for n, f in fields.items() if "x-when" in f or ("default" not in f and n not in required)}
    optional |= {port.name for port in spec.inputs if not port.required}
    expected = {port.name for port in spec.inputs} | set(fields)
    if any(a.kind is inspect.Parameter.VAR_KEYWORD for a in arguments.values()):
        return
    for name in sorted(expected - set(arguments)):
        raise OperatorError(f"{spec.key}: {method.__name__} lacks the argument {name!r}, which its spec declares.")
    for name, argument in arguments.items():
        if name not in expected:
            raise OperatorError(f"{spec.key}: {method.__name__} takes {name!r}, which is neither an input nor a param.")
        if name in optional and argument.default is inspect.Parameter.empty:
            raise OperatorError(f"{spec.key}: argument {name!r} of {method.__name__} needs a default: a form may leave it out.")


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
        spec = installed_catalogue().get(raw["operator"])
        outputs, _ = run_example(spec, raw, folder)
        return outputs[raw["output"]]
    if "columns" in raw:
        return table_of(raw)
    raise ParamError(f"An example's input must be a table, a text or an operator's output, not {list(raw)}.")


def table_of(raw: Mapping[str, Any]) -> Table:
    """A table from ``{"columns": {name: [values]}, "types": {name: logical type}}``; NaN is written ``"NaN"``."""
    import polars as pl

    types = raw.get("types", {})
    columns = [_series(name, values, types.get(name)) for name, values in raw["columns"].items()]
    return Table(pl.DataFrame(columns))


def _series(name: str, values: Sequence[Any], type: str | None) -> pl.Series:
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


def assert_value(actual: Any, expected: Any, where: str) -> None:
    """AssertionError unless a value is as an example expects it; see docs/operators.md for the words."""
    if isinstance(actual, Table):
        _assert_table(actual, expected, where)
    elif isinstance(actual, Metrics):
        _assert_contains({"values": actual.values, "tables": actual.tables, "about": actual.about}, expected, where)
    elif isinstance(actual, Transform):
        _assert_contains({"operator": actual.operator, "state": actual.state, "reads": list(actual.reads)}, expected, where)
    elif isinstance(actual, Model):
        words = ("task", "features", "target", "classes", "positive", "metrics", "threshold", "about")
        _assert_contains(json.loads(json.dumps({w: getattr(actual, w) for w in words}, default=list)), expected, where)
    elif isinstance(actual, Chart):
        _assert_contains({"kind": actual.kind, "title": actual.title, "series": list(actual.series)}, expected, where)
    elif isinstance(actual, File):
        content = actual.path.read_bytes()
        _assert_text(content.decode(errors="replace"), expected, where)
    else:
        _assert_text(actual, expected, where)


def _assert_text(actual: str, expected: Any, where: str) -> None:
    if isinstance(expected, str):
        assert actual == expected, f"{where} is {actual!r}"
    else:
        for part in [expected.get("contains", [])] if isinstance(expected.get("contains"), str) else expected.get("contains", []):
            assert part in actual, f"{where} lacks {part!r}: {actual!r}"


def _assert_table(actual: Table, expected: Mapping[str, Any], where: str) -> None:
    unknown = set(expected) - {"columns", "types", "rows", "names", "includes"}
    assert not unknown, f"{where}: an expected table has no {unknown}"
    if "rows" in expected:
        assert actual.num_rows == expected["rows"], f"{where} has {actual.num_rows} rows, not {expected['rows']}"
    names = expected.get("names", list(expected["columns"]) if "columns" in expected else None)
    if names is not None:
        assert actual.columns == names, f"{where} has columns {actual.columns}, not {names}"
    for name, type in expected.get("types", {}).items():
        column = actual.schema.get(name)
        assert column is not None and column.type == type, f"{where}: {name!r} is {column}, not {type}"
    for name, values in {**expected.get("columns", {}), **expected.get("includes", {})}.items():
        got = [_plain(value) for value in actual.polars()[name].to_list()]
        _assert_equal(got, values, f"{where}, column {name!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _assert_contains(actual: Any, expected: Any, where: str) -> None:
    """`actual` holds at least what `expected` says; numbers within `TOLERANCE`."""
    if isinstance(expected, Mapping):
        if isinstance(actual, Table):
            _assert_table(actual, expected, where)
            return
        for key, value in expected.items():
            assert isinstance(actual, Mapping) and key in actual, f"{where} lacks {key!r}: {actual!r}"
            _assert_contains(actual[key], value, f"{where}, {key!r}")
    elif isinstance(expected, list):
        assert len(actual) == len(expected), f"{where} is {actual!r}, not {expected!r}"
        for position, (got, value) in enumerate(zip(actual, expected, strict=True)):
            _assert_contains(got, value, f"{where}, item {position}")
    else:
        _assert_equal(_plain(actual), expected, where)


def _assert_equal(actual: Any, expected: Any, where: str) -> None:
    if isinstance(expected, list) and isinstance(actual, list):
        assert len(actual) == len(expected), f"{where} is {actual}, not {expected}"
        for position, (got, value) in enumerate(zip(actual, expected, strict=True)):
            _assert_equal(got, value, f"{where}, row {position}")
    elif isinstance(expected, float) and isinstance(actual, int | float) and not isinstance(actual, bool):
        close = math.isclose(actual, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        assert close, f"{where} is {actual}, not {expected}"
    else:
        assert actual == expected, f"{where} is {actual!r}, not {expected!r}"


def generated_tables(schema: Schema, seed: int = 0) -> Iterator[tuple[str, Table]]:
    """Tables of a schema that operators trip over: empty, one row, all null, some null and NaN, constant, unicode."""
    import random

    import polars as pl

    rng = random.Random(seed)

    def table(rows: int, make: Any) -> Table:
        return Table(pl.DataFrame([_series(c.name, [make(c.type) for _ in range(rows)], c.type) for c in schema]))

    yield "empty", table(0, lambda type: None)
    yield "one row", table(1, lambda type: _random_value(type, rng))
    yield "all null", table(5, lambda type: None)
    yield "some null", table(40, lambda type: None if rng.random() < 0.3 else _random_value(type, rng))
    yield "constant", table(10, lambda type: _random_value(type, random.Random(seed)))
    yield "plain", table(60, lambda type: _random_value(type, rng))


def _random_value(type: str, rng: Any) -> Any:
    match type:
        case "int":
            return rng.randint(-5, 5)
        case "float":
            return rng.choice([rng.gauss(0, 1), rng.gauss(0, 1), math.nan, 0.0])
        case "bool":
            return rng.random() < 0.5
        case "string" | "category":
            return rng.choice(["a", "b", "晶圆", "", "naïve \U0001f600", "x,y"])
        case "date":
            return f"2024-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}"
        case "datetime":
            return f"2024-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}T0{rng.randint(0, 9)}:30:00"
    return None


def try_generated(case: Case, folder: Path) -> list[str]:
    """Run an example's operator with the example's params on generated tables instead of its own.

    The operator must either work, with the schemas that it declares, or say in a `PatchbayError` what is wrong.
    Returns the names of the tables on which it worked; any other exception passes through.
    """
    if "error" in case.example["expect"]:
        return []
    original = {name: value_of(raw, folder) for name, raw in case.example.get("inputs", {}).items()}
    params = _with_paths(dict(case.example.get("params", {})), folder)
    worked = []
    for name, value in original.items():
        if not isinstance(value, Table):
            continue
        for label, table in generated_tables(value.schema):
            try:
                run_operator(case.spec, {**original, name: table}, params, folder)
                worked.append(f"{name}: {label}")
            except OperatorError:
                raise
            except PatchbayError:
                continue
    return worked


def _write_files(files: Mapping[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = base64.b64decode(content["base64"]) if isinstance(content, Mapping) else content.encode()
        (folder / name).write_bytes(data)


def _with_paths(value: Any, folder: Path) -> Any:
    if isinstance(value, str) and value.startswith("$file:"):
        return str(folder / value.removeprefix("$file:"))
    if isinstance(value, Mapping):
        return {key: _with_paths(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_paths(item, folder) for item in value]
    return value
