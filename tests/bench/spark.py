"""A join and a group-by of 50 M x 10, on Spark and with polars in streaming, from and to Parquet files.

`PATCHBAY_BENCH_ROWS`: another number of rows; `PATCHBAY_BENCH_DIR`: where the source lies (about 40 bytes a row).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench.figure import report

ROWS = int(os.environ.get("PATCHBAY_BENCH_ROWS", 50_000_000))
PART = 1_000_000
TOOLS = 10_000
MEMORY = 2 << 30
"""Bytes of the Spark server."""

MOST_MEMORY = 6 << 30
"""Bytes that either engine may take, all its processes together."""


def main() -> bool:
    """Each engine in processes of its own; one round, since the work is long."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("PATCHBAY_BENCH_DIR")) as name:
        folder = Path(name)
        _write_source(folder)
        found = {engine: _measured(engine, folder) for engine in ("local", "spark")}
        same = _totals(folder / "local.parquet") == _totals(folder / "spark")
    results = []
    for engine, (seconds, peak) in found.items():
        figures: dict[str, Any] = {
            "rows": ROWS,
            "seconds": seconds,
            "rows_per_second": ROWS / seconds,
            "peak_mib": peak >> 20,
        }
        results.append(
            report(f"join_and_group_by_{engine}", bound=1.0, ratio=peak / MOST_MEMORY, same_answer=str(same), **figures)
        )
    return all(results) and same


def _write_source(folder: Path) -> None:
    """Measurements in parts of a million rows, and a small table of the tools; half of the rows are of ten tools."""
    import numpy as np
    import polars as pl

    generator = np.random.default_rng(0)
    (folder / "source").mkdir()
    for number in range(max(1, ROWS // PART)):
        rows = min(PART, ROWS)
        often = generator.random(rows) < 0.5
        tool = np.where(often, generator.integers(0, 10, rows), generator.integers(0, TOOLS, rows))
        columns = {f"x{n}": generator.integers(0, 10_000, rows) / 8 for n in range(8)}
        frame = pl.DataFrame({"id": np.arange(rows) + number * PART, "tool": tool, **columns})
        frame.write_parquet(folder / f"source/part-{number:05d}.parquet")
    tools = pl.DataFrame({"tool": range(TOOLS), "bay": [f"bay {n % 100}" for n in range(TOOLS)]})
    tools.write_parquet(folder / "tools.parquet")


def _measured(engine: str, folder: Path) -> tuple[float, int]:
    """Seconds of the work, without starting the engine, and the peak memory of all processes in bytes."""
    command = [sys.executable, "-m", "tests.bench.spark", engine, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    peak = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            peak[0] = max(peak[0], _memory_of(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{engine} ended with {process.returncode}")
    return float(output.split()[-1]), peak[0]


def _memory_of(root: int) -> int:
    """Bytes of memory (proportional shares) of a process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    family, total = {root}, 0
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        anonymous = next((line for line in lines if line.startswith("Pss_Anon:")), "Pss_Anon: 0 kB")
        total += int(anonymous.split()[1]) * 1024
    return total


def _totals(path: Path) -> Any:
    import polars as pl

    frame = pl.read_parquet(path / "*.parquet" if path.is_dir() else path)
    return frame.height, frame["rows"].sum(), round(float(frame["x0_mean"].sum()), 3), frame["x1_max"].sum()


def _local(folder: Path) -> float:
    import polars as pl

    from patchbay_sdk import Table

    start = time.perf_counter()
    rows = Table.open(sorted((folder / "source").iterdir())).lazy()
    joined = rows.join(Table.open([folder / "tools.parquet"]).lazy(), on="tool")
    grouped = joined.group_by("tool", "bay").agg(
        pl.col("x0").mean().alias("x0_mean"), pl.col("x1").max().alias("x1_max"), pl.len().cast(pl.Int64).alias("rows")
    )
    grouped.sink_parquet(folder / "local.parquet", engine="streaming")
    return time.perf_counter() - start


def _spark(folder: Path) -> float:
    """The operators themselves, in their variants for Spark."""
    from patchbay_runners.engines.engine import Size
    from patchbay_runners.engines.use import Site, end_engines
    from patchbay_sdk import Table
    from patchbay_sdk.registry import installed_catalogue
    from patchbay_sdk.spark_frames import write_parts
    from patchbay_sdk.testing.cases import run_unchecked
    from tests.engines import connected

    catalogue = installed_catalogue()
    site = Site(folder / "engines", Size(2, MEMORY, {"train": 2.0}))
    with connected("spark", site) as session:
        session.range(1).collect()
        start = time.perf_counter()
        rows = Table.open(sorted((folder / "source").iterdir()))
        tools = Table.open([folder / "tools.parquet"])
        on = {"how": "inner", "left_on": ["tool"], "max_rows": 10 * ROWS}
        spec = catalogue.latest("shape.join")
        joined, _ = run_unchecked(spec, {"left": rows, "right": tools}, on, folder, engine="spark", session=session)
        aggregations = [
            {"column": "x0", "function": "mean"},
            {"column": "x1", "function": "max"},
            {"function": "rows"},
        ]
        params = {"keys": ["tool", "bay"], "aggregations": aggregations}
        inputs = {"table": joined["table"]}
        spec = catalogue.latest("shape.group_by")
        grouped, _ = run_unchecked(spec, inputs, params, folder, engine="spark", session=session)
        (folder / "spark").mkdir()
        write_parts(grouped["table"].spark(session), folder / "spark")
        seconds = time.perf_counter() - start
    end_engines(site.folder)
    return seconds


if __name__ == "__main__":
    work = {"local": _local, "spark": _spark}[sys.argv[1]]
    sys.stdout.write(f"{work(Path(sys.argv[2]))}\n")
