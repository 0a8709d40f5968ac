"""Rows without a time in a table whose other rows have one."""

from __future__ import annotations

from collections.abc import Iterator

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.order import time_column
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import quoted, rows, step
from patchbay_operators.row_times import find_time
from patchbay_sdk import Table

MOST_GAPS = 0.4
"""Share of the rows that may lack a time, for the others to be put in order by it."""


def about_lacking_times(subject: Subject) -> Iterator[Finding]:
    """Finding `times_missing`."""
    if subject.kind == "forecast" or subject.label is None:
        return
    name = time_column(subject)
    lacking = name if name and subject.missing[name] else _with_gaps(subject)
    if lacking:
        yield _times_missing(subject, lacking)


def _with_gaps(subject: Subject) -> str | None:
    """The column of times by which rows could be divided, were it not empty in a few of them."""
    import polars as pl

    few = [
        name
        for name in subject.features
        if subject.types[name].is_temporal() and 0 < subject.missing[name] <= MOST_GAPS * subject.frame.height
    ]
    if not few or time_column(subject) is not None:
        return None
    found = find_time(Table(subject.frame.filter(pl.all_horizontal(pl.col(few).is_not_null()))), subject.target)
    return found[0] if found and found[0] in few else None


def _times_missing(subject: Subject, name: str) -> Finding:
    count, column = rows(subject.missing[name]), quoted(name)
    return Finding(
        "times_missing",
        "warn",
        Text(f"{count.en} without a time ({column})", f"{count.zh}没有时间（{column}）"),
        Text(
            "All other rows have one. As long as some lack it nobody can tell which rows are the latest, so the model "
            "would be tested on rows drawn by chance and look better than it is. Leave these rows out, or fill in "
            "their times in the file.",
            "其他行都有时间。只要有行缺少时间，就不知道哪些行最新，只能随机抽取检验行，模型会显得比实际更好。"
            "请去掉这些行，或在文件中补上时间。",
        ),
        [name],
        {"rows": subject.missing[name]},
        step(Text("Leave these rows out", "去掉这些行"), "clean.drop_missing", columns=[name], how="any"),
    )
