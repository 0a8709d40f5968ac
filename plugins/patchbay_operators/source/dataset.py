"""Read a saved dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_operators.export._datasets import folder_of, load
from patchbay_sdk import Context, Operator, Outputs, Schema


class ReadDataset(Operator):
    """Reads a version of a dataset that `export.dataset` saved, by default the latest."""

    def infer(self, schemas: Mapping[str, Schema | None], **params: Any) -> Mapping[str, Schema | None]:
        """Unknown here: a platform that keeps the dataset knows its columns without asking."""
        return {"table": None}

    def run(self, context: Context, name: str, version: int | None = None) -> Outputs:
        """Raises DataError when there is no such dataset or version."""
        table, description = load(folder_of(context, name), version)
        context.log(f"Dataset {name!r} version {description.version}: {description.rows} rows.")
        return {"table": table}
