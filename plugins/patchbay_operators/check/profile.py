"""Describe every column of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.check import _spark_profile
from patchbay_operators.check._columns import nan_as_null, require_columns
from patchbay_operators.check._problems import percent, plural, table_row
from patchbay_operators.check._profile import TYPES, facts_of, profile_of
from patchbay_operators.report.document import in_language
from patchbay_sdk import Chart, Column, Context, Operator, Outputs, Table

if TYPE_CHECKING:
    import polars as pl

CHARTED = 40
"""Columns in the chart of missing values."""

TITLE, TO = Text("Profile", "列概况"), Text(" to ", " 至 ")
HEAD = (
    Text("column", "列"), Text("type", "类型"), Text("missing", "缺失"), Text("distinct", "不同值"),
    Text("range", "范围"), Text("middle", "中位数"), Text("frequent values", "常见值"), Text("suggestion", "建议"),
)  # fmt: skip


class Profile(Operator):
    """One row per column: type, gaps, distinct values, figures, frequent values, and what to do about it."""

    def run(
        self, context: Context, table: Table, columns: Sequence[str] = (), top: int = 5, language: str = "en"
    ) -> Outputs:
        """The profile as a table and as a report, and a chart of the missing values."""
        frame = nan_as_null(table)
        rows = []
        for column in _chosen(table, columns):
            context.check_cancelled()
            values = frame[column.name]
            rows.append(profile_of(column.name, column.type, values.dtype, facts_of(values, top)))
        return _outputs(frame.height, rows, language)

    def run_spark(
        self, context: Context, table: Table, columns: Sequence[str] = (), top: int = 5, language: str = "en"
    ) -> Outputs:
        """As `run`; only what is shown leaves Spark."""
        require_columns(table)
        chosen, dtypes = _chosen(table, columns), table.empty().schema
        look = _spark_profile.Look(context.spark, table, [column.name for column in chosen])
        rows = []
        for number, column in enumerate(chosen):
            context.check_cancelled()
            context.progress(number / len(chosen), column.name)
            facts = look.facts(column.name, top)
            rows.append(profile_of(column.name, column.type, dtypes[column.name], facts))
        return _outputs(look.rows, rows, language)


def _chosen(table: Table, names: Sequence[str]) -> list[Column]:
    return [column for column in table.schema if not names or column.name in names]


def _outputs(height: int, rows: Sequence[Mapping[str, Any]], language: str) -> Outputs:
    import polars as pl

    kinds = {"string": pl.String, "int": pl.Int64, "float": pl.Float64, "bool": pl.Boolean}
    profile = pl.DataFrame(rows, schema={name: kinds[kind] for name, kind in TYPES.items()})
    return {"profile": Table(profile), "report": _report(height, profile, language), "chart": _chart(profile)}


def _report(height: int, profile: pl.DataFrame, language: str) -> str:
    share = percent(float(profile["missing"].sum()) / max(1, height * profile.height))
    about = Text(
        f"{plural(height, 'row')}, {plural(profile.height, 'column')}, {share} missing.",
        f"{height:,} 行，{profile.height:,} 列，缺失 {share}。",
    )
    said = partial(in_language, language=language)
    lines = [f"# {said(TITLE)}", "", said(about), "", table_row(map(said, HEAD)), "| --- " * len(HEAD) + "|"]
    for row in profile.iter_rows(named=True):
        low, high = (row["min"], row["max"]) if row["min"] is not None else (row["first"], row["last"])
        extent = "" if low is None else f"{_short(low)}{said(TO)}{_short(high)}"
        middle = "" if row["median"] is None else _short(row["median"])
        cells = [row["column"], row["type"], percent(row["missing_share"]), f"{row['distinct']:,}", extent, middle]
        lines.append(table_row([*cells, row["top_values"], said(Text(row["suggestion"], row["suggestion_zh"]))]))
    return "\n".join(lines) + "\n"


def _short(value: float | str) -> str:
    return f"{value:.6g}" if isinstance(value, float) else value if len(value) <= 30 else value[:29] + "…"


def _chart(profile: pl.DataFrame) -> Chart:
    worst = profile.sort("missing_share", descending=True, maintain_order=True).head(CHARTED)
    bars = {"name": "missing share", "x": worst["column"].to_list(), "y": worst["missing_share"].to_list()}
    return Chart("bar", "Missing values per column", [bars], "column", "share of rows")
