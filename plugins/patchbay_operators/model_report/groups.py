"""Groups of rows against each other: one is called worse only where that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.figures import interval
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.model_report.parts import Measure, Part, Worst, worst_of
from patchbay_operators.model_report.quantity import amount
from patchbay_operators.report.document import Section
from patchbay_operators.report.words import percent


def measures_of(judged: Judged) -> list[Measure]:
    """Of numbers the distance, of classes wrong answers, of two classes those missed and false alarms apart.

    Wrong answers as such would only show where there is most to be found.
    """
    import numpy as np

    every = np.ones(len(judged.truth), dtype=bool)
    if judged.classified is None:
        return [Measure(Text("Mean error", "平均误差"), judged.error, every, share=False)]
    if judged.positive is None:
        return [Measure(Text("Wrong answers (%)", "错误回答（%）"), judged.error, every, share=True)]
    sought, noun = judged.classified.is_positive, judged.sought
    many = noun.many[0].upper() + noun.many[1:]
    return [
        Measure(Text(f"{many} found (%)", f"找出的{noun.zh}（%）"), judged.error, sought, share=True, good=True),
        Measure(Text("False alarms among the others (%)", "其他数据中的误报（%）"), judged.error, ~sought, share=True),
    ]


def say_worst(
    judged: Judged, section: Section, column: str, parts: Sequence[Part], measures: Sequence[Measure]
) -> None:
    """A finding per measure by which a part is worse than the others; without one, a sentence that says so."""
    worst = [(measure, worst_of(parts, measure, len(measures))) for measure in measures]
    section.findings += [_finding(judged, column, measure, found) for measure, found in worst if found is not None]
    if not any(found for _, found in worst):
        section.say(
            f"By “{column}” no group is clearly worse than the others: the differences may be chance.",
            f"按“{column}”来看，没有哪一组明显更差：差别可能只是偶然。",
        )


def _finding(judged: Judged, column: str, measure: Measure, worst: Worst) -> Finding:
    """What is worse there, how much, and how sure that is."""
    name, inside, outside = worst.name, worst.inside, worst.outside
    here, there, rows = float(inside.mean()), float(outside.mean()), len(inside)
    if not measure.share:
        bad, usual, what = amount(judged, here), amount(judged, there), judged.unit.count(rows)
        title = Text(f"It errs most where “{column}” is {name}", f"“{column}”为 {name} 时误差最大")
        meaning = Text(
            f"Its answers there are off by {bad} on average, elsewhere by {usual} ({what.en}).",
            f"该组的平均偏差为 {bad}，其他为 {usual}（{what.zh}）。",
        )
    else:
        low, high = interval(int(inside.sum()), rows)
        here, there, low, high = (1 - here, 1 - there, 1 - high, 1 - low) if measure.good else (here, there, low, high)
        sure = Text(
            f"with so few the true share lies between {percent(low)} and {percent(high)}",
            f"按此数量，真实比例在 {percent(low)} 和 {percent(high)} 之间",
        )
        judged.term("interval")
        title, meaning = _in_words(judged, column, name, measure, percent(here), percent(there), rows, sure)
    values = {"group": name, "here": here, "elsewhere": there, "chance": worst.chance, "rows": rows}
    return Finding("worse_group", "warn", title, meaning, columns=[column], values=values)


def _in_words(
    judged: Judged, column: str, name: str, measure: Measure, here: str, there: str, rows: int, sure: Text
) -> tuple[Text, Text]:
    if judged.positive is None:
        what = judged.unit.count(rows)
        return (
            Text(f"It errs most where “{column}” is {name}", f"“{column}”为 {name} 时错误最多"),
            Text(
                f"{here} of its answers there are wrong, elsewhere {there} ({what.en}; {sure.en}).",
                f"该组有 {here} 的回答错误，其他为 {there}（{what.zh}；{sure.zh}）。",
            ),
        )
    noun = judged.sought
    if measure.good:
        what = noun.count(rows)
        return (
            Text(f"It misses most where “{column}” is {name}", f"“{column}”为 {name} 时漏掉最多"),
            Text(
                f"It finds {here} of the {noun.many} there, elsewhere {there} ({what.en}; {sure.en}).",
                f"在那里它能找出 {here} 的{noun.zh}，其他为 {there}（{what.zh}；{sure.zh}）。",
            ),
        )
    what = judged.unit.count(rows)
    return (
        Text(f"Most false alarms come where “{column}” is {name}", f"“{column}”为 {name} 时误报最多"),
        Text(
            f"It raises a false alarm for {here} of the other {judged.unit.many} there, elsewhere for {there} "
            f"({what.en}; {sure.en}).",
            f"在那里对 {here} 的其他{judged.unit.zh}误报，其他为 {there}（{what.zh}；{sure.zh}）。",
        ),
    )
