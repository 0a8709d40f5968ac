"""What groups mean, in sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.groups import over_time, telling
from patchbay_operators.groups.grouping import Groups
from patchbay_operators.groups.portraits import Portrait
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.gaps import say_gaps
from patchbay_operators.report.searched import Searched
from patchbay_operators.report.terms import name_of
from patchbay_operators.report.words import Unit, number
from patchbay_sdk import DataError, Model, Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_DOTS = 600
SMALL = 30
"""Rows of a group, fewer than which say little of what it is like: a rule of thumb."""


@dataclass(frozen=True)
class Told:
    """What every sentence speaks of; `matrix`: comparable columns, `numbers`: the group of each row.

    `by`: columns to compare by. `terms`: technical terms used so far.
    """

    made: Groups
    table: Table
    matrix: Array
    numbers: Array
    portraits: Sequence[Portrait]
    unit: Unit
    about: Mapping[str, Any]
    by: Sequence[str] = ()
    terms: list[str] = field(default_factory=list)

    def term(self, *names: str) -> None:
        """Note that technical terms were used."""
        self.terms.extend(names)

    @property
    def searched(self) -> Searched:
        """What the search tried; its score is how clear and steady groups are."""
        return Searched(self.about, name_of("clear_and_steady"))

    @property
    def clear(self) -> bool:
        """Whether the groups are more than chance."""
        return bool(self.about.get("clear", True))


def grouping_of(model: Model) -> Groups:
    """The grouping in a model. Raises DataError for a model of another kind."""
    if not isinstance(model.estimator, Groups):
        other = Text(
            "model: this takes a model that comes from the step “Automatic grouping”.",
            "这里需要由“自动分组”得到的模型。",
        )
        raise DataError(other.as_json())
    return model.estimator


def headline(told: Told) -> Text:
    """The result in one sentence."""
    count, rows = len(told.made.options["centres"]), told.unit.count(len(told.numbers))
    if not told.clear:
        return Text(
            f"No clear groups: these {count} groups of {rows.en} are hardly more than chance.",
            f"没有清晰的分组：{rows.zh}分成的 {count} 组与偶然分组相差无几。",
        )
    first = told.portraits[0] if told.portraits else None
    if first is None:
        return Text(f"{count} groups; there are no rows to put into them.", f"{count} 组；没有可分组的行。")
    return Text(
        f"{count} groups of similar {told.unit.many}; the largest has {told.unit.count(first.rows).en}: "
        f"{first.words().en}.",
        f"共 {count} 组相似的{told.unit.zh}；最大的一组有 {told.unit.count(first.rows).zh}：{first.words().zh}。",
    )


def good(told: Told) -> Section:
    """What each group is like."""
    section = Section("good", question=Text("What are the groups like?", "各组有什么特点？"))
    for portrait in told.portraits:
        section.say(
            f"Group {portrait.number}, {told.unit.count(portrait.rows).en}: {portrait.words().en}.",
            f"第 {portrait.number} 组，{told.unit.count(portrait.rows).zh}：{portrait.words().zh}。",
        )
    if not told.portraits:
        return section
    names = [f"{portrait.number}" for portrait in told.portraits]
    sizes = [Series(told_rows(told), names, [portrait.rows for portrait in told.portraits])]
    section.charts.append(
        ReportChart("bar", Text("Size of the groups", "各组大小"), sizes, Text("group", "组"), Text("how many", "个数"))
    )
    section.charts.append(_map(told))
    section.tables.append(_middles(told))
    told.term("median")
    _against_chance(told, section)
    _tried(told, section)
    return section


def _against_chance(told: Told, section: Section) -> None:
    """How far the groups lie apart, beside those of rows that have none."""
    apart, chance = (told.about.get(name) for name in ("apart", "apart_by_chance"))
    if apart is None or chance is None:
        return
    told.term("baseline")
    section.say(
        f"How far the groups lie apart: {number(apart)} on a scale up to 1; one single cloud of rows gives "
        f"{number(chance)}.",
        f"各组分开的程度为 {number(apart)}（最高为 1）；没有分组的一整片数据为 {number(chance)}。",
    )
    far = Text("How far apart (at most 1)", "分开的程度（最高为 1）")
    these, none = Text("These groups", "这些分组"), Text("One single cloud of rows", "没有分组的一整片数据")
    bars = [Series(far, [these, none], [apart, chance])]
    title = Text("The groups against no groups at all", "这些分组与没有分组相比")
    section.charts.append(ReportChart("bar", title, bars, y_title=far))


def _tried(told: Told, section: Section) -> None:
    """The numbers of groups that were tried, and how clear and steady the simplest are."""
    tried = told.searched
    if tried.best is None:
        return
    told.term("clear_and_steady", "logarithm", "spread")
    if tried.baseline is not None:
        score, simplest = number(tried.best["score"]), number(tried.baseline["score"])
        section.say(
            f"Several numbers of groups were compared by how clear and steady they are: these come to {score} of 1, "
            f"the simplest that were tried to {simplest}.",
            f"按清晰稳定程度比较了多种分组数量：当前分组为 {score}（最高为 1），尝试过的最简单的分组为 {simplest}。",
        )
    if chart := tried.chart():
        section.charts.append(chart)
    tried.say_tried(section)


def trust(told: Told) -> Section:
    """Whether the groups are real."""
    section = Section("trust")
    section.say(
        "Nobody has said which rows belong together, so there are no right answers to count. What can be seen is "
        "whether the groups lie apart, and whether they come out again.",
        "没有人标注过哪些行属于一组，因此没有正确答案可供核对。能看到的是各组是否分得开、能否重现。",
    )
    _folds(told, section)
    over_time.say(told, section)
    stability = told.about.get("stability")
    if stability is not None:
        word, word_zh = _steadiness(stability)
        section.say(
            f"Made again without a quarter of the rows, four times over, the groups {word}.",
            f"每次去掉四分之一的行重新分组，共四次，分组{word_zh}。",
        )
    if not told.clear:
        section.say(
            "Do not build on these groups: the rows form one cloud rather than several.",
            "请不要依赖这些分组：这些行更像一个整体，不像几组。",
        )
    return section


def _folds(told: Told, section: Section) -> None:
    """The spread over the parts of the rows that were left out in turn."""
    folds = told.searched.folds()
    if not folds:
        return
    told.term("folds", "clear_and_steady")
    section.charts.append(told.searched.folds_chart())


def helpful(told: Told) -> Section:
    """What would help."""
    section = Section("help")
    say_gaps(section, told.table.polars(), told.made.options["columns"])
    for portrait in told.portraits:
        if portrait.rows < SMALL:
            few = told.unit.count(portrait.rows)
            section.say(
                f"More rows like group {portrait.number}: it has only {few.en}, so what it is like may be chance.",
                f"更多类似第 {portrait.number} 组的数据：该组只有 {few.zh}，其特点可能只是偶然。",
            )
    telling.say(told, section)
    if not told.clear:
        section.say(
            "Bring columns in which you expect a difference, or leave out chance values such as row numbers.",
            "请加入您预计会有差异的列，或去掉行号之类的偶然数值。",
        )
    section.say(
        "See whether the groups differ in what matters, such as yield: the table with the groups can be downloaded.",
        "请查看各组在关心的结果（例如良率）上是否不同：带组号的表可以下载。",
    )
    return section


def _steadiness(stability: float) -> tuple[str, str]:
    """How far groups come out again, from 0 to 1, in words."""
    if stability >= 0.9:
        return "stayed nearly the same", "几乎不变"
    if stability >= 0.6:
        return "changed somewhat", "略有变化"
    return "changed a lot", "变化很大"


def told_rows(told: Told) -> Text:
    """The word for the rows."""
    return Text(told.unit.many, told.unit.zh)


def _map(told: Told) -> ReportChart:
    """Rows as dots, the two directions in which they differ most."""
    import numpy as np

    centred = told.matrix - told.matrix.mean(axis=0)
    rows = np.arange(len(centred))
    if len(rows) > MOST_DOTS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_DOTS, replace=False))
    _, _, directions = np.linalg.svd(centred[rows], full_matrices=False)
    at = centred[rows] @ directions[:2].T
    at = np.column_stack([at, np.zeros((len(at), 2))])[:, :2]
    dots = [
        Series(Text(f"group {p.number}", f"第 {p.number} 组"), at[told.numbers[rows] == p.number, 0].tolist(),
               at[told.numbers[rows] == p.number, 1].tolist())
        for p in told.portraits
    ]  # fmt: skip
    title = Text("The rows on a map: near means similar", "各行的分布图：越近越相似")
    return ReportChart("scatter", title, dots)


def _middles(told: Told) -> ReportTable:
    """The middle of each column in each group."""
    import numpy as np

    columns = told.made.options["columns"]
    values = feature_matrix(told.table, columns)
    rows = []
    for place, name in enumerate(columns[:30]):
        of_groups = [values[told.numbers == portrait.number, place] for portrait in told.portraits]
        known = [each[np.isfinite(each)] for each in of_groups]
        rows.append([name, *(float(np.median(each)) if len(each) else None for each in known)])
    titles = [Text(f"group {p.number}", f"第 {p.number} 组") for p in told.portraits]
    return ReportTable(Text("Middle values", "中位数"), [Text("column", "列"), *titles], rows)
