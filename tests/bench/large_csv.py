"""A CSV file as `source.csv` reads it for Spark, and as it reads it locally: seconds and peak memory.

`PATCHBAY_BENCH_MIB`: another size of the file; `PATCHBAY_BENCH_DIR`: where it lies. Locally a file of a tenth is read.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figure import report

MIB = int(os.environ.get("PATCHBAY_BENCH_MIB", 1500))
ROWS = 250_000
"""Rows that are written over and over."""

MOST_MEMORY = 1 << 30
"""Bytes that reading for Spark may take, however large the file is."""


def main() -> bool:
    """Each way in a process of its own; one round, since the work is long."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("PATCHBAY_BENCH_DIR")) as name:
        results = []
        for way, mib in (("local", MIB // 10), ("spark", MIB)):
            path = _written(Path(name) / f"{way}.csv", mib)
            rows, seconds, peak = _measured(way, path)
            figures: dict[str, int | float] = {"mib": mib, "rows": rows, "seconds": seconds, "peak_mib": peak >> 20}
            bound = MOST_MEMORY if way == "spark" else 16 * (mib << 20) + MOST_MEMORY
            results.append(report(f"read_csv_{way}", bound=1.0, ratio=peak / bound, **figures))
            path.unlink()
    return all(results)


def _written(path: Path, mib: int) -> Path:
    """Keys, measurements, texts in quotes and times; the last row decides that one column is no whole number."""
    import numpy as np
    import polars as pl

    generator = np.random.default_rng(0)
    columns = {f"x{n}": generator.normal(size=ROWS).round(4) for n in range(6)}
    frame = pl.DataFrame({"id": np.arange(ROWS), **columns, "late": generator.integers(0, 9, ROWS)}).with_columns(
        tool=pl.lit("bay, ") + pl.Series(generator.integers(0, 100, ROWS)).cast(pl.String),
        start=pl.Series(generator.integers(0, 10**9, ROWS)).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M:%S"),
    )
    text = frame.write_csv()
    header, _, body = text.partition("\n")
    with path.open("w") as file:
        file.write(header + "\n")
        for _ in range(max(1, (mib << 20) // len(body))):
            file.write(body)
        file.write("0,0,0,0,0,0,0,0.5,,\n")
    return path


def _measured(way: str, path: Path) -> tuple[int, float, int]:
    """Rows, seconds and the peak memory of the process in bytes."""
    command = [sys.executable, "-m", "tests.bench.large_csv", way, str(path)]
    rows, seconds, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-3:]
    return int(rows), float(seconds), int(peak)


def _read(way: str, path: Path) -> None:
    from patchbay_sdk.context import Context
    from patchbay_sdk.registry import installed_catalogue, load_operator

    spec = installed_catalogue().latest("source.csv")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        context = Context(temp_dir=Path(folder), data_roots=[path.parent])
        start = time.perf_counter()
        outputs = load_operator(spec).operator_run(context, way, {}, spec.fill_params({"path": str(path)}))
        seconds = time.perf_counter() - start
        rows = outputs["table"].num_rows
    sys.stdout.write(f"{rows} {seconds} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}\n")


if __name__ == "__main__":
    _read(sys.argv[1], Path(sys.argv[2]))
