"""Room for answers beside rows that already have columns of the same names, such as an earlier result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from patchbay_operators.advice import Text
from patchbay_sdk import Context, ParamError, Table


def check_free(table: Table, *names: str) -> None:
    """Raise ParamError when the table already has a column of one of the new names."""
    taken = [name for name in names if name in table.columns]
    if taken:
        raise ParamError(
            Text(
                f"The table already has a column {taken[0]!r}; choose another name for the prediction or the score.",
                f"表中已有列“{taken[0]}”；请为预测列或得分列另取一个名称。",
            ).as_json(),
            field="prediction",
            value=taken[0],
        )


def make_room(context: Context, table: Table, names: Iterable[str]) -> Table:
    """The table without columns of these names: those that it has are called otherwise, and a warning says so."""
    renamed = kept_as(table.columns, names)
    if not renamed:
        return table
    listed = ", ".join(f"{old!r} is now {new!r}" for old, new in renamed.items())
    listed_zh = "、".join(f"“{old}”改名为“{new}”" for old, new in renamed.items())
    told = Text(
        f"The table had columns with the names of the answers already. They are kept: {listed}.",
        f"表中已有与答案同名的列。原有的列已保留：{listed_zh}。",
    )
    context.warn(told.as_json())
    return table.replace(table.polars().rename(renamed))


def kept_as(columns: Iterable[str], names: Iterable[str]) -> Mapping[str, str]:
    """What columns of these names are called then: ``score_given``, or what is free."""
    known, renamed = list(columns), {}
    for name in names:
        if name in known:
            new, number = f"{name}_given", 2
            while new in known:
                new, number = f"{name}_given_{number}", number + 1
            known.append(new)
            renamed[name] = new
    return renamed
