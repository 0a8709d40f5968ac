"""Check a table against limits before anything is built on it."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.check import _gate
from patchbay_operators.check._columns import nan_as_null
from patchbay_operators.check._problems import (
    Outcome,
    conclude,
    metrics_of,
    plural,
    problems_table,
    report_of,
)
from patchbay_sdk import Context, Operator, Outputs, Table


class QualityGate(Operator):
    """Lets a table through unchanged, and warns or fails where it breaks a limit."""

    def run(
        self,
        context: Context,
        table: Table,
        reference: Table | None = None,
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
    ) -> Outputs:
        """The table as it came, the report, the figures, and one row per problem.

        Raises:
            CheckFailed: a limit is broken and `on_problem` is "fail".
        """
        frame = nan_as_null(table)
        checked = frame.select(columns) if columns else frame
        outcomes: list[Outcome] = []
        if check_rows:
            outcomes.append(_gate.row_count(frame, min_rows))
        if check_missing:
            outcomes.append(_gate.missing(checked, max_missing, max_missing_overall))
        if check_constant:
            outcomes.append(_gate.constant(checked))
        if check_extremes:
            distance = max_robust_z if extreme_method == "mad" else max_iqr
            outcomes.append(_gate.extremes(checked, extreme_method, distance, max_extreme_share))
        if check_duplicates:
            outcomes.append(_gate.duplicates(frame, duplicate_columns, max_duplicate_share))
        if target:
            outcomes.append(_gate.class_balance(frame[target], min_class_share))
        if check_drift and reference is not None:
            compared = nan_as_null(reference)
            compared = compared.select(name for name in compared.columns if not columns or name in columns)
            outcomes.append(_gate.drift(checked, compared, max_psi))
        conclude(context, outcomes, on_problem)
        about = f"{plural(frame.height, 'row')}, {plural(len(frame.columns), 'column')}."
        return {
            "table": table,
            "report": report_of("Data quality", about, outcomes),
            "metrics": metrics_of(outcomes),
            "problems": problems_table(outcomes),
        }
