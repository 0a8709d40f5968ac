"""Rows that lie between two groups, and which groups come by line, tool or step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.groups.one_row import BETWEEN
from patchbay_operators.model_report.figures import differ
from patchbay_operators.model_report.parts import CHANCE, FEWEST, SHOWN, Part, guess_columns, parts_of
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import percent
from patchbay_operators.row_times import find_time

if TYPE_CHECKING:
    from patchbay_operators.groups.reporting import Told


def between(told: Told) -> Section:
    """Rows that lie between two groups, and which groups are where; stands where others say where a model errs."""
    section = Section("errors", question=Text("Which lie between?", "哪些处于两组之间？"))
    if len(told.numbers) == 0 or len(told.made.options["centres"]) < 2:
        return section
    _unsure(told, section)
    for column in _columns(told):
        _by(told, section, column)
    return section


def _unsure(told: Told, section: Section) -> None:
    import numpy as np

    nearest, next_one = np.sort(told.made.distances(told.matrix), axis=1)[:, :2].T
    unsure = int((nearest > BETWEEN * next_one).sum())
    share = percent(unsure / len(told.numbers))
    section.say(
        f"{told.unit.count(unsure).en} ({share}) {'lies' if unsure == 1 else 'lie'} between two groups and could as "
        "well belong to the other.",
        f"{told.unit.count(unsure).zh}（{share}）处于两组之间，归入另一组也说得通。",
    )


def _columns(told: Told) -> Sequence[str]:
    """The columns given, else some that look as if they said where a row comes from."""
    timed = find_time(told.table, "")
    return told.by or guess_columns(told.table.polars(), {*told.made.options["columns"], *(timed or ())[:1]})


def _by(told: Told, section: Section, column: str) -> None:
    """The share of each group in each part of a column, and the clearest difference."""
    parts = parts_of(told.table.polars()[column])
    if len(parts) < 2:
        return
    shares = [
        [round(100 * float((told.numbers[part.where] == portrait.number).mean()), 1) for part in parts[:SHOWN]]
        for portrait in told.portraits
    ]
    names = [Text(f"group {portrait.number}", f"第 {portrait.number} 组") for portrait in told.portraits]
    of = Series(Text("Share (%)", "占比（%）"), [part.name for part in parts[:SHOWN]], names, shares)
    title = Text(f"Groups by {column} (% of the rows there)", f"按 {column} 的分组（占该处各行的百分比）")
    section.charts.append(ReportChart("heatmap", title, [of], Text(column, column)))
    _clearest(told, section, column, parts)


def _clearest(told: Told, section: Section, column: str, parts: Sequence[Part]) -> None:
    found = []
    for part in parts:
        rows, others = int(part.where.sum()), int((~part.where).sum())
        if rows < FEWEST or not others:
            continue
        for portrait in told.portraits:
            of_group = told.numbers == portrait.number
            here, there = int((of_group & part.where).sum()), int((of_group & ~part.where).sum())
            if here / rows > there / others:
                found.append(
                    (differ([here, there], [rows, others]), portrait.number, part.name, here, rows, there, others)
                )
    clearest = min(found, default=None)
    if clearest is None or clearest[0] > CHANCE / (len(parts) * len(told.portraits)):
        section.say(
            f"By “{column}” the groups come about equally everywhere: the differences may be chance.",
            f"按“{column}”来看，各组的占比差不多：差别可能只是偶然。",
        )
        return
    _, number, name, here, rows, there, others = clearest
    where = told.unit.count(rows)
    section.findings.append(
        Finding(
            "group_here",
            "note",
            Text(f"Group {number} comes most where “{column}” is {name}", f"“{column}”为 {name} 时第 {number} 组最多"),
            Text(
                f"{percent(here / rows)} of the rows there are in it, elsewhere {percent(there / others)} "
                f"({where.en}).",
                f"那里有 {percent(here / rows)} 的行属于该组，其他为 {percent(there / others)}（{where.zh}）。",
            ),
            columns=[column],
            values={"group": number, "part": name, "here": here / rows, "elsewhere": there / others, "rows": rows},
        )
    )
