"""One row's answer in plain words: what it is, and which columns moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.explained import Explained
from patchbay_operators.labels import label_text
from patchbay_operators.model_report.judged import noun_of
from patchbay_operators.report.document import ReportChart, Section, Series, plain
from patchbay_operators.report.words import Unit, number, percent
from patchbay_sdk import Model

if TYPE_CHECKING:
    import polars as pl

SAID = 3
"""Columns that are named in sentences; the chart shows all."""
LEAST = 0.02
"""The smallest part of all movement that is worth a sentence."""
NOTHING = 1e-9
"""Movement below this, relative to the answer, is rounding."""
OTHERS = Text("all other columns", "其他所有列")


def gives_share(model: Model) -> bool:
    """Whether what is explained is a probability, which is told in per cent."""
    return model.task == "classification" and hasattr(model.estimator, "predict_proba")


def unit_of(model: Model, target: str) -> Text:
    """In what the movement of an answer is told, as the title of an axis."""
    if gives_share(model):
        return Text("Percentage points", "百分点")
    return Text("Score", "得分") if model.task == "classification" else Text(target, target)


def say_row(
    model: Model, target: str, unit: Unit, section: Section, row: pl.DataFrame, found: Explained, at: int, label: Any
) -> None:
    """Sentences and a chart about a row: `row` holds its values, `found` the parts, of which it is number `at`."""
    answer, effects = float(found.answers[at]), found.effects[at]
    show = percent if gives_share(model) else number
    what, what_zh = _what(model, target, unit, label)
    section.say(
        f"The model says {show(answer)} {what}; on average it says {show(found.average)}.",
        f"模型给出{what_zh}：{show(answer)}；平均为 {show(found.average)}。",
    )
    moved = sum(abs(float(effect)) for effect in effects)
    if moved < NOTHING * max(1.0, abs(answer)):
        section.say("None of its columns moves the answer.", "它的任何一列都不影响答案。")
        return
    order = sorted(range(len(effects)), key=lambda place: -abs(float(effects[place])))
    for place in order[:SAID]:
        effect, name = float(effects[place]), found.columns[place]
        if name is None or abs(effect) < LEAST * moved:
            continue
        value, up = shown(row[name].item() if row.height else None), effect > 0
        by = _by(model, effect)
        section.say(
            f"“{name}” = {value} moves it {'up' if up else 'down'} by {by.en}.",
            f"“{name}” = {value} 使其{'升高' if up else '降低'} {by.zh}。",
        )
    names = [name if name is not None else OTHERS for name in found.columns]
    rest = float(effects[list(found.columns).index(None)]) if None in found.columns else 0.0
    if abs(rest) >= LEAST * moved:
        by = _by(model, rest)
        section.say(
            f"{OTHERS.en.capitalize()} together move it {'up' if rest > 0 else 'down'} by {by.en}.",
            f"{OTHERS.zh}合计使其{'升高' if rest > 0 else '降低'} {by.zh}。",
        )
    title = Text("What moved the answer away from the average", "什么使答案偏离平均")
    parts = [100 * float(effect) if gives_share(model) else float(effect) for effect in effects]
    series = [Series(Text("Part", "贡献"), [names[place] for place in order], [parts[place] for place in order])]
    y_title = unit_of(model, target)
    section.charts.append(ReportChart("bar", title, series, Text("Column", "列"), y_title))


def _by(model: Model, effect: float) -> Text:
    """How far something moves an answer."""
    if not gives_share(model):
        return Text(number(abs(effect)), number(abs(effect)))
    points = f"{100 * abs(effect):.1f}"
    return Text(f"{points} percentage points", f"{points} 个百分点")


def _what(model: Model, target: str, unit: Unit, label: Any) -> tuple[str, str]:
    """What the explained number is of: a probability of something, a score, or the target itself."""
    if model.task != "classification":
        return f"for {target}" if target else "", f" {target} 的值" if target else "的值"
    positive = label if len(model.classes) > 2 else model.positive
    noun = noun_of(unit, target, label_text(positive if positive is not None else model.classes[-1]))
    if gives_share(model):
        return f"as the probability that it is one of the {noun.many}", f"它是{noun.zh}的概率"
    return f"as the score for being one of the {noun.many}", f"它是{noun.zh}的得分"


def shown(value: Any) -> str:
    """A value of a row, short."""
    value = plain(value)
    if value is None:
        return "—"
    if isinstance(value, float):
        return number(value)
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
