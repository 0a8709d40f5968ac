"""Columns of a series that hold what the target will be some rows later."""

from __future__ import annotations

from collections.abc import Iterator

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.order import time_column
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, drop, quoted, rows
from patchbay_operators.check._leakage import correlations

FEWEST, FARTHEST = 5, 400
"""Rows ahead that are looked at: as many as are forecast, within these."""

MOST_ROWS = 20_000
"""Of a longer table the end is looked at."""

BY_ITSELF = 0.9
"""Where the target is so much like itself that many rows later, as by a season, another column may be too."""

LIMIT = 0.98
"""Correlation of the changes from row to row; two series with the same trend go along, their changes do not."""


def about_the_future(subject: Subject) -> Iterator[Finding]:
    """Finding `leakage` of a series."""
    import numpy as np
    import polars as pl

    if subject.label is None or not subject.label.dtype.is_numeric():
        return
    time, group = time_column(subject), subject.group if subject.group in subject.types else ""
    names = [name for name in subject.numbers(subject.features) if name not in (time, group)]
    keys = [*filter(None, [group, time])]
    frame = (subject.frame.sort(keys, maintain_order=True) if keys else subject.frame).tail(MOST_ROWS)
    if not names or frame.height < 50:
        return
    steps = [pl.col(name).cast(pl.Float64).diff() for name in [*names, subject.target]]
    changes = frame.select(step.over(group) if group else step for step in steps).to_numpy()
    series = frame[group].rle_id().to_numpy() if group else np.zeros(frame.height)
    later: dict[str, int] = {}
    for ahead in range(1, min(max(FEWEST, subject.horizon), FARTHEST, frame.height // 4) + 1):
        then = np.where(series[:-ahead] == series[ahead:], changes[ahead:, -1], np.nan)
        found = np.abs(correlations(changes[:-ahead], then))
        if found[-1] >= BY_ITSELF:
            continue
        for position in np.flatnonzero(found[:-1] >= LIMIT):
            later.setdefault(names[position], ahead)
    if later:
        yield _finding(subject, later)


def _finding(subject: Subject, later: dict[str, int]) -> Finding:
    names = list(later)
    listed, ahead, target = columns(names), rows(later[names[0]]), quoted(subject.target)
    return Finding(
        "leakage",
        "stop",
        Text(f"{listed.en} {'holds' if len(names) == 1 else 'hold'} the future", f"{listed.zh}包含未来的值"),
        Text(
            f"{quoted(names[0])} shows what {target} is {ahead.en} later. When you want a forecast that is not known "
            "yet, so a model that relies on it looks perfect here and fails in real life. Leave it out.",
            f"{quoted(names[0])}就是{target}在 {ahead.zh}之后的值。"
            "实际预测时还不知道它，依赖它的模型在这里看似完美，实际使用时就会失效。请去掉。",
        ),
        names,
        later,
        drop(names),
    )
