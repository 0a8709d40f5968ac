"""Columns that give the answer away: alone, by being filled in or not, by their name, or several together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.belonging import group_column
from patchbay_operators.check._advice.certainty import holds_the_answer
from patchbay_operators.check._advice.future import about_the_future
from patchbay_operators.check._advice.made_from import about_what_was_made
from patchbay_operators.check._advice.numbers_in_text import as_numbers
from patchbay_operators.check._advice.parts_of_text import contained_answer
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.together import HUGE, found_together
from patchbay_operators.check._advice.words import columns, drop, per, quoted, rows
from patchbay_operators.check._leakage import Score, best_scores, class_scores, number_scores

if TYPE_CHECKING:
    import polars as pl

LIMIT = 0.95
"""From this score on a column is too good to be true."""

TELLS = 0.7
"""From this score on, being missing is worth a word."""

FEW_STRONG = 3
"""More columns that tell the answer well are good measurements rather than so many slips."""

RESULT_LIKE = {"AUC": 0.75, "purity": 0.9, "R2": 0.4, "Spearman": 0.65}
"""What a column has to reach before its name counts."""

RESULTS = re.compile(
    r"(?:^|[^a-z])(result|outcome|verdict|disposition|scrap|rework|repair|retest|review|judg|grade|final|after|post|"
    r"next|future|later|closed|resolved|resolution|diagnos|settle|bin(?![a-z])|rank(?![a-z])|class(?![a-z]))|结果|判定|处置|报废|返工|维修|复测|等级|分档|分级|之后|下一",
    re.IGNORECASE,
)
"""Names of what is usually written down after the event."""


def about_answers(subject: Subject) -> Iterator[Finding]:
    """Findings `leakage`, `result_like`, `strong_columns`, `leakage_together`, `missing_tells`, and what was made from
    the answers.
    """
    if subject.kind == "forecast":
        yield from about_the_future(subject)
        return
    if subject.label is None:
        return
    known = subject.sample
    target = known[subject.target]
    if not subject.has_classes:
        target = _readable(target.to_frame()).to_series()
        known, target = known.filter(target.is_not_null()), target.drop_nulls()
    names = [name for name in subject.features if not subject.types[name].is_nested()]
    if target.n_unique() < 2 or not names or not (subject.has_classes or target.dtype.is_numeric()):
        return
    readable = _readable(known.select(names))
    scores = class_scores(readable, target, LIMIT) if subject.has_classes else number_scores(readable, target)
    each = list(scores)
    best = best_scores(each)
    group = group_column(subject)  # rows of one lot often share their answer: another finding says so
    high = [score for score in best if score.score >= LIMIT and (score.column != group or not _by_category(score))]
    leaks = [score for score in high if holds_the_answer(subject, readable[score.column], target, score, each)]
    if leaks:
        yield _leakage(subject, leaks)
    leaking = {score.column for score in leaks}
    if later := [
        score
        for score in best
        if score.column not in leaking and RESULTS.search(score.column) and score.score >= RESULT_LIKE[score.measure]
    ]:
        yield _result_like(subject, later)
    told = leaking | {score.column for score in later}
    if strong := [score for score in high if score.column not in told]:
        yield _strong(subject, strong)
    rest = [name for name in names if name not in told]
    if inside := contained_answer(subject, known.select(rest), target):
        yield inside
    yield from about_what_was_made(subject, readable.select(rest), target)
    others = readable.drop(leaking | {score.column for score in strong})
    if found := found_together(others, target, subject.has_classes, subject.seed):
        yield _together(subject, found)
    gaps = [s for s in each if s.about.get("of") == "gap" and s.measure != "purity" and s.column not in leaking]
    if telling := [score for score in gaps if score.score >= (TELLS if score.measure == "AUC" else TELLS / 2)]:
        yield _missing_tells(subject, telling)


def _by_category(score: Score) -> bool:
    return score.measure == "purity" or score.about.get("of") == "categories"


def _readable(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers in text as numbers, since a copy of the target may be such a text; endless numbers as gaps."""
    import polars as pl

    numbers = [as_numbers(frame[name]) for name, type in frame.schema.items() if type == pl.String]
    frame = frame.with_columns(column for column in numbers if column is not None)
    floats = [name for name, type in frame.schema.items() if type.is_float()]
    return frame.with_columns(pl.when(pl.col(name).abs() < HUGE).then(pl.col(name)).alias(name) for name in floats)


def _leakage(subject: Subject, leaks: list[Score]) -> Finding:
    names = [score.column for score in leaks]
    listed, why = columns(names), _why(subject, leaks[0])
    one = len(names) == 1
    return Finding(
        "leakage",
        "stop",
        Text(
            f"{listed.en} {'gives' if one else 'give'} the answer away",
            f"{listed.zh}泄露了答案",
        ),
        Text(
            f"{why.en} Such a column is usually written down together with the result, or after it. Then a model "
            "looks perfect here and knows nothing in real life, where the column is still empty. Leave "
            f"{'it' if one else 'them'} out, unless the value is truly known before the result.",
            f"{why.zh}这样的列通常与结果同时或在结果之后才记录。"
            "模型在这里看似完美，实际使用时该列尚为空，模型就毫无用处。请去掉，除非在结果出来之前确实已知其值。",
        ),
        names,
        {score.column: round(score.score, 4) for score in leaks},
        drop(names),
    )


