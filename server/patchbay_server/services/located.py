"""Files that operators look into before a run: the same that the run itself may read, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.propagation import Infer, Schemas
from patchbay_sdk.spec import OperatorSpec


def within(infer: Infer, data_roots: Sequence[str]) -> Infer:
    """`infer`, asked with the absolute paths of the files and datasets that params name.

    The function raises ParamError or DataError for a file that lies outside of `data_roots` or is not there.
    """
    files = Context(temp_dir=Path(), data_roots=[Path(root) for root in data_roots])

    def asked(spec: OperatorSpec, params: Mapping[str, Any], schemas: Schemas) -> Schemas:
        named = {name: params.get(name) for name in spec.runs.fingerprint}
        # A URL is opened by a plugin, whose code has no place in this process: the operator is asked as it is.
        paths = {name: path for name, path in named.items() if isinstance(path, str) and path and "://" not in path}
        located = {name: str(files.data_path(path)) for name, path in paths.items()}
        return infer(spec, {**params, **located, **_dataset_folders(files, spec, params)}, schemas)

    return asked


def _dataset_folders(files: Context, spec: OperatorSpec, params: Mapping[str, Any]) -> dict[str, str]:
    """Params that name a dataset -> the folder of its versions."""
    fields: Mapping[str, Any] = spec.raw["params"]["properties"]
    named = {name: params.get(name) for name, field in fields.items() if field.get("x-widget") == "dataset"}
    return {
        name: str(files.data_path(f"datasets/{value}", must_exist=False))
        for name, value in named.items()
        if isinstance(value, str) and value
    }
