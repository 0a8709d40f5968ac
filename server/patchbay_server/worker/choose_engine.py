"""Which engine `auto` means for a task: a pure function of what it reads, and of what there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from patchbay_runners.manifest import Manifest

DECOMPRESSION = 4
"""How much larger a table of Parquet files is in memory; one of Arrow is there as it lies on disk."""
FILES = {".parquet": DECOMPRESSION, ".gz": 8}
"""How much larger what a source makes of a file is in memory."""
TEXT = 2
"""The same for other files. (With `WORK`: reading a CSV file takes seven times its size.)"""
LONG_TEXT = 40
"""Bytes of a text on average from which on it is sentences rather than codes."""
PER_BYTE = 3
"""Learning from a byte of sentences takes about as long as from so many other values."""
WORK = 4
"""How much more memory than its inputs a local operator may need: for its result, and for what lies between."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine, and why: `code` and `details` for programs and translations, `message` in English.

    Codes: ``fits``: what it reads, with room to work, fits into the pool's memory. ``too_large``: it does not, so
    Spark takes it. ``unavailable``: it does not, but there is no Spark here. Details: {rows, bytes, memory}; `rows`:
    of the inputs; `bytes`: of all that it reads, in memory; `memory`: of the pool.
    ``short``: its attempts are short, so they are made one after the other. ``long``: they are not, so Ray makes them
    side by side. ``alone``: they are not, but there is no Ray here. Details: {rows, cells, from}.
    """

    engine: str
    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def choose_engine(
    inputs: Sequence[Manifest], pool_memory: int, available: Collection[str], files: Sequence[Path] = ()
) -> Choice:
    """The engine for a task that could run locally or on Spark: local, unless it needs too much of the pool's memory.

    Args:
        inputs: the manifests of its input artifacts.
        pool_memory: bytes that its pool has.
        available: engines that can be used here.
        files: what it reads beside its inputs, as a source does.
    """
    tables = [manifest for manifest in inputs if manifest.type == "table"]
    rows = sum(int(table.meta.get("rows", 0)) for table in tables)
    size = sum(map(in_memory, tables)) + sum(map(_file_in_memory, files))
    details = {"rows": rows, "bytes": size, "memory": pool_memory}
    about = f"what it reads takes about {_shown(size)} of memory, and its pool has {_shown(pool_memory)}"
    if size * WORK <= pool_memory:
        return Choice("local", "fits", f"locally: {about}", details)
    if "spark" in available:
        return Choice("spark", "too_large", f"on Spark: {about}", details)
    return Choice("local", "unavailable", f"locally, because there is no Spark here: {about}", details)


def choose_parallel(inputs: Sequence[Manifest], parallel_from: int, available: Collection[str]) -> Choice:
    """The engine for a task of many attempts that could run locally or on Ray: Ray, where an attempt takes long.

    Args:
        inputs: the manifests of its input artifacts.
        parallel_from: from so many cells (see `_cells`) on, an attempt takes longer than a process of its own costs.
        available: engines that can be used here.
    """
    tables = [manifest for manifest in inputs if manifest.type == "table"]
    rows = sum(int(table.meta.get("rows", 0)) for table in tables)
    cells = sum(map(_cells, tables))
    details = {"rows": rows, "cells": cells, "from": parallel_from}
    about = f"{rows:,} rows have {cells:,} cells, and attempts are long from {parallel_from:,} on"
    if cells < parallel_from:
        return Choice("local", "short", f"locally: {about}", details)
    if "ray" in available:
        return Choice("ray", "long", f"on Ray: {about}", details)
    return Choice("local", "alone", f"locally, because there is no Ray here: {about}", details)


def in_memory(table: Manifest) -> int:
    """About how many bytes a table takes in memory."""
    return table.size * (DECOMPRESSION if table.meta.get("encoding") == "parquet" else 1)


def _cells(table: Manifest) -> int:
    """Rows x columns, where sentences count by their length."""
    rows, columns = int(table.meta.get("rows", 0)), table.meta.get("schema", {}).get("columns", ())
    texts = rows * len([column for column in columns if column["type"] == "string"])
    others = rows * len(columns) - texts
    letters = in_memory(table) - 8 * others
    return others + (PER_BYTE * letters if letters > LONG_TEXT * texts > 0 else texts)


def _file_in_memory(file: Path) -> int:
    try:
        return file.stat().st_size * FILES.get(file.suffix, TEXT)
    except OSError:
        return 0  # running the task says what is wrong with it


def _shown(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{size / (1 << 20):.0f} MiB"
