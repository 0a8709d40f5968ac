"""What groups mean, in sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.groups.grouping import Groups
from patchbay_operators.groups.portraits import Portrait
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import Unit, number, percent
from patchbay_sdk import DataError, Model, Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_DOTS = 600
BETWEEN = 0.85
"""A row whose nearest centre is not much nearer than the next one, by this ratio, lies between two groups."""


@dataclass(frozen=True)
class Told:
    """What every sentence speaks of; `matrix`: comparable columns, `numbers`: the group of each row."""

    made: Groups
    table: Table
    matrix: Array
    numbers: Array
    portraits: Sequence[Portrait]
    unit: Unit
    about: Mapping[str, Any]

    @property
    def clear(self) -> bool:
        """Whether the groups are more than chance."""
        return bool(self.about.get("clear", True))


def grouping_of(model: Model) -> Groups:
    """The grouping in a model. Raises DataError for a model of another kind."""
    if not isinstance(model.estimator, Groups):
        other = Text(
            "model: this takes a model that comes from model.auto_groups.",
            "这里需要由“自动分组”（model.auto_groups）得到的模型。",
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
    section = Section("good")
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
    return section


def trust(told: Told) -> Section:
    """Whether the groups are real."""
    section = Section("trust")
    apart, chance, stability = (told.about.get(name) for name in ("apart", "apart_by_chance", "stability"))
    if apart is not None and chance is not None:
        section.say(
            f"How far the groups lie apart: {number(apart)} on a scale up to 1; one single cloud of rows gives "
            f"{number(chance)}.",
            f"各组分开的程度为 {number(apart)}（最高为 1）；没有分组的一整片数据为 {number(chance)}。",
        )
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


def drivers(told: Told) -> Section:
    """The columns that set groups apart."""
    section = Section("drivers")
    strongest: dict[str, float] = {}
    for portrait in told.portraits:
        for trait in portrait.traits:
            strongest[trait.column] = max(strongest.get(trait.column, 0.0), abs(trait.far))
    ordered = sorted(strongest.items(), key=lambda pair: -pair[1])[:12]
    if not ordered:
        section.say(
            "No single column sets the groups apart; it is their combination.",
            "没有单独一列能区分各组，靠的是列的组合。",
        )
        return section
    names = [name for name, _ in ordered]
    section.say(f"What sets the groups apart most is “{names[0]}”.", f"最能区分各组的是“{names[0]}”。")
    bars = [Series(Text("how far apart", "区分程度"), names, [far for _, far in ordered])]
    title = Text("How much columns set groups apart", "各列区分各组的程度")
    section.charts.append(ReportChart("bar", title, bars, Text("column", "列"), Text("how far apart", "区分程度")))
    return section


def between(told: Told) -> Section:
    """Rows that lie between two groups; stands where other reports say where a model errs."""
    import numpy as np

    section = Section("errors")
    if len(told.numbers) == 0 or len(told.made.options["centres"]) < 2:
        return section
    nearest, next_one = np.sort(told.made.distances(told.matrix), axis=1)[:, :2].T
    unsure = int((nearest > BETWEEN * next_one).sum())
    share = percent(unsure / len(told.numbers))
    section.say(
        f"{told.unit.count(unsure).en} ({share}) {'lies' if unsure == 1 else 'lie'} between two groups and could as "
        "well belong to the other.",
        f"{told.unit.count(unsure).zh}（{share}）处于两组之间，归入另一组也说得通。",
    )
    return section


def helpful(told: Told) -> Section:
    """What would help."""
    section = Section("help")
    if len(told.made.options["columns"]) > 12:
        section.say(
            "Leave out columns that do not matter to you: with many of them the groups tell of nothing in particular.",
            "请去掉与您无关的列：列太多时，分组说明不了什么。",
        )
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
    return ReportChart("scatter", title, dots, Text("direction 1", "方向一"), Text("direction 2", "方向二"))


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
