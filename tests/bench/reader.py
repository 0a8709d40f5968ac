"""Looking into a 1M x 50 table through the table reader, against reading and hashing all of it with polars here."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path

from tests.bench.figure import in_turn, report

ROWS, NUMBERS, TEXTS = 1_000_000, 45, 5


def main() -> bool:
    """Medians of five rounds in turn; the reader is started, and the file in the page cache."""
    import numpy as np
    import polars as pl

    from patchbay_sdk.ports import write_arrow
    from patchbay_sdk.table import Table
    from patchbay_server.table_reader import TableReader

    generator = np.random.default_rng(0)
    frame = pl.DataFrame({f"n{number}": generator.normal(size=ROWS) for number in range(NUMBERS)})
    lots = pl.Series(generator.integers(0, 1000, ROWS)).cast(pl.String)
    frame = frame.with_columns((lots + f"_{number}").alias(f"t{number}") for number in range(TEXTS))
    offsets = itertools.count(1000, 1000)
    with tempfile.TemporaryDirectory(dir=os.environ.get("PATCHBAY_BENCH_DIR")) as folder:
        path = Path(folder) / "table.arrow"
        write_arrow(Table(frame), path)
        reader = TableReader(seconds=600)
        try:
            reader.page([path])
            page, ordered, statistics, histogram, whole = in_turn(
                [
                    lambda: reader.page([path], offset=next(offsets)),
                    lambda: reader.page([path], sort=f"n{next(offsets) // 1000 % NUMBERS}"),
                    lambda: reader.statistics([path]),
                    lambda: reader.histogram([path], "n0"),
                    lambda: pl.read_ipc(path).rechunk().hash_rows(),  # the file is only mapped otherwise
                ],
                rounds=5,
            )
        finally:
            reader.close()
    figures = {"page": (page, 0.1), "sorted_page": (ordered, 0.5), "histogram": (histogram, 0.3)}
    results = [
        report(
            f"{name}_of_1M_x_50_against_hashing_it", bound=bound, ratio=seconds / whole, seconds=seconds, whole=whole
        )
        for name, (seconds, bound) in {**figures, "statistics": (statistics, 5.0)}.items()
    ]
    return all(results)
