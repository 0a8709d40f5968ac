"""Reads a CSV file through the operator, as the platform would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from patchbay_sdk import Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator

SPEC = installed_catalogue().latest("source.csv")


class Result:
    """The outputs and the lines of the log."""

    def __init__(self, outputs: Any, logs: list[dict[str, Any]]) -> None:
        self.table: Table = outputs["table"]
        self.frame = self.table.polars()
        self.bad = outputs["bad_rows"].polars()
        self.warnings = [line["message"] for line in logs if line["level"] == "warning"]
        self.infos = [line["message"] for line in logs if line["level"] == "info"]


def read(folder: Path, content: bytes | str, name: str = "data.csv", **params: Any) -> Result:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return Result(*run_operator(SPEC, {}, {"path": name, **params}, folder))
