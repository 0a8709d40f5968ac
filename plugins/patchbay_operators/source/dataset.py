"""Read a saved dataset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from patchbay_operators.export._datasets import folder_of, load, read_description, versions
from patchbay_sdk import Context, Operator, Outputs, Schema


class ReadDataset(Operator):
    """Reads a version of a dataset that `export.dataset` saved, by default the latest."""

    def run(self, context: Context, name: str, version: int | None = None) -> Outputs:
        """Raises DataError when there is no such dataset or version."""
        table, description = load(folder_of(context, name), version)
        context.log(f"Dataset {name!r} version {description.version}: {description.rows} rows.")
        return {"table": table}

    def infer(
        self, schemas: Mapping[str, Schema | None], name: str, version: int | None = None
    ) -> Mapping[str, Schema | None]:
        """The schema that the version's description tells; unknown for a mere name or when anything is wrong."""
        folder = Path(name)
        if not folder.is_absolute():
            return {"table": None}
        try:
            description = read_description(folder, version or versions(folder)[-1])
            return {"table": Schema.from_json(description.schema)}
        except Exception:  # noqa: BLE001 - whatever is wrong with the dataset, running the node says it
            return {"table": None}
