"""When a trace was too high."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import portion

from patchbay_sdk import Context, DataError, Operator, Outputs, Table


class Peaks(Operator):
    """Finds the windows of time around samples above a limit; windows that overlap or are close become one."""

    def run(
        self, context: Context, table: Table, time: str, value: str, limit: float, padding: float, join: float
    ) -> Outputs:
        """One row per window, in the order of time: where it begins and ends, its highest value.

        Raises:
            DataError: a sample above the limit has no time.
        """
        import pyarrow as pa

        high = [sample for sample in samples(table, time, value) if sample[1] > limit]
        windows = portion.empty()
        for moment, _ in high:
            windows |= portion.closed(moment - padding, moment + padding)
        for left, right in gaps(windows):
            if right - left <= join:
                windows |= portion.closed(left, right)
        rows = [
            {"start": w.lower, "end": w.upper, "highest": max(height for moment, height in high if moment in w)}
            for w in windows
            if not w.empty
        ]
        context.log(f"{len(high)} samples above {limit:g}, in {len(rows)} windows.")
        schema = pa.schema([(name, pa.float64()) for name in ("start", "end", "highest")])
        return {"windows": Table(pa.Table.from_pylist(rows, schema=schema))}


def gaps(windows: portion.Interval) -> list[tuple[float, float]]:
    """Where one window ends and the next one begins."""
    return [(before.upper, after.lower) for before, after in pairwise(windows)]


def samples(table: Table, time: str, value: str) -> list[tuple[float, float]]:
    """Time and value of every sample that has a value."""
    columns: Any = table.arrow().select([time, value]).to_pydict()
    found = []
    for moment, height in zip(columns[time], columns[value], strict=True):
        if height is None or height != height:
            continue
        if moment is None or moment != moment:
            raise DataError(f"Column {time!r} is empty where {value!r} is {height:g}; drop such rows first.")
        found.append((float(moment), float(height)))
    return found
