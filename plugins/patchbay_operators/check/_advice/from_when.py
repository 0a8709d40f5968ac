"""Columns that are filled in from some time on only, or up to some time: a new sensor, one that was taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.order import LATE, time_column
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, drop, quoted

if TYPE_CHECKING:
    import polars as pl

HARDLY, NEARLY = 0.05, 0.9
"""Shares of the rows in which something is there, where the column is not used yet or any more, and where it is."""

Change = Literal["new", "gone"]


def about_when_filled(subject: Subject) -> Iterator[Finding]:
    """Findings `new_columns`, `gone_columns`, where rows have a time."""
    found = filled_when(subject)
    if new := [name for name, change in found.items() if change == "new"]:
        yield _new(new)
    if gone := [name for name, change in found.items() if change == "gone"]:
        yield _gone(gone)


def filled_when(subject: Subject) -> dict[str, Change]:
    """Columns that nearly all of the latest rows have and hardly one of the first, or the other way round."""
    time = time_column(subject) if subject.label is not None and subject.kind != "forecast" else None
    names = [name for name in subject.features if name != time and subject.missing[name] > LATE * subject.frame.height]
    if time is None or not names:
        return {}
    frame = subject.frame.drop_nulls(time).sort(time)
    count = int(LATE * frame.height)
    if count < 20:
        return {}
    first, last = _shares(frame[:count], names), _shares(frame[-count:], names)
    found: dict[str, Change] = {}
    for name in names:
        if first[name] <= HARDLY and last[name] >= NEARLY:
            found[name] = "new"
        elif first[name] >= NEARLY and last[name] <= HARDLY:
            found[name] = "gone"
    return found


def _shares(frame: pl.DataFrame, names: list[str]) -> dict[str, float]:
    """Share of the rows in which each column holds something."""
    return {name: 1 - frame[name].null_count() / frame.height for name in names}


def _new(names: list[str]) -> Finding:
    listed, one = columns(names), len(names) == 1
    return Finding(
        "new_columns",
        "note",
        Text(
            f"{listed.en} {'is' if one else 'are'} only filled in in the newer rows",
            f"{listed.zh}只在较新的行中有值",
        ),
        Text(
            "Earlier rows have nothing there: a sensor or a step that was added, say. It can stay: new rows will have "
            "it. But the model can learn about it from the newer rows alone; if little comes of it, leave the older "
            "rows out.",
            "较早的行没有值，例如后来才增加的传感器或工步。可以保留：新的数据会有它。但模型只能从较新的行学到它的作用；"
            "如果收效不大，可以去掉较早的行。",
        ),
        names,
    )


def _gone(names: list[str]) -> Finding:
    listed, one = columns(names), len(names) == 1
    return Finding(
        "gone_columns",
        "warn",
        Text(
            f"{listed.en} {'is' if one else 'are'} no longer filled in",
            f"{listed.zh}在较新的行中不再有值",
        ),
        Text(
            f"Older rows have {'it' if one else 'them'}, the newest have not: {quoted(names[0])} was perhaps taken "
            "away or renamed. What a model learns from it does not help with new rows. Leave it out.",
            f"较早的行有值，最新的行没有：{quoted(names[0])}可能已被取消或改名。从中学到的东西对新的数据没有用。请去掉。",
        ),
        names,
        fix=drop(names),
    )
