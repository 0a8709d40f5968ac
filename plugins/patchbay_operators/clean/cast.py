"""Give columns another type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.clean._cast import converted, lost_rows
from patchbay_operators.clean._spark_cast import cast, lost_values
from patchbay_sdk import Context, DataError, SparkLearner, Table

if TYPE_CHECKING:
    import polars as pl

SHOWN = 5
"""Values that a message names."""


class Cast(SparkLearner):
    """Converts columns to a type, and fails or leaves a gap where a value does not fit."""

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        type: str,
        format: str = "",
        decimal_comma: bool = False,
        take_out: Sequence[str] = (),
        on_error: str = "fail",
    ) -> dict[str, Any]:
        """The params; values that become gaps are counted in a warning."""
        how = _how(type, format, decimal_comma, take_out)
        for name in columns if on_error == "null" else ():
            before = table.polars()[name]
            if len(lost := lost_rows(before, converted(before, **how))):
                context.warn(_gaps(name, type, len(lost), len(before), lost).as_json())
        return {"columns": list(columns), "how": how, "on_error": on_error}

    def fit_spark(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        type: str,
        format: str = "",
        decimal_comma: bool = False,
        take_out: Sequence[str] = (),
        on_error: str = "fail",
    ) -> dict[str, Any]:
        """The params, once all values were looked at: what does not fit is counted, or an error, as locally."""
        how = _how(type, format, decimal_comma, take_out)
        for name in columns:
            converted(table.empty()[name], **how)
            count, lost = lost_values(context.spark, table, name, how, SHOWN + 1)
            if count and on_error == "fail":
                raise _misfit(name, type, count, table.num_rows, lost)
            if count:
                context.warn(_gaps(name, type, count, table.num_rows, lost).as_json())
        return {"columns": list(columns), "how": how, "on_error": on_error}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the columns converted.

        Raises:
            DataError: values do not fit and `on_error` is "fail": it names the first ones with their rows.
        """
        frame = table.polars()
        for name in state["columns"]:
            after = converted(frame[name], **state["how"])
            lost = lost_rows(frame[name], after)
            if len(lost) and state["on_error"] == "fail":
                raise _misfit(name, state["how"]["type"], len(lost), len(after), lost)
            frame = frame.with_columns(after)
        return table.replace(frame)

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """As `apply`; `fit_spark` has looked for values that do not fit."""
        after = self.apply(state, Table(table.empty())).arrow_schema
        return table.replace(cast(context.spark, table, state["columns"], state["how"], after))


def _how(type: str, format: str, decimal_comma: bool, take_out: Sequence[str]) -> dict[str, Any]:
    how: dict[str, Any] = {"type": type, "format": format, "decimal_comma": decimal_comma}
    return how | ({"take_out": list(take_out)} if take_out else {})


def _gaps(name: str, type: str, count: int, rows: int, lost: pl.DataFrame) -> Text:
    named = _named(lost)
    return Text(
        f"{name!r}: {count:,} of {rows:,} values are no {type}, now gaps: {named.en}.",
        f"“{name}”：{rows:,} 个值中有 {count:,} 个无法转换，现为空：{named.zh}。",
    )


def _misfit(name: str, type: str, count: int, rows: int, lost: pl.DataFrame) -> DataError:
    named = _named(lost)
    return DataError(
        Text(
            f"Column {name!r}: {count:,} of {rows:,} values are no {type}: {named.en}. "
            "Replace these values, give another format, or let them become gaps.",
            f"列“{name}”：{rows:,} 个值中有 {count:,} 个无法转换为 {type}：{named.zh}。"
            "请替换这些值、指定其他格式，或让它们变为空值。",
        ).as_json(),
        column=name,
        rows=lost["row"].head(SHOWN).to_list(),
    )


def _named(lost: pl.DataFrame) -> Text:
    """The first values, with their rows."""
    shown = list(lost.head(SHOWN).iter_rows())
    english = [f"{value!r} (row {row})" if isinstance(value, str) else f"{value} (row {row})" for row, value in shown]
    more = len(lost) > SHOWN
    return Text(
        ", ".join(english) + (", ..." if more else ""),
        "、".join(f"“{value}”（第 {row} 行）" for row, value in shown) + ("等" if more else ""),
    )
