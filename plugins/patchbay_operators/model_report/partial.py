"""How the average answer follows one column while all others stay as they are (partial dependence).

https://scikit-learn.org/stable/modules/partial_dependence.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.labels import label_text
from patchbay_operators.model_report.judged import Judged, is_free_text, noun_of
from patchbay_operators.model_report.one_row import gives_share, shown
from patchbay_operators.report.document import ReportChart, Section, Series, plain
from patchbay_operators.report.words import number, percent

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

ROWS, POINTS = 150, 12
LEAST = 0.05
"""The smallest part of the range of all answers that is worth a sentence."""
STEADY = 0.9
"""Rank correlation from which on the answer is said to rise or fall with the column."""


def say_effect(judged: Judged, section: Section, column: str, rows: int) -> None:
    """A chart and a sentence; nothing for free text and for columns with one value."""
    import numpy as np
    import polars as pl

    values = judged.rows[column]
    places = _places(values)
    if len(places) < 2:
        return
    frame = judged.rows.select(judged.reads)[judged.sample(min(ROWS, rows))]
    asked = judged.asked()
    lit = (pl.lit(place, dtype=frame.schema[column]).alias(column) for place in places)
    answers = asked(pl.concat([frame.with_columns(each) for each in lit]))
    means = [float(part.mean()) for part in np.split(answers, len(places))]
    share = gives_share(judged.model)
    what = _what(judged, asked.label, share)
    judged.term("effect")
    is_number = values.dtype.is_numeric()
    _say(judged, section, column, places, answers, is_number, asked.label)
    y = [100 * mean for mean in means] if share else means
    series = [Series(what, [plain(place) for place in places] if is_number else [shown(p) for p in places], y)]
    title, y_title = Text(f"The answer by {column}", f"答案随 {column} 的变化"), what
    if share:
        title = Text(f"{what.en} by {column}", f"{what.zh}随 {column} 的变化")
        y_title = Text("Probability (%)", "概率（%）")
    section.charts.append(ReportChart("line" if is_number else "bar", title, series, Text(column, column), y_title))


def _places(values: pl.Series) -> list[Any]:
    """Values to try: of numbers, from the 2nd to the 98th of 100; of others, the most frequent."""
    import polars as pl

    known = values.drop_nulls()
    if known.dtype.is_float():
        known = known.drop_nans()
    if not len(known) or known.dtype.is_temporal() or is_free_text(values):
        return []
    if known.dtype.is_numeric():
        if known.n_unique() <= POINTS:
            return sorted(known.unique().to_list())
        steps = [0.02 + 0.96 * step / (POINTS - 1) for step in range(POINTS)]
        found = [known.quantile(step, "nearest") for step in steps]
        kept = [int(value) if known.dtype.is_integer() and value is not None else value for value in found]
        return list(dict.fromkeys(kept))
    if known.dtype == pl.Boolean:
        return sorted(known.unique().to_list())
    counted = known.cast(pl.String).alias("value").value_counts().sort(["count", "value"], descending=[True, False])
    return counted["value"].head(POINTS).to_list()


def _what(judged: Judged, label: Any, share: bool) -> Text:
    if judged.classified is None:
        return Text(f"Answered {judged.target}", f"回答的 {judged.target}")
    name = judged.positive if judged.positive is not None else label_text(label)
    which = f"{judged.target} = {name}"
    return Text(f"Probability of {which}", f"{which} 的概率") if share else Text(f"Score of {which}", f"{which} 的得分")


def _say(
    judged: Judged, section: Section, column: str, places: list[Any], answers: Array, is_number: bool, label: Any
) -> None:
    import numpy as np
    from scipy.stats import spearmanr

    means = [float(part.mean()) for part in np.split(answers, len(places))]
    low, high = means.index(min(means)), means.index(max(means))
    if means[high] - means[low] < LEAST * float(answers.max() - answers.min()):
        section.say(
            f"“{column}” alone hardly moves the answer; it counts together with other columns.",
            f"“{column}”单独几乎不影响答案；它与其他列共同起作用。",
        )
        return
    told = [f"{percent(mean) if gives_share(judged.model) else number(mean)}" for mean in means]
    way = float(spearmanr(range(len(means)), means).statistic) if is_number and len(places) > 2 else 0.0
    what = _what_likely(judged, label)
    if abs(way) >= STEADY:
        en, zh = ("higher", "高") if way > 0 else ("lower", "低")
        if what is not None:
            en, zh = f"{'more' if way > 0 else 'less'} likely it is {what.en}", f"可能是{what.zh}"
            zh = f"越{zh}" if way > 0 else f"越不{zh}"
        else:
            en, zh = f"{en} the answer", f"答案越{zh}"
        section.say(
            f"The higher “{column}”, the {en}: {told[0]} at {shown(places[0])}, {told[-1]} at {shown(places[-1])}.",
            f"“{column}”越高，{zh}：在 {shown(places[0])} 处为 {told[0]}，在 {shown(places[-1])} 处为 {told[-1]}。",
        )
        return
    best, worst = (f"{shown(places[at])}" for at in (high, low))
    if what is None:
        section.say(
            f"Where “{column}” is {best} the answer is highest ({told[high]}), where it is {worst} lowest "
            f"({told[low]}).",
            f"“{column}”为 {best} 时答案最高（{told[high]}），为 {worst} 时最低（{told[low]}）。",
        )
        return
    section.say(
        f"Where “{column}” is {best} it is most likely {what.en} ({told[high]}), where it is {worst} least likely "
        f"({told[low]}).",
        f"“{column}”为 {best} 时最可能是{what.zh}（{told[high]}），为 {worst} 时最不可能（{told[low]}）。",
    )


def _what_likely(judged: Judged, label: Any) -> Text | None:
    """The class that is more or less likely; None for numbers."""
    if judged.classified is None:
        return None
    noun = noun_of(judged.unit, judged.target, judged.positive if judged.positive is not None else label_text(label))
    return Text(f"one of the {noun.many}", noun.zh)
