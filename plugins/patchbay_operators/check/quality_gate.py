"""Check a table against limits before anything is built on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.check import _gate
from patchbay_operators.check._columns import require_columns
from patchbay_operators.check._counted import Counted, Counts
from patchbay_operators.check._problems import (
    Outcome,
    conclude,
    metrics_of,
    plural,
    problems_table,
    report_of,
)
from patchbay_operators.check._spark_counted import SparkCounted
from patchbay_sdk import Context, Operator, Outputs, Table

Count = Callable[[Table, Sequence[str]], Counts]
"""Counts a table; which columns of it."""


class QualityGate(Operator):
    """Lets a table through unchanged, and warns or fails where it breaks a limit."""

    def run(self, context: Context, table: Table, reference: Table | None = None, **limits: Any) -> Outputs:
        """The table as it came, the report, the figures, and one row per problem. `limits`: see `_gated`.

        Raises:
            CheckFailed: a limit is broken and `on_problem` is "fail".
        """
        return _gated(context, table, reference, Counted, **limits)

    def run_spark(self, context: Context, table: Table, reference: Table | None = None, **limits: Any) -> Outputs:
        """As `run`; Spark counts."""
        return _gated(context, table, reference, partial(SparkCounted, context.spark), **limits)


def _gated(
    context: Context,
    table: Table,
    reference: Table | None,
    count: Count,
    columns: Sequence[str] = (),
    check_rows: bool = True,
    min_rows: int = 100,
    check_missing: bool = True,
    max_missing: float = 0.5,
    max_missing_overall: float = 0.2,
    check_constant: bool = True,
    check_extremes: bool = True,
    extreme_method: str = "mad",
    max_robust_z: float = 8,
    max_iqr: float = 3,
    max_extreme_share: float = 0.01,
    check_duplicates: bool = True,
    duplicate_columns: Sequence[str] = (),
    max_duplicate_share: float = 0,
    target: str | None = None,
    min_class_share: float = 0.05,
    check_drift: bool = True,
    max_psi: float = 0.2,
    on_problem: str = "warn",
    language: str = "en",
) -> Outputs:
    require_columns(table)
    counts = count(table, columns)
    outcomes: list[Outcome] = []
    if check_rows:
        outcomes.append(_gate.row_count(counts.rows, min_rows))
    if check_missing:
        outcomes.append(_gate.missing(counts.rows, counts.gaps(), max_missing, max_missing_overall))
    if check_constant:
        outcomes.append(_gate.constant(len(counts.schema), counts.constant()))
    if check_extremes:
        distance = max_robust_z if extreme_method == "mad" else max_iqr
        shares = counts.extreme_shares(extreme_method, distance)
        outcomes.append(_gate.extremes(shares, extreme_method, distance, max_extreme_share))
    if check_duplicates:
        repeated = counts.repeated(duplicate_columns)
        outcomes.append(_gate.duplicates(counts.rows, repeated, duplicate_columns, max_duplicate_share))
    if target:
        outcomes.append(_gate.class_balance(target, counts.rows, counts.values(target), min_class_share))
    if check_drift and reference is not None:
        require_columns(reference)
        chosen = [name for name in reference.columns if not columns or name in columns]
        outcomes.append(_gate.drift(counts, count(reference, chosen), max_psi))
    conclude(context, outcomes, on_problem)
    rows, width = counts.rows, len(table.columns)
    about = Text(f"{plural(rows, 'row')}, {plural(width, 'column')}.", f"{rows:,} 行，{width:,} 列。")
    return {
        "table": table,
        "report": report_of(Text("Data quality", "数据质量"), about, outcomes, language),
        "metrics": metrics_of(outcomes),
        "problems": problems_table(outcomes),
    }
