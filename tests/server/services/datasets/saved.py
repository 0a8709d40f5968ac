"""Versions as runs leave them on disk."""

from pathlib import Path

import polars as pl

from patchbay_operators.export._datasets import save as save_version
from patchbay_sdk import Table


def save(project_folder: Path, name: str, frame: pl.DataFrame) -> int:
    """Save a version as `export.dataset` does; its number."""
    description, _ = save_version(project_folder / "datasets" / name, Table(frame))
    return description.version
