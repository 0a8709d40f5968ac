"""A page of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_runners.tables.cells import LONGEST, cells
from patchbay_runners.tables.rows import Selection, selected
from patchbay_runners.tables.source import Source, frame_of

MOST_CELLS = 100_000
"""Cells of one page: of a wide table it has fewer rows than asked for."""


def page(
    source: Source,
    selection: Selection,
    offset: int,
    limit: int,
    columns: Sequence[str] | None = None,
    longest: int = LONGEST,
) -> dict[str, Any]:
    """Up to `limit` of the selected rows from number `offset` on.

    ``{"columns": [{"name", "type", "kind"}], "rows": [[value, ...], ...], "cut": [[row, column], ...], "offset",
    "matching", "total"}``: `cut` names the values of more than `longest` characters, `matching` counts the selected
    rows, `total` all of the table.

    Raises:
        DataError: there is no such column, or it cannot be sorted or compared like this.
    """
    shown = [source.column(name) for name in dict.fromkeys(columns or source.columns)][:MOST_CELLS]
    limit = max(1, min(limit, MOST_CELLS * LONGEST // (max(1, len(shown)) * max(longest, LONGEST))))
    indices = selected(source, selection)
    names = [column.name for column in shown]
    frame = frame_of(source.take(indices[offset : offset + limit], names))
    values, cut = [], []
    for position, series in enumerate(frame.get_columns()):
        found, cut_rows = cells(series, longest)
        values.append(found)
        cut += [[row, position] for row in cut_rows]
    return {
        "columns": [{"name": column.name, "type": column.type, "kind": column.kind} for column in shown],
        "rows": [list(row) for row in zip(*values, strict=True)],
        "cut": sorted(cut),
        "offset": offset,
        "matching": len(indices),
        "total": source.rows,
    }
