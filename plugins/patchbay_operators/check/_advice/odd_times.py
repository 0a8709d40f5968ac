"""Times that no row of the table can have: decades before or after all others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import quoted, rows, sql_name, step
from patchbay_operators.row_times import SAYS_ELSE

if TYPE_CHECKING:
    import polars as pl

MOST = 0.05
"""Share of the rows whose times may be absurd."""

FAR = 5
"""How many times as far as nine of ten rows lie apart."""

LEAST = timedelta(days=365)


def about_odd_times(subject: Subject) -> Iterator[Finding]:
    """Finding `odd_times`, for the first column that has them."""
    import polars as pl

    for name in subject.features:
        if not isinstance(subject.types[name], pl.Date | pl.Datetime) or SAYS_ELSE.search(name):
            continue
        column = subject.frame[name].cast(pl.Datetime("us"))
        if (limits := _limits(column)) is None:
            continue
        odd = column.filter((column < limits[0]) | (column > limits[1]))
        first, last = (f"{limit:%Y-%m-%d}" for limit in limits)
        number, example = rows(len(odd)), quoted(odd[0].strftime("%Y-%m-%d"))
        head = sql_name(name)
        yield Finding(
            "odd_times",
            "warn",
            Text(
                f"{number.en} {'has' if len(odd) == 1 else 'have'} an impossible time in {quoted(name)}",
                f"{number.zh}的{quoted(name)}是不可能的时间",
            ),
            Text(
                f"For example {example}, years away from all other rows: a typing error, a clock that was not set, or "
                "a date that stands for “unknown”. By such times rows are put in a wrong order, and the wrong ones "
                "become the latest. Leave them out, or correct them.",
                f"例如{example}，与其他行相差多年：可能是输入错误、时钟没有设置，或用来表示“未知”的日期。"
                "按这样的时间排列，顺序就会出错，最新的行也会选错。请去掉或改正。",
            ),
            [name],
            {"rows": len(odd)},
            step(
                Text("Leave these rows out", "去掉这些行"),
                "shape.filter_rows",
                expression=f"{head} IS NULL OR {head} BETWEEN DATE '{first}' AND DATE '{last}'",
            ),
        )
        return


def _limits(column: pl.Series) -> tuple[datetime, datetime] | None:
    """Days between which all times lie but a few absurd ones; None where there are none of these, or too many."""
    known = column.drop_nulls().sort()
    if len(known) < 20:
        return None
    edge, count = max(1, int(MOST * len(known))), known.to_physical()  # as numbers, since year 0 is no date
    early, late = count[edge], count[-1 - edge]
    reach = max(FAR * (late - early), LEAST // timedelta(microseconds=1))
    usual = known.filter((count >= early - reach) & (count <= late + reach))
    if len(usual) == len(known) or len(known) - len(usual) > MOST * len(known):
        return None
    return usual[0] - timedelta(days=1), usual[-1] + timedelta(days=2)
