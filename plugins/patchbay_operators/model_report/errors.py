"""Where a model errs: by line, tool, step or whatever the rows tell, and its worst answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.evaluate.breakdown import FEW_VALUES, groups_of
from patchbay_operators.model_report.groups import Group, measures_of, say_worst
from patchbay_operators.model_report.judged import Judged, is_free_text
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import number

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

BINS, GUESSED, SHOWN = 5, 3, 30
"""Ranges of numbers, columns chosen by itself, groups shown."""
USUAL = ("line", "tool", "step", "equip", "chamber", "machine", "recipe", "product", "site", "lot", "shift", "operator",
         "产线", "机台", "设备", "工序", "腔", "配方", "产品", "批次", "班")  # fmt: skip
"""Parts of names of columns that people break errors down by."""


def errors(judged: Judged) -> Section:
    """A chart and a sentence per column; the worst answers as a table."""
    section = Section("errors")
    if not len(judged.truth):
        return section
    for column in judged.by or guess_columns(judged):
        _by(judged, section, column)
    _worst_rows(judged, section)
    return section


def guess_columns(judged: Judged) -> list[str]:
    """Columns with few different values, those with names such as line or tool first."""
    found = []
    answers = ("prediction", "score", judged.target)
    for name in judged.rows.columns:
        values = judged.rows[name]
        if name in answers or name.startswith(("probability_", "score_")) or not 2 <= values.n_unique() <= FEW_VALUES:
            continue
        usual = any(word in name.lower() for word in USUAL)
        if usual or not (values.dtype.is_numeric() or is_free_text(values)):
            found.append((not usual, name))
    return [name for _, name in sorted(found, key=lambda each: each[0])][:GUESSED]


def _by(judged: Judged, section: Section, column: str) -> None:
    values = judged.rows[column]
    names, order = groups_of(values, BINS)
    groups = [Group(_shown(values, name), (names == name).to_numpy()) for name in order]
    groups = [group for group in groups if group.where.any()]
    if len(groups) < 2:
        return
    title, measures = Text(f"Errors by {column}", f"按 {column} 的错误"), measures_of(judged)
    series = [
        Series(each.name, [group.name for group in groups[:SHOWN]], [each.of(group.where) for group in groups[:SHOWN]])
        for each in measures
    ]
    unit = measures[0].name if judged.classified is None else Text("%", "%")
    section.charts.append(ReportChart("bar", title, series, Text(column, column), unit))
    columns = [Text(column, column), Text("Rows", "行数"), *(each.name for each in measures)]
    rows = [[group.name, int(group.where.sum()), *(each.of(group.where) for each in measures)] for group in groups]
    section.tables.append(ReportTable(title, columns, rows[:SHOWN]))
    say_worst(judged, section, column, groups, measures)


def _shown(values: pl.Series, name: str) -> str:
    """A group as it is in the data; ranges without words of one language."""
    if name == "(missing)":
        return "—"
    ranges = (values.dtype.is_numeric() or values.dtype.is_temporal()) and values.n_unique() > FEW_VALUES
    return name.replace(" to ", " … ") if ranges else name


def _worst_rows(judged: Judged, section: Section) -> None:
    """The answers that are furthest off: large errors, or wrong answers of which it was sure."""
    import numpy as np

    sure = judged.error.astype(float)
    if judged.classified is not None and judged.classified.score is not None and judged.positive is not None:
        score = judged.classified.score
        sure = np.where(judged.error > 0, np.abs(score - judged.model.threshold), -1)
    worst = [int(at) for at in np.argsort(-sure, kind="stable")[:10] if judged.error[at] > 0]
    if not worst:
        section.say("Every test row got the right answer.", "每一行测试数据都得到了正确的回答。")
        return
    columns = [Text("Test row", "测试行"), Text("Truth", "真实"), Text("Answer", "回答")]
    has_score = judged.classified is not None and judged.classified.score is not None and judged.positive is not None
    if has_score:
        judged.term("score")
        columns.append(Text("Score", "得分"))
    rows = []
    for at in worst:
        row: list[Any] = [at + 1, judged.truth[at], judged.answered[at]]
        if judged.classified is not None and judged.classified.score is not None and has_score:
            row.append(number(float(judged.classified.score[at])))
        rows.append(row)
    section.tables.append(ReportTable(Text("The worst answers", "最差的回答"), columns, rows))
