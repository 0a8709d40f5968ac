"""A 1M x 50 float table between two tasks, against pickle with the same hash and fsync."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from tests.bench.figure import in_turn, report

ROWS, COLUMNS = 1_000_000, 50

OPEN = """
import sys, time
from patchbay_runners.artifacts import ArtifactStore
import polars, pyarrow
store = ArtifactStore(sys.argv[1])
start = time.perf_counter()
table = store.load(sys.argv[2])
assert table.polars().height == {rows}
print(time.perf_counter() - start)
"""
UNPICKLE = """
import sys, time, pickle
import polars, pyarrow
start = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    frame = pickle.load(file)
assert frame.height == {rows}
print(time.perf_counter() - start)
"""


def main() -> bool:
    """Writing in this process in turn; opening in fresh processes with libraries imported, as the next task does."""
    import numpy as np
    import polars as pl

    from patchbay_runners.artifacts import ArtifactStore
    from patchbay_runners.durable import hash_file, sync
    from patchbay_sdk import Table

    generator = np.random.default_rng(0)
    frame = pl.DataFrame({f"c{i}": generator.normal(size=ROWS) for i in range(COLUMNS)})
    with tempfile.TemporaryDirectory(dir=os.environ.get("PATCHBAY_BENCH_DIR")) as folder:
        store = ArtifactStore(Path(folder) / "store")
        pickled = Path(folder) / "frame.pickle"
        ids: list[str] = []

        def write_artifact() -> None:
            changed = Table(frame.with_columns(c0=pl.lit(float(len(ids)))))
            ids.append(store.save(changed, "table", uuid4().hex))

        def write_pickle() -> None:
            with pickled.open("wb") as file:
                pickle.dump(frame, file, protocol=5)
            with ThreadPoolExecutor(1) as pool:  # as the store does: the disk writes while the hash is taken
                synced = pool.submit(sync, pickled)
                hash_file(pickled)
                synced.result()

        write, pickle_write = in_turn([write_artifact, write_pickle], rounds=5)

        def child(code: str, *arguments: str) -> float:
            command = [sys.executable, "-c", code.format(rows=ROWS), *arguments]
            return float(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))

        opened = min(child(OPEN, str(store.root), ids[0]) for _ in range(3))
        unpickled = min(child(UNPICKLE, str(pickled)) for _ in range(3))
    fast = report(
        "open_table_1M_x_50_against_unpickling", bound=0.1, ratio=opened / unpickled, seconds=opened, pickle=unpickled
    )
    cheap = report(
        "write_table_1M_x_50_against_pickle", bound=1.0, ratio=write / pickle_write, seconds=write, pickle=pickle_write
    )
    return fast and cheap
