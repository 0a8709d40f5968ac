"""Describe every column of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.check._columns import nan_as_null
from patchbay_operators.check._problems import percent, plural
from patchbay_operators.check._profile import TYPES, profile_of
from patchbay_sdk import Chart, Context, Operator, Outputs, Table

if TYPE_CHECKING:
    import polars as pl

CHARTED = 40
"""Columns in the chart of missing values."""


class Profile(Operator):
    """One row per column: type, gaps, distinct values, figures, frequent values, and what to do about it."""

    def run(self, context: Context, table: Table, columns: Sequence[str] = (), top: int = 5) -> Outputs:
        """The profile as a table and as a report, and a chart of the missing values."""
        import polars as pl

        frame = nan_as_null(table)
        rows = []
        for column in table.schema:
            if not columns or column.name in columns:
                context.check_cancelled()
                rows.append(profile_of(frame[column.name], column.type, top))
        kinds = {"string": pl.String, "int": pl.Int64, "float": pl.Float64, "bool": pl.Boolean}
        profile = pl.DataFrame(rows, schema={name: kinds[kind] for name, kind in TYPES.items()})
        return {"profile": Table(profile), "report": _report(frame.height, profile), "chart": _chart(profile)}


def _report(height: int, profile: pl.DataFrame) -> str:
    missing = float(profile["missing"].sum()) / max(1, height * profile.height)
    lines = [
        "# Profile",
        "",
        f"{plural(height, 'row')}, {plural(profile.height, 'column')}, {percent(missing)} missing.",
    ]
    lines += [
        "",
        "| column | type | missing | distinct | range | middle | frequent values | suggestion |",
        "| --- " * 8 + "|",
    ]
    for row in profile.iter_rows(named=True):
        low, high = (row["min"], row["max"]) if row["min"] is not None else (row["first"], row["last"])
        extent = "" if low is None else f"{_short(low)} to {_short(high)}"
        middle = "" if row["median"] is None else _short(row["median"])
        cells = [row["column"], row["type"], percent(row["missing_share"]), f"{row['distinct']:,}", extent, middle]
        cells += [row["top_values"], row["suggestion"]]
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _short(value: float | str) -> str:
    return f"{value:.6g}" if isinstance(value, float) else value if len(value) <= 30 else value[:29] + "…"


def _chart(profile: pl.DataFrame) -> Chart:
    worst = profile.sort("missing_share", descending=True, maintain_order=True).head(CHARTED)
    bars = {"name": "missing share", "x": worst["column"].to_list(), "y": worst["missing_share"].to_list()}
    return Chart("bar", "Missing values per column", [bars], "column", "share of rows")
