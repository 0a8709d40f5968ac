"""Drop columns that say what another column says already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_operators.clean._columns import nan_as_null, require_rows
from patchbay_operators.clean._correlation import correlations, identical_columns
from patchbay_operators.clean._drop import ColumnDropper, dropping
from patchbay_sdk import Context, Table


class DropCorrelated(ColumnDropper):
    """Learns which number columns correlate with an earlier one, and which columns equal an earlier one; drops them.

    Of two columns the one further left stays, so the result does not depend on chance. Columns to keep are not
    compared at all: a sensor that correlates with the target stays.
    """

    def fit(
        self,
        context: Context,
        table: Table,
        method: str = "pearson",
        limit: float = 0.95,
        identical: bool = True,
        keep: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The columns that equal a column left of them, or correlate with one that stays by `limit` or more.

        Raises:
            DataError: the table has no rows.
        """
        require_rows(table, "correlations")
        frame = nan_as_null(table.polars()).drop(keep)
        reasons = {}
        if identical:
            reasons = {name: f"equals {first!r}" for name, first in identical_columns(frame).items()}
        numbers = [n for n, t in frame.schema.items() if t.is_numeric() and n not in reasons]
        told = {"en": f"Correlating {len(numbers):,} columns", "zh-CN": f"正在计算 {len(numbers):,} 列的相关系数"}
        context.progress(0.2, told)
        reasons |= _correlated(numbers, abs(correlations(frame.select(numbers), method)), limit)
        return dropping(context, table, {name: reasons[name] for name in table.columns if name in reasons})


def _correlated(names: Sequence[str], strength: Any, limit: float) -> dict[str, str]:
    """Column -> reason, going from left to right: a column goes when it correlates with one that stayed."""
    import numpy as np

    stays: list[int] = []
    reasons = {}
    for position, name in enumerate(names):
        row = strength[position, stays]
        if len(row) and (row >= limit).any():
            strongest = int(np.argmax(row))
            reasons[name] = f"correlates with {names[stays[strongest]]!r} by {row[strongest]:.3f}"
        else:
            stays.append(position)
    return reasons
