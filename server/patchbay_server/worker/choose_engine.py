"""Which engine `auto` means for a task: a pure function of what it reads, and of what there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patchbay_runners.manifest import Manifest

DECOMPRESSION = 4
"""How much larger a table of Parquet files is in memory; one of Arrow is there as it lies on disk."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine, and why: `code` and `details` for programs and translations, `message` in English.

    Codes: ``only`` {}: the operator has one engine. ``fits`` {rows, bytes, memory}: its inputs fit into memory.
    ``too_large`` {rows, bytes, memory}: they do not, so Spark takes them. ``unavailable`` {rows, bytes, memory}: they
    do not, but there is no Spark here. `bytes`: of the inputs in memory; `memory`: what the task may take.
    """

    engine: str
    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)


def choose_engine(
    engines: Sequence[str], inputs: Sequence[Manifest], memory: int, pool_memory: int, available: Collection[str]
) -> Choice:
    """The engine for a task that leaves the choice to us: local, unless its tables would not fit into its memory.

    Args:
        engines: those that the operator's spec names.
        inputs: the manifests of its input artifacts.
        memory: bytes that the task asks for.
        pool_memory: bytes that its pool has; 0: as much as one likes.
        available: engines that can be used here.
    """
    if "local" not in engines or "spark" not in engines:
        engine = engines[0]
        return Choice(engine, "only", f"on {engine}: it has no other engine for this")
    tables = [manifest for manifest in inputs if manifest.type == "table"]
    rows = sum(int(table.meta.get("rows", 0)) for table in tables)
    size = sum(map(in_memory, tables))
    limit = min(memory, pool_memory) if pool_memory else memory
    details = {"rows": rows, "bytes": size, "memory": limit}
    about = f"{rows:,} rows take about {_shown(size)} of memory, it has {_shown(limit)}"
    if size <= limit:
        return Choice("local", "fits", f"locally: {about}", details)
    if "spark" in available:
        return Choice("spark", "too_large", f"on Spark: {about}", details)
    return Choice("local", "unavailable", f"locally, because there is no Spark here: {about}", details)


def in_memory(table: Manifest) -> int:
    """About how many bytes a table takes in memory."""
    return table.size * (DECOMPRESSION if table.meta.get("encoding") == "parquet" else 1)


def _shown(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{size / (1 << 20):.0f} MiB"
