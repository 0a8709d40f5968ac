"""Where a model errs: by line, tool, step or whatever the rows tell, and its worst answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.evaluate.breakdown import FEW_VALUES, groups_of
from patchbay_operators.model_report.figures import differ, interval, larger
from patchbay_operators.model_report.judged import Judged, is_free_text
from patchbay_operators.model_report.quantity import amount
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import number, percent

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

BINS, FEWEST, GUESSED, SHOWN = 5, 10, 3, 30
"""Ranges of numbers, the fewest rows of a group that may be called worse, columns chosen by itself, groups shown."""
CHANCE = 0.05
"""Divided by the number of groups: among many groups one is always the worst."""
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
    groups, order = groups_of(values, BINS)
    members = [(name, (groups == name).to_numpy()) for name in order]
    members = [(_shown(values, name), where) for name, where in members if where.any()]
    if len(members) < 2:
        return
    rates = [float(judged.error[where].mean()) for _, where in members]
    names = [name for name, _ in members]
    numbers = judged.classified is None
    measure = Text("Mean error", "平均误差") if numbers else Text("Wrong answers (%)", "错误回答（%）")
    shown = rates if numbers else [100 * rate for rate in rates]
    title = Text(f"Errors by {column}", f"按 {column} 的错误")
    section.charts.append(
        ReportChart("bar", title, [Series(measure, names[:SHOWN], shown[:SHOWN])], Text(column, column), measure)
    )
    section.tables.append(_table(judged, title, column, members, shown, measure))
    _worst_group(judged, section, column, members)


def _shown(values: pl.Series, name: str) -> str:
    """A group as it is in the data; ranges without words of one language."""
    if name == "(missing)":
        return "—"
    ranges = (values.dtype.is_numeric() or values.dtype.is_temporal()) and values.n_unique() > FEW_VALUES
    return name.replace(" to ", " … ") if ranges else name


def _table(
    judged: Judged, title: Text, column: str, members: list[tuple[str, Array]], shown: list[float], measure: Text
) -> ReportTable:
    columns = [Text(column, column), Text("Rows", "行数"), measure]
    rows: list[list[Any]] = [[name, int(where.sum()), rate] for (name, where), rate in zip(members, shown, strict=True)]
    if judged.positive is not None and judged.classified is not None:
        sought, called = judged.classified.is_positive, judged.answered == judged.positive
        columns += [Text("To be found", "应找出"), Text("Found", "找出"), Text("False alarms", "误报")]
        for row, (_, where) in zip(rows, members, strict=True):
            is_sought, is_called = sought & where, called & where
            row += [int(is_sought.sum()), int((is_sought & called).sum()), int((is_called & ~sought).sum())]
    return ReportTable(title, columns, rows[:SHOWN])


def _worst_group(judged: Judged, section: Section, column: str, members: list[tuple[str, Array]]) -> None:
    """The group that errs most, where it is more than chance among so many groups."""
    found = []
    for name, where in members:
        inside, outside = judged.error[where], judged.error[~where]
        if len(inside) < FEWEST or not len(outside) or inside.mean() <= outside.mean():
            continue
        if judged.classified is None:
            chance = larger(inside, outside)
        else:
            chance = differ([int(inside.sum()), int(outside.sum())], [len(inside), len(outside)])
        found.append((chance, name, where))
    if not found or min(found, key=lambda each: each[0])[0] > CHANCE / len(members):
        section.say(
            f"By “{column}” no group is clearly worse than the others: the differences may be chance.",
            f"按“{column}”来看，没有哪一组明显更差：差别可能只是偶然。",
        )
        return
    chance, name, where = min(found, key=lambda each: each[0])
    inside, outside = judged.error[where], judged.error[~where]
    rows = judged.unit.count(len(inside))
    if judged.classified is None:
        bad, usual = amount(judged, inside.mean()), amount(judged, outside.mean())
        meaning = Text(
            f"Its answers there are off by {bad} on average, elsewhere by {usual} ({rows.en}).",
            f"该组的平均偏差为 {bad}，其他为 {usual}（{rows.zh}）。",
        )
    else:
        low, high = interval(int(inside.sum()), len(inside))
        bad, usual = percent(inside.mean()), percent(outside.mean())
        judged.term("interval")
        meaning = Text(
            f"{bad} of its answers there are wrong, elsewhere {usual} ({rows.en}; with so few the true share lies between "
            f"{percent(low)} and {percent(high)}).",
            f"该组有 {bad} 的回答错误，其他为 {usual}（{rows.zh}；按此数量，真实比例在 {percent(low)} 和 {percent(high)} 之间）。",
        )
    section.findings.append(
        Finding(
            "worse_group",
            "warn",
            Text(f"It errs most where “{column}” is {name}", f"“{column}”为 {name} 时错误最多"),
            meaning,
            columns=[column],
            values={"group": name, "error": float(inside.mean()), "elsewhere": float(outside.mean()), "chance": chance},
        )
    )


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