def _strong(subject: Subject, strong: list[Score]) -> Finding:
    names = [score.column for score in strong]
    listed, why = columns(names), _why(subject, strong[0])
    return Finding(
        "strong_columns",
        "warn" if len(names) <= FEW_STRONG else "note",
        Text(
            f"{listed.en} alone {'tells' if len(names) == 1 else 'tell'} the answer remarkably well",
            f"仅凭{listed.zh}就能很好地得出答案",
        ),
        Text(
            f"{why.en} If this is known before the result, such as a good measurement or a tool that spoils its "
            "wafers, it is good news: keep it. If it is written down with the result or after it, leave it out.",
            f"{why.zh}如果在结果之前就知道（例如一项好的测量，或一台总出问题的设备），这是好事，请保留；"
            "如果与结果同时或在结果之后才记录，请去掉。",
        ),
        names,
        {score.column: round(score.score, 4) for score in strong},
        drop(names),
    )


def _why(subject: Subject, score: Score) -> Text:
    """The first column's reason in one sentence."""
    name, target, about = quoted(score.column), quoted(subject.target), score.about
    if score.measure == "purity":
        share, overall, label = per(score.score), per(about["overall"]), quoted(about["class"])
        count = rows(about["rows"])
        if about["of"] == "gap":
            state = Text("is empty", "为空") if about["value"] else Text("is filled in", "有值")
        else:
            state = Text(f"is {quoted(about['value'])}", f"为{quoted(about['value'])}")
        return Text(
            f"Where {name} {state.en} ({count.en}), {target} is {label} in {share.en} rows; overall in {overall.en} "
            "rows.",
            f"{name}{state.zh}的 {count.zh}里，{target}为{label}的占比：{share.zh}；总体：{overall.zh}。",
        )
    if about.get("of") == "gap":
        return Text(
            f"Whether {name} is filled in or empty already tells {target}.",
            f"仅看{name}是否有值，就能知道{target}。",
        )
    if score.measure == "AUC":
        label, right = quoted(about["class"]), per(score.score)
        return Text(
            f"Of a row with {target} {label} and any other row, {name} alone picks the right one in {right.en} pairs.",
            f"任取一个{target}为{label}的行和一个其他行，仅凭{name}就能认出前者的比例：{right.zh}。",
        )
    return Text(
        f"{target} can be worked out from {name} alone, almost exactly.",
        f"仅凭{name}就几乎能准确算出{target}。",
    )


def _result_like(subject: Subject, later: list[Score]) -> Finding:
    names = [score.column for score in later]
    listed, target = columns(names), quoted(subject.target)
    return Finding(
        "result_like",
        "warn",
        Text(f"{listed.en} may only be known afterwards", f"{listed.zh}可能事后才知道"),
        Text(
            f"By the name this is written down after the event, and it goes along closely with {target}. If it is "
            "still unknown when you want the prediction, leave it out.",
            f"从名称看，这是事后才记录的，而且与{target}关系密切。如果需要预测时还不知道它的值，请去掉。",
        ),
        names,
        {score.column: round(score.score, 4) for score in later},
        drop(names),
    )


def _together(subject: Subject, names: list[str]) -> Finding:
    listed, target = columns(names), quoted(subject.target)
    return Finding(
        "leakage_together",
        "warn",
        Text(f"{listed.en} together give the answer away", f"{listed.zh}合在一起泄露了答案"),
        Text(
            f"From these {len(names)} columns {target} can be worked out almost without a mistake, which real "
            "measurements rarely allow: perhaps it was computed from them. If one of them is only known after the "
            "result, leave them out; if all are known before, this is good news.",
            f"由这 {len(names)} 列几乎可以毫无差错地推出{target}，真实的测量很少如此：它也许就是由这些列算出来的。"
            "如果其中有的列在结果之后才知道，请去掉；如果事先全都知道，那是好事。",
        ),
        names,
        {},
        drop(names),
    )


def _missing_tells(subject: Subject, telling: list[Score]) -> Finding:
    names = [score.column for score in telling]
    listed, target = columns(names), quoted(subject.target)
    return Finding(
        "missing_tells",
        "warn",
        Text(f"{listed.en}: being empty goes along with {target}", f"{listed.zh}：是否为空与{target}有关"),
        Text(
            "Whether a value is there says something about the answer. Often somebody measures only after a "
            "suspicion, and a model would learn this habit instead of the process. If you would not know it in time, "
            "leave it out.",
            "有没有值本身就透露了答案的信息。往往是有人先起了疑心才去测量，模型学到的就是这个习惯，而不是工艺。"
            "如果预测时还不知道，请去掉。",
        ),
        names,
        {score.column: round(score.score, 4) for score in telling},
        drop(names),
    )
