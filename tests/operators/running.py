"""Runs installed operators as the platform does, and applies their transforms as prediction does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchbay_sdk import Model, Table, Transform
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator


def run(operator: str, folder: Path, inputs: Mapping[str, Any], seed: int = 0, **params: Any) -> Mapping[str, Any]:
    """The outputs of an operator's version 1.0.0; `inputs`: port -> anything that a Table takes."""
    outputs, _ = run_with_log(operator, folder, inputs, seed, **params)
    return outputs


def run_with_log(
    operator: str, folder: Path, inputs: Mapping[str, Any], seed: int = 0, **params: Any
) -> tuple[Mapping[str, Any], list[str]]:
    """The outputs, and the lines logged."""
    tables = {port: _table(value) for port, value in inputs.items()}
    outputs, log = run_operator(installed_catalogue().get(f"{operator}@1.0.0"), tables, params, folder, seed=seed)
    return outputs, [line["message"] for line in log]


def _table(value: Any) -> Any:
    if isinstance(value, list):
        return [_table(item) for item in value]
    return value if isinstance(value, Table | Model | str) else Table(value)


def replay(transform: Transform, data: Any, folder: Path) -> Table:
    """The transform, written to a folder and read back, applied to a table."""
    folder.mkdir(parents=True, exist_ok=True)
    transform.save(folder)
    return Transform.load({path.name: path for path in folder.iterdir()}).apply(_table(data))


def saved(model: Model, folder: Path) -> Model:
    """The model, written to a folder that is made for it and read back."""
    folder.mkdir()
    model.save(folder)
    return Model.load({path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()})
