"""Give columns another type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.clean._cast import converted
from patchbay_sdk import Context, DataError, Learner, Table

if TYPE_CHECKING:
    import polars as pl

SHOWN = 5
"""Values that a message names."""


class Cast(Learner):
    """Converts columns to a type, and fails or leaves a gap where a value does not fit."""

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        type: str,
        format: str = "",
        decimal_comma: bool = False,
        on_error: str = "fail",
    ) -> dict[str, Any]:
        """The params; values that become gaps are counted in a warning."""
        how: dict[str, Any] = {"type": type, "format": format, "decimal_comma": decimal_comma}
        for name in columns if on_error == "null" else ():
            before = table.polars()[name]
            if len(lost := _lost(before, converted(before, **how))):
                context.warn(
                    f"{name!r}: {len(lost):,} of {len(before):,} values are no {type}, now gaps: {_named(lost)}."
                )
        return {"columns": list(columns), "how": how, "on_error": on_error}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the columns converted.

        Raises:
            DataError: values do not fit and `on_error` is "fail": it names the first ones with their rows.
        """
        frame = table.polars()
        for name in state["columns"]:
            after = converted(frame[name], **state["how"])
            lost = _lost(frame[name], after)
            if len(lost) and state["on_error"] == "fail":
                raise DataError(
                    f"Column {name!r}: {len(lost):,} of {len(after):,} values are no {state['how']['type']}: "
                    f"{_named(lost)}. "
                    "Replace these values, give another format, or let them become gaps.",
                    column=name,
                    rows=lost["row"].head(SHOWN).to_list(),
                )
            frame = frame.with_columns(after)
        return table.replace(frame)


def _lost(before: pl.Series, after: pl.Series) -> pl.DataFrame:
    """Values that did not fit, with their rows, counted from 1: filled before, empty after."""
    import polars as pl

    values = before.rename("value").to_frame().with_row_index("row", offset=1)
    filled = pl.col("value").is_not_null()
    if before.dtype == pl.String and after.dtype not in (pl.String, pl.Categorical):
        filled &= pl.col("value").str.strip_chars() != ""
    elif before.dtype.is_float():
        filled &= pl.col("value").is_not_nan()
    return values.filter(filled & after.is_null())


def _named(lost: pl.DataFrame) -> str:
    shown = [
        f"{value!r} (row {row})" if isinstance(value, str) else f"{value} (row {row})"
        for row, value in lost.head(SHOWN).iter_rows()
    ]
    return ", ".join(shown) + (", ..." if len(lost) > SHOWN else "")
