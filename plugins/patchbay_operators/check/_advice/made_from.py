"""Columns that were made from the answers: averages of them, and times that passed until something followed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, drop, per, quoted
from patchbay_operators.check._columns import count_values
from patchbay_operators.check._leakage import class_scores, number_scores

if TYPE_CHECKING:
    import polars as pl

VALUES = 5
"""So many different values an average of the answer must have."""

ROWS_EACH = 3.0
"""Rows of each value on average: a value that occurs once agrees with its row by nature."""

ROUNDED = 0.006
"""How far an average may lie from what is recomputed, two digits behind the point; of quantities in deviations."""

TOGETHER = 0.99
"""Correlation of values and averages: small numbers lie near each other by nature."""

AGREE = 0.95
"""Share of rows whose value must be the average."""

TIMES = 6
"""Columns of times whose distances are looked at."""

LIMIT = 0.95
"""From this score on the time between two columns is too good to be true."""


def about_what_was_made(subject: Subject, known: pl.DataFrame, target: pl.Series) -> Iterator[Finding]:
    """Findings `leakage_average`, `leakage_duration`; `known`: rows with a target."""
    if averages := [name for name in known.columns if _is_average(known[name], target, subject.has_classes)]:
        yield _average(subject, averages)
    yield from _durations(subject, known, target)


def _is_average(column: pl.Series, target: pl.Series, classes: bool) -> bool:
    """Whether each value is the share of a class, or the mean of the answers, among the rows that have it."""
    import polars as pl

    if not column.dtype.is_float():
        return False
    different = column.drop_nulls().n_unique()
    if different < VALUES or len(column) < ROWS_EACH * different:
        return False
    labels = count_values(target)["value"].to_list()[:VALUES] if classes else [None]
    for label in labels:
        answer = target.cast(pl.Float64) if label is None else (target == label).cast(pl.Float64)
        frame = pl.DataFrame({"value": column.cast(pl.Float64), "answer": answer}).drop_nulls()
        found = frame.select("value", mean=pl.col("answer").mean().over("value"))
        size = 1.0 if classes else float(frame["answer"].std() or 0.0)  # type: ignore[arg-type]
        for times in (1.0, 100.0) if classes else (1.0,):
            off = (pl.col("mean") * times - pl.col("value")).abs()
            near = float(found.select((off <= ROUNDED * times * size).mean()).item())
            together = float(found.select(pl.corr("mean", "value")).item() or 0.0)
            if near >= AGREE and together >= TOGETHER:
                return True
    return False


def _average(subject: Subject, names: list[str]) -> Finding:
    listed, target = columns(names), quoted(subject.target)
    one = len(names) == 1
    return Finding(
        "leakage_average",
        "stop",
        Text(f"{listed.en} {'is an average' if one else 'are averages'} of the answer", f"{listed.zh}是答案的平均值"),
        Text(
            f"Each of its values is just what {target} is on average in the rows that have it: it was computed from "
            "the answers, of the very rows that are to be predicted too. In real life these answers are not known yet. "
            "Leave it out, or compute it from earlier rows alone.",
            f"它的每个值恰好是相应各行{target}的平均：它是由答案算出来的，其中也包括要预测的行本身的答案。"
            "实际使用时这些答案还不知道。请去掉，或只用更早的行来计算。",
        ),
        names,
        {},
        drop(names),
    )


def _durations(subject: Subject, known: pl.DataFrame, target: pl.Series) -> Iterator[Finding]:
    """The time between two columns of times tells the answer, which neither does alone."""
    import polars as pl

    times = [name for name, type in subject.types.items() if isinstance(type, pl.Date | pl.Datetime)]
    pairs = list(combinations([name for name in times if name in known.columns][:TIMES], 2))
    if not pairs:
        return
    between: dict[str, Any] = {
        str(place): (known[b].cast(pl.Datetime("us")) - known[a].cast(pl.Datetime("us"))).dt.total_seconds()
        for place, (a, b) in enumerate(pairs)
    }
    frame = pl.DataFrame(between).cast(pl.Float64)
    scores = class_scores(frame, target, 2.0) if subject.has_classes else number_scores(frame, target)
    best = max(scores, key=lambda score: score.score, default=None)
    if best is None or best.score < LIMIT or best.about.get("of") == "gap":
        return
    first, last = pairs[int(best.column)]
    if float(frame[best.column].mean() or 0.0) < 0:  # type: ignore[arg-type]
        first, last = last, first
    yield _duration(subject, first, last, best.score)


def _duration(subject: Subject, first: str, last: str, score: float) -> Finding:
    target, share = quoted(subject.target), per(score)
    how = Text(
        f"In {share.en} pairs of rows it alone picks the right one." if subject.has_classes else
        f"{target} goes along with it almost exactly.",
        f"仅凭它就能认出正确一行的比例：{share.zh}。" if subject.has_classes else f"{target}几乎完全随它变化。",
    )  # fmt: skip
    return Finding(
        "leakage_duration",
        "stop",
        Text(
            f"The time from {quoted(first)} to {quoted(last)} gives the answer away",
            f"从{quoted(first)}到{quoted(last)}的时间泄露了答案",
        ),
        Text(
            f"{how.en} What takes longer or shorter because of the result is only known after it: bad parts wait for "
            f"a repair, say. Leave {quoted(last)} out, unless it is truly known when you want the prediction.",
            f"{how.zh}因结果而变长或变短的时间，要到结果之后才知道，例如不良品要等待返工。"
            f"请去掉{quoted(last)}，除非需要预测时确实已知其值。",
        ),
        [last],
        {"from": first, "to": last, "score": round(score, 4)},
        drop([last]),
    )
