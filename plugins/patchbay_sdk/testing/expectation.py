"""What an operator gives for an example, written as the example's ``expect``: for authors of new operators.

``python -m patchbay_sdk.testing.expectation <fd> <folder> <seconds> <import root> <spec file>`` runs the first example
in a process of its own and sends ``{"outputs": {port: expected}, "inputs": {port: schema}, "schemas": {port: schema}}``
or ``{"error": why}`` as JSON on that socket.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import socket
import sys
from pathlib import Path
from typing import Any

from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.table import Table
from patchbay_sdk.testing import judge, perform
from patchbay_sdk.testing.cases import Case, schemas_of
from patchbay_sdk.testing.processes import forked, guard_against_children
from patchbay_sdk.transform import Transform
from patchbay_sdk.values import Chart, File, Metrics

MOST_TEXT = 2000
"""Characters of a file that an example quotes; of a longer one only the beginning."""


def expectation_of(value: Any) -> Any:
    """A value as an example's ``expect`` has it (docs/operators.md)."""
    if isinstance(value, Table):
        columns = {name: [_plain(item) for item in value.polars()[name].to_list()] for name in value.columns}
        return {"columns": columns, "types": {column.name: column.type for column in value.schema}}
    if isinstance(value, Metrics):
        return {"values": dict(value.values)}
    if isinstance(value, Chart):
        return {"kind": value.kind, "title": value.title}
    if isinstance(value, Transform):
        return {"reads": list(value.reads)}
    if isinstance(value, File):
        text = value.path.read_bytes().decode("utf-8", "replace")
        return text if len(text) <= MOST_TEXT else {"contains": text[:MOST_TEXT]}
    if isinstance(value, str):
        return value
    return {}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _found(spec: OperatorSpec, folder: Path, failure: str) -> dict[str, Any]:
    if failure:
        return {"error": failure}
    try:
        performed = judge.read_performed(spec, folder / "0")
    except PatchbayError as error:
        return {"error": error.message}
    if performed.error is not None:
        return {"error": performed.error["message"]}
    schemas = schemas_of(performed.outputs)
    return {
        "outputs": {port: expectation_of(value) for port, value in performed.outputs.items()},
        "inputs": performed.record["inputs"],
        "schemas": {port: schema.to_json() if schema else None for port, schema in schemas.items()},
    }


def main() -> None:
    """See the module."""
    descriptor, name, seconds, root, file = sys.argv[1:]
    result = socket.socket(fileno=int(descriptor))
    spec, folder = OperatorSpec.from_file(Path(file)), Path(name) / "example"
    importlib.import_module("polars")
    guard_against_children()

    def run() -> None:
        sys.path.insert(0, root)
        perform.perform_example(Case(spec, spec.raw["examples"][0]), folder)

    ended = forked(run, folder, closing=result.fileno(), seconds=float(seconds))
    result.sendall(json.dumps(_found(spec, folder, ended.failure), default=str).encode())
    result.close()
    os._exit(0)


if __name__ == "__main__":
    main()
