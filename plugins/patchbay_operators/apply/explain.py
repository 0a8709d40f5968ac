"""A model's answers for a few rows, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.apply._answers import beside
from patchbay_operators.apply._as_trained import as_trained
from patchbay_operators.explained import Asked, Explained, explain_rows
from patchbay_operators.labels import label_text
from patchbay_operators.model_report.judged import noun_of
from patchbay_operators.model_report.one_row import gives_share, say_row
from patchbay_operators.report.document import Report, Section, to_json
from patchbay_operators.report.terms import terms_of
from patchbay_operators.report.words import Unit, listed, number, percent
from patchbay_operators.taken_names import make_room
from patchbay_sdk import Context, DataError, Model, Operator, Outputs, Table

if TYPE_CHECKING:
    import polars as pl

MOST = 50
"""Rows that are explained at most."""
REPORTED = 10
"""Rows that the report speaks of at most."""


class Explain(Operator):
    """Answers rows one by one, with the part that each column has in the answer."""

    def run(
        self, context: Context, table: Table, model: Model, columns: int, unit: str, background: Table | None = None
    ) -> Outputs:
        """The rows with `prediction`, further answers of the model, `average` and an ``effect_...`` per column.

        ``average`` and the effects add up to what is explained: the score of two classes, the probability of the
        answered class of more, the number of a regression. Without usual rows there are answers alone. Columns that
        had one of these names are kept under others.

        Raises:
            DataError: there are too many rows, the model has no target, or the rows do not fit it.
        """
        if table.num_rows > MOST:
            many = Text(
                f"{table.num_rows} rows are many to explain: take at most {MOST} (step “Sample”).",
                f"{table.num_rows} 行太多，无法逐行解释：最多 {MOST} 行。请先抽样（步骤“抽样”）。",
            )
            raise DataError(many.as_json())
        if model.task not in ("classification", "regression"):
            other = Text(
                f"The model does {model.task}; only classes and numbers are explained.",
                "所连接的模型不预测类别或数值，无法解释；请连接预测类别或数值的模型。",
            )
            raise DataError(other.as_json())
        usual = background.polars() if background is not None and background.num_rows else None
        ready, added = as_trained(context, model, table, background)
        answers = model.predict(ready).polars()
        section = Section("drivers")
        result = beside(make_room(context, table, answers.columns), answers, "prediction", "score")
        _say_added(section, added)
        if usual is None:
            _say_answers(model, Unit.of(unit), section, answers)
            section.say(
                "To say why, usual rows to compare with are needed: connect the training rows as background.",
                "要说明原因，需要有通常的行作比较：请连接训练数据作为背景。",
            )
        elif table.num_rows:
            parts = _explained(context, model, ready, usual, columns, Unit.of(unit), section, answers)
            result = make_room(context, result, parts.columns)
            result = result.replace(result.polars().hstack(parts))
        headline = _headline(model, Unit.of(unit), answers)
        terms = terms_of(["contribution"] if usual is not None else [])
        return {"table": result, "report": to_json(Report("row", headline, [section], terms))}


def _explained(
    context: Context,
    model: Model,
    ready: Table,
    usual: pl.DataFrame,
    columns: int,
    unit: Unit,
    section: Section,
    answers: pl.DataFrame,
) -> pl.DataFrame:
    """The average and the effects as columns; sentences about the first rows. Rows of one class go together."""
    import polars as pl

    frame = ready.polars()
    labels: list[Any] = answers["prediction"].to_list() if len(model.classes) > 2 else [None] * frame.height
    parts = []
    for label in dict.fromkeys(labels):
        places = [at for at, each in enumerate(labels) if each == label]
        asked = Asked(model, ready, label)
        found = explain_rows(asked, frame[places], usual, columns, context.seed)
        for at, place in enumerate(places):
            if place < REPORTED:
                say_row(model, model.target or "", unit, section, frame[place], found, at, label)
        parts.append(_columns(found).with_columns(pl.Series("row", places)))
    return pl.concat(parts, how="diagonal").sort("row").drop("row")


def _columns(found: Explained) -> pl.DataFrame:
    import polars as pl

    names = ["effect_of_others" if name is None else f"effect_{name}" for name in found.columns]
    effects = {name: found.effects[:, at] for at, name in enumerate(names)}
    return pl.DataFrame({"average": [found.average] * len(found.answers), **effects})


def _headline(model: Model, unit: Unit, answers: pl.DataFrame) -> Text:
    if not answers.height:
        return Text("There is no row yet.", "还没有数据行。")
    if answers.height > 1:
        rows = unit.count(answers.height)
        return Text(f"Answers for {rows.en}.", f"{rows.zh}的答案。")
    return _answer(model, unit, answers, 0)


def _say_answers(model: Model, unit: Unit, section: Section, answers: pl.DataFrame) -> None:
    for at in range(min(answers.height, REPORTED)):
        section.sentences.append(_answer(model, unit, answers, at))


def _answer(model: Model, unit: Unit, answers: pl.DataFrame, at: int) -> Text:
    """The answer: fail, with a probability of 87 % (an alarm is raised from 30 % on)."""
    answer, target = answers["prediction"][at], model.target or "answer"
    if model.task == "regression":
        return Text(f"{target}: {number(answer)}.", f"{target}：{number(answer)}。")
    text = label_text(answer)
    if "score" not in answers.columns:
        return Text(f"{target}: {text}.", f"{target}：{text}。")
    score = float(answers["score"][at])
    show = percent if gives_share(model) else number
    noun = noun_of(unit, target, label_text(model.positive if model.positive is not None else model.classes[-1]))
    what, what_zh = ("probability", "概率") if gives_share(model) else ("score", "得分")
    return Text(
        f"{target}: {text}. The {what} that it is one of the {noun.many} is {show(score)}; an alarm is raised from "
        f"{show(model.threshold)} on.",
        f"{target}：{text}。它是{noun.zh}的{what_zh}为 {show(score)}；达到 {show(model.threshold)} 即报警。",
    )


def _say_added(section: Section, added: list[str]) -> None:
    if added:
        names = listed(added)
        section.say(
            f"Not given, and taken as usual: {names.en}.",
            f"未填写{names.zh}，按通常的值处理。",
        )
