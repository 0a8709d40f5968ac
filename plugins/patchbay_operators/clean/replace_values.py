"""Replace values by others, or by nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import Context, Learner, ParamError, Table

if TYPE_CHECKING:
    import polars as pl


class ReplaceValues(Learner):
    """Replaces whole values, or parts of text by pattern, and turns codes such as "?" or -999 into gaps."""

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str] = (),
        gaps: Sequence[str] = (),
        replacements: Mapping[str, str] | None = None,
        patterns: bool = False,
    ) -> dict[str, Any]:
        """The params, and the columns they concern: by default all text and number columns.

        Raises:
            ParamError: a pattern is not a regular expression, or a replacement does not fit a column of numbers.
        """
        # A list, since a stored object loses its order, and patterns work one after the other.
        pairs: dict[str, str | None] = {**(replacements or {}), **dict.fromkeys(gaps)}
        if patterns:
            _check_patterns(pairs)
        kinds = ("text",) if patterns else ("text", "number")
        return {
            "columns": list(columns) or table.schema.of_kind(*kinds),
            "pairs": list(pairs.items()),
            "patterns": patterns,
        }

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the values replaced; the types stay.

        Raises:
            ParamError: a replacement does not fit a column of numbers.
        """
        import polars as pl

        frame, pairs, patterns = table.polars(), dict(state["pairs"]), state["patterns"]
        changed = []
        for column in frame.select(state["columns"]):
            if column.dtype.is_numeric():
                old, new = _as_numbers(column, pairs) if not patterns else ([], [])
                changed.append(column.replace(old, new) if old else column)
            elif column.dtype == pl.String:
                changed.append(_in_text(column, pairs, patterns))
            elif isinstance(column.dtype, pl.Categorical | pl.Enum):
                text = _in_text(column.cast(pl.String), pairs, patterns)
                changed.append(text.cast(pl.Categorical))
        return table.replace(frame.with_columns(changed))


def _in_text(column: pl.Series, pairs: Mapping[str, str | None], patterns: bool) -> pl.Series:
    """Whole values, or every place that a pattern matches; a pattern for a gap must match the whole value."""
    if not patterns:
        return column.replace(list(pairs), list(pairs.values())) if pairs else column
    for pattern, new in pairs.items():
        if new is None:
            column = column.set(column.str.contains(f"^(?:{pattern})$").fill_null(False), None)
        else:
            column = column.str.replace_all(pattern, new)
    return column


def _as_numbers(column: pl.Series, pairs: Mapping[str, str | None]) -> tuple[list[float], list[float | None]]:
    """The pairs whose old value is a number that the column can hold, old and new."""
    whole = column.dtype.is_integer()
    old, new = [], []
    for before, after in pairs.items():
        number, replacement = _number(before), None if after is None else _number(after)
        if number is None or (whole and number % 1):
            continue
        if after is not None and (replacement is None or (whole and replacement % 1)):
            raise ParamError(
                Text(
                    f"replacements: {after!r} cannot stand in column {column.name!r}, which is {column.dtype}. "
                    "Name the columns that are meant, or cast it first.",
                    f"列“{column.name}”的类型是 {column.dtype}，不能填入“{after}”。请只选要替换的列，或先转换列类型。",
                ).as_json(),
                field="replacements",
            )
        old.append(int(number) if whole else number)
        new.append(int(replacement) if whole and replacement is not None else replacement)
    return old, new


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _check_patterns(patterns: Iterable[str]) -> None:
    import polars as pl

    for pattern in patterns:
        try:
            pl.Series([""]).str.contains(pattern)
        except pl.exceptions.ComputeError as error:
            wrong = Text(
                f"{pattern!r} is not a regular expression: {error}.",
                f"“{pattern}”不是正确的正则表达式，请检查其中的括号等符号。",
            )
            raise ParamError(wrong.as_json(), value=pattern) from error
