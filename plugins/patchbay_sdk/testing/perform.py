"""What runs an operator's code for the report: in a process of its own, which only writes down what came out.

It judges nothing: whatever code of the operator does to this process, the report (`patchbay_sdk.testing.report`) looks
at values that were stored, with its own eyes.
"""

from __future__ import annotations

import contextlib
import json
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from patchbay_sdk import ports
from patchbay_sdk.errors import OperatorError, PatchbayError
from patchbay_sdk.operator import Operator
from patchbay_sdk.outputs import check_outputs
from patchbay_sdk.registry import load_operator
from patchbay_sdk.schema import Schema
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.table import Table
from patchbay_sdk.testing.cases import Case, prepared, run_unchecked, schemas_of
from patchbay_sdk.testing.code import check_code
from patchbay_sdk.testing.generated import generated_tables

REPEATS = 3
"""How often an example runs, for the time that it takes and to see whether it gives the same again."""
RECORD = "record.json"


def load_all(specs: Iterable[OperatorSpec]) -> None:
    """Load the operators of a package, as far as they can be: an example's input may come from another of them."""
    for spec in specs:
        with contextlib.suppress(OperatorError):
            load_operator(spec)


def perform_code(spec: OperatorSpec, folder: Path) -> None:
    """Import the code and compare it with the spec."""
    _write(folder, _failure_of(lambda: check_code(spec)))


def perform_example(case: Case, folder: Path) -> None:
    """Run an example `REPEATS` times."""
    for number in range(REPEATS):
        _perform(case, folder / str(number), {}, "")


def perform_generated(case: Case, folder: Path) -> None:
    """Run an example's operator on generated tables instead of its own."""
    for number, (name, label, table) in enumerate(_replacements(case, folder / "original")):
        _perform(case, folder / str(number), {name: table}, f"{name}: {label}")


def _replacements(case: Case, folder: Path) -> Iterator[tuple[str, str, Table]]:
    inputs, _ = prepared(case.example, folder)
    for name, value in inputs.items():
        if isinstance(value, Table):
            for label, table in generated_tables(value.schema):
                yield name, label, table


def _perform(case: Case, folder: Path, replaced: Mapping[str, Table], label: str) -> None:
    """One run: its outputs in `folder`, a folder per port, and the record of it."""
    record: dict[str, Any] = {"label": label}

    def run() -> None:
        inputs, params = prepared(case.example, folder / "files")
        inputs = {**inputs, **replaced}
        begin = time.monotonic()
        seed = case.example.get("seed", 0)
        outputs, logs = run_unchecked(case.spec, inputs, params, folder / "files", seed=seed)
        record["seconds"] = time.monotonic() - begin
        check_outputs(case.spec, outputs)
        schemas = schemas_of(inputs)
        record["logs"] = logs
        record["inputs"] = _plain(schemas)
        record["params"] = case.spec.fill_params(params)
        record["inferred"] = _plain(_inferred(load_operator(case.spec), schemas, record["params"]))
        record["outputs"] = {port: _saved(value, folder / "outputs" / port) for port, value in outputs.items()}

    _write(folder, record | _failure_of(run))


def _inferred(
    operator: Operator, schemas: Mapping[str, Schema | None], params: Mapping[str, Any]
) -> Mapping[str, Schema | None]:
    if not any((port.schema or {}).get("infer") for port in operator.spec.outputs):
        return {}
    return operator.operator_infer(schemas, params)


def _saved(value: Any, folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True)
    port_type = ports.port_type_of(value)
    return {"type": port_type, "meta": ports.save(value, port_type, folder)}


def _plain(schemas: Mapping[str, Schema | None]) -> dict[str, Any]:
    return {port: schema.to_json() if schema else None for port, schema in schemas.items()}


def _failure_of(action: Any) -> dict[str, Any]:
    """Nothing, or what the action raised: `user` says whether its message is meant for people."""
    try:
        action()
    except PatchbayError as error:
        return {"error": {"message": error.message, "user": True, "broken": isinstance(error, OperatorError)}}
    except BaseException as error:  # noqa: BLE001 an operator may raise anything, SystemExit too
        return {"error": {"message": _described(error), "user": False, "broken": True}}
    return {}


def _described(error: BaseException) -> str:
    """The error, and the line of the author's code that raised it."""
    ours = str(Path(__file__).parents[1])
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(ours)]
    place = f" ({Path(frames[0].filename).name}, line {frames[0].lineno})" if frames else ""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 an operator's exception class may be broken itself
        text = type(error).__name__
    return text[:500] + place


def _write(folder: Path, record: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).write_text(json.dumps(record, default=str), encoding="utf-8")
