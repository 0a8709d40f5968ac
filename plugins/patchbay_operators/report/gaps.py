"""Columns that are mostly empty, which a result would gain from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.report.document import Section
from patchbay_operators.report.words import percent

if TYPE_CHECKING:
    import polars as pl

EMPTY, TOLD = 0.2, 5
"""The share of empty cells from which on a column is told, and at most so many of them."""


def empty_share(column: pl.Series) -> float:
    """The share of the cells that hold nothing."""
    values = column.fill_nan(None) if column.dtype.is_float() else column
    return values.null_count() / len(values) if len(values) else 0.0


def say_gaps(section: Section, frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """A finding for each column that is used and mostly empty, the emptiest first."""
    found = [(empty_share(frame[name]), name) for name in columns if name in frame.columns]
    for share, name in sorted((pair for pair in found if pair[0] >= EMPTY), key=lambda pair: -pair[0])[:TOLD]:
        section.findings.append(
            Finding(
                "mostly_missing",
                "note",
                Text(f"“{name}” is {percent(share)} missing", f"“{name}”缺失 {percent(share)}"),
                Text(
                    "Where it is empty, this column says nothing. Recording it more often would help.",
                    "该列为空之处不能提供任何信息。更完整地记录它会有帮助。",
                ),
                columns=[name],
                values={"missing": share},
            )
        )
