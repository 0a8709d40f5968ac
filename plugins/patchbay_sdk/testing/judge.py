"""Judges what `patchbay_sdk.testing.perform` wrote down; trusts nothing in it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchbay_sdk import ports
from patchbay_sdk.errors import OperatorError, PatchbayError
from patchbay_sdk.outputs import check_outputs
from patchbay_sdk.schema import Schema
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.table import Table
from patchbay_sdk.testing.cases import Case, check_schemas, schemas_of
from patchbay_sdk.testing.perform import RECORD

SAME = 1e-9
"""Relative difference up to which two floats are the same result: threads may add them up in another order."""


@dataclass(frozen=True)
class Performed:
    """One run as it was written down: its record, and its outputs read back."""

    record: Mapping[str, Any]
    outputs: Mapping[str, Any]
    folder: Path

    @property
    def error(self) -> Mapping[str, Any] | None:
        """What it raised."""
        return self.record.get("error")


def read_record(folder: Path) -> Mapping[str, Any]:
    """Raises OperatorError when there is none, or what is there is none."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = None
    if not isinstance(record, dict):
        raise OperatorError("The process of the operator ended before the operator returned.")
    return record


def read_performed(spec: OperatorSpec, folder: Path) -> Performed:
    """A run with its outputs. Raises OperatorError when they cannot be read back."""
    record = read_record(folder)
    if "error" in record:
        return Performed(record, {}, folder)
    outputs = {}
    for port, about in record.get("outputs", {}).items():
        place = folder / "outputs" / port
        files = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
        try:
            outputs[port] = ports.load(about["type"], files, about["meta"])
        except Exception as error:
            raise OperatorError(f"Output {port!r} was stored and cannot be read back: {error}") from error
    check_outputs(spec, outputs)
    return Performed(record, outputs, folder)


def judge_example(case: Case, performed: Performed) -> None:
    """AssertionError unless the run gave what the example expects."""
    if performed.error is None:
        case.assert_outputs(performed.outputs, performed.record.get("logs", []))
    elif performed.error["user"]:
        case.assert_error(performed.error["message"])
    else:
        raise AssertionError(f"{case}: failed: {performed.error['message']}")


def judge_generated(performed: Performed) -> None:
    """AssertionError when the operator neither worked on the table nor said what is wrong with it."""
    if performed.error is not None and performed.error["broken"]:
        raise AssertionError(
            f"On the generated table {performed.record['label']!r} it failed: {performed.error['message']} "
            "Let it work, or raise a DataError that says what to do."
        )


def judge_schemas(spec: OperatorSpec, performed: Performed) -> None:
    """OperatorError unless the outputs have the schemas that the spec declares."""
    if performed.error is None:
        inputs, inferred = (_schemas(performed.record.get(word)) for word in ("inputs", "inferred"))
        check_schemas(
            spec,
            performed.record.get("params", {}),
            inputs,
            schemas_of(performed.outputs),
            lambda spec, params, schemas: inferred,
        )


def judge_repeated(spec: OperatorSpec, first: Performed, second: Performed) -> None:
    """AssertionError unless two runs with the same seed gave the same."""
    if (first.error is None) != (second.error is None):
        raise AssertionError("With the same seed it failed once and worked once.")
    for port in spec.outputs:
        if port.name in first.outputs:
            what = _difference(first, second, port.name)
            advice = (
                "take randomness from context.seed only, keep the order of rows and sets, and no state in the module"
            )
            assert not what, f"With the same seed output {port.name!r} {what}: {advice}."


def _difference(first: Performed, second: Performed, port: str) -> str:
    """What differs between two values, as they were stored; empty: nothing."""
    one, two = first.outputs[port], second.outputs.get(port)
    if isinstance(one, Table) and isinstance(two, Table):
        return _table_difference(one, two)
    places = (first.folder / "outputs" / port, second.folder / "outputs" / port)
    names = [sorted(path.relative_to(place) for path in place.rglob("*") if path.is_file()) for place in places]
    if names[0] != names[1]:
        return "has other parts"
    for name in names[0]:
        if name.suffix == ".arrow":
            what = _table_difference(Table.open(places[0] / name), Table.open(places[1] / name))
        else:
            what = _content_difference((places[0] / name).read_bytes(), (places[1] / name).read_bytes())
        if what:
            return f"differs in {name.stem}: {what}"
    return ""


def _content_difference(one: bytes, two: bytes) -> str:
    if one == two:
        return ""
    try:
        return "" if _alike(json.loads(one), json.loads(two)) else "has other values"
    except ValueError:
        return "has another content"


def _table_difference(one: Table, two: Table) -> str:
    if one.schema != two.schema:
        return "has other columns"
    if one.num_rows != two.num_rows:
        return f"has {one.num_rows} rows once and {two.num_rows} once"
    for name in one.columns:
        if not one.polars()[name].equals(two.polars()[name], null_equal=True) and not _alike(
            one.polars()[name].to_list(), two.polars()[name].to_list()
        ):
            return f"differs in column {name!r}"
    return ""


def _alike(one: Any, two: Any) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=SAME, abs_tol=SAME) or (math.isnan(one) and math.isnan(two))
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys() and all(_alike(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_alike, one, two))
    return bool(one == two)


def _schemas(raw: Any) -> dict[str, Schema | None]:
    return {port: Schema.from_json(each) if each else None for port, each in (raw or {}).items()}


def message_of(error: BaseException) -> str:
    """The reason that an author reads."""
    return error.message if isinstance(error, PatchbayError) else str(error)


def runs_in(folder: Path) -> Sequence[Path]:
    """The folders of the runs below the folder of a check, in order."""
    return sorted((path for path in folder.glob("[0-9]*") if path.is_dir()), key=lambda path: int(path.name))
