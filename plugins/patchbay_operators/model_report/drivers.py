"""What a model's answers hang on: columns by importance, how the answer follows them, one row explained."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.evaluate.permutation_importance import losses_of, score_of
from patchbay_operators.explained import explain_rows
from patchbay_operators.model_report.in_texts import say_words
from patchbay_operators.model_report.judged import Judged, is_free_text
from patchbay_operators.model_report.one_row import say_row
from patchbay_operators.model_report.partial import say_effect
from patchbay_operators.model_report.quantity import amount
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.terms import name_of
from patchbay_operators.report.words import listed

if TYPE_CHECKING:
    import polars as pl

ROWS, REPEATS, COLUMNS = 1000, 3, 15
"""Test rows, repeats and columns of the importance."""
SCREENED = 24_000
"""Rows that the model answers to find the columns that move its answers at all."""
EFFECTS = 3
"""Columns whose effect is drawn."""
SECONDS = 10.0
"""About how long all of it may take; a model that would need longer is asked less."""


def drivers(judged: Judged) -> tuple[Section, list[str]]:
    """The section, and the columns that matter, the most important first."""
    section = Section("drivers")
    if not len(judged.truth) or judged.constant or not judged.reads:
        return section, []
    rows = _affordable(judged)
    moving = _screened(judged, rows)
    ranked = _importance(judged, moving[:COLUMNS], rows)
    clear = [(name, mean, spread) for name, mean, spread in ranked if mean > max(0.0, 2 * spread)]
    _say_importance(judged, section, ranked, clear, rows)
    for name, _, _ in clear[:EFFECTS]:
        say_effect(judged, section, name, rows)
    for name in judged.reads:
        if is_free_text(judged.rows[name]):
            say_words(judged, section, name)
    _say_one(judged, section)
    return section, [name for name, _, _ in clear]


def _affordable(judged: Judged) -> int:
    """Rows for the importance: a quarter, or a sixteenth, for a model that answers slowly.

    Steps that wide, and time of the processor rather than the clock's, so that a busy machine changes nothing.
    """
    frame = judged.rows.select(judged.reads)[judged.sample(ROWS)]
    asked, spent = judged.asked(), []
    for _ in range(2):
        begin = time.process_time()
        asked(frame)
        spent.append(time.process_time() - begin)
    expected = min(spent) * (REPEATS * min(COLUMNS, len(judged.reads)) + SCREENED / ROWS)
    rows = ROWS
    while rows > ROWS // 16 and expected * rows / ROWS > SECONDS:
        rows //= 4
    return min(rows, len(judged.truth))


def _screened(judged: Judged, rows: int) -> list[str]:
    """The columns by how far answers move when one of them alone is shuffled; all, where they are few."""
    import numpy as np
    import polars as pl

    names = judged.reads
    if len(names) <= COLUMNS:
        return names
    random = np.random.default_rng(judged.context.seed)
    each = max(8, int(SCREENED * rows / ROWS) // len(names))
    frame = judged.rows.select(names)[judged.sample(each)]
    asked = judged.asked()
    before, moved = asked(frame), []
    at_once = max(1, 20_000 // frame.height)
    for begin in range(0, len(names), at_once):
        judged.context.check_cancelled()
        part = names[begin : begin + at_once]
        order = pl.Series(random.permutation(frame.height))
        after = asked(pl.concat([frame.with_columns(frame[name].gather(order)) for name in part]))
        moved += list(np.abs(after.reshape(len(part), -1) - before).mean(axis=1))
    return [names[at] for at in np.argsort(-np.array(moved), kind="stable")]


def _importance(judged: Judged, names: Sequence[str], rows: int) -> list[tuple[str, float, float]]:
    """Column, mean loss of the metric, and its deviation over the repeats; the most important first."""
    import numpy as np

    random = np.random.default_rng(judged.context.seed)
    frame = judged.rows.select([*judged.reads, judged.target] if judged.target not in judged.reads else judged.reads)
    table = judged.test.replace(frame[_sample(judged, rows)])
    context, model, target, metric = judged.context, judged.model, judged.target, judged.metric
    before = score_of(context, model, table, target, metric)
    found = []
    for name in names:
        losses = losses_of(context, model, table, target, metric, before, name, REPEATS, random)
        found.append((name, float(np.mean(losses)), float(np.std(losses))))
    return sorted(found, key=lambda each: -each[1])


def _sample(judged: Judged, rows: int) -> Any:
    """Rows for the importance; of rare ones that are looked for, half are kept at least."""
    import numpy as np

    at = judged.sample(rows)
    if judged.classified is None or judged.positive is None or len(at) == len(judged.truth):
        return at
    sought = np.flatnonzero(judged.classified.is_positive)
    others = np.flatnonzero(~judged.classified.is_positive)
    random = np.random.default_rng(judged.context.seed)
    keep = random.permutation(sought)[: rows // 2]
    return np.sort(np.concatenate([keep, random.permutation(others)[: rows - len(keep)]]))


def _say_importance(
    judged: Judged,
    section: Section,
    ranked: Sequence[tuple[str, float, float]],
    clear: Sequence[tuple[str, float, float]],
    rows: int,
) -> None:
    name = name_of(judged.metric)
    judged.term("importance", judged.metric)
    if not clear:
        section.say(
            "No single column matters clearly: mixing up the values of one changes next to nothing.",
            "没有哪一列单独明显重要：打乱任何一列的值，结果几乎不变。",
        )
    else:
        most, loss, _ = clear[0]
        others = listed([each for each, _, _ in clear[1:4]])
        more = Text(f" Next come {others.en}.", f"其次是{others.zh}。") if len(clear) > 1 else Text("", "")
        worse = _in_words(judged, loss)
        section.say(
            f"The answers hang most on “{most}”: with its values mixed up among the rows, {worse.en}.{more.en}",
            f"答案最取决于“{most}”：把它的值在各行间打乱后，{worse.zh}。{more.zh}",
        )
    if rows < len(judged.truth):
        section.say(
            f"This was measured on {rows:,} of the {len(judged.truth):,} test rows, drawn at random.",
            f"以上在 {len(judged.truth):,} 行测试数据中随机抽取的 {rows:,} 行上测得。",
        )
    if len(judged.reads) > COLUMNS:
        section.say(
            f"Of {len(judged.reads):,} columns, the {COLUMNS} that move the answers most were measured.",
            f"在 {len(judged.reads):,} 列中，测量了对答案影响最大的 {COLUMNS} 列。",
        )
    shown = ranked[:COLUMNS]
    series = [Series(name, [each for each, _, _ in shown], [loss for _, loss, _ in shown])]
    title = Text("How much worse without the column", "没有该列会变差多少")
    section.charts.append(ReportChart("bar", title, series, Text("Column", "列"), name))


def _in_words(judged: Judged, loss: float) -> Text:
    """What a loss of the metric means."""
    if judged.metric == "mae":
        off = amount(judged, loss)
        return Text(f"its answers would be off by {off} more on average", f"平均偏差会增加 {off}")
    of_hundred = f"{100 * loss:.0f}" if loss >= 0.01 else f"{100 * loss:.1g}"
    if judged.metric == "accuracy":
        return Text(f"{of_hundred} more of 100 answers would be wrong", f"每 100 个回答会多错 {of_hundred} 个")
    return Text(
        f"of 100 choices between two rows {of_hundred} more would be wrong (AUC)",
        f"二者择一时每 100 次会多选错 {of_hundred} 次（AUC）",
    )


def _alike(judged: Judged) -> bool:
    """Whether training and test rows have had the same preparation, so that one can stand in for the other."""
    return [step.id for step in judged.train.lineage] == [step.id for step in judged.test.lineage]


def _say_one(judged: Judged, section: Section) -> None:
    """The row with the clearest answer, against the average of the training rows."""
    import numpy as np

    train: pl.DataFrame = judged.train.polars()
    names = [name for name in judged.reads if name in train.columns]
    if not names or not train.height or not _alike(judged):
        return
    asked = judged.asked()
    tried = judged.sample(2000)
    answers = asked(judged.rows.select(names)[tried])
    right = judged.error[tried] <= np.median(judged.error)
    far = answers if judged.classified is not None else np.abs(answers - answers.mean())
    at = int(tried[np.where(right, far, -np.inf).argmax()])
    row = judged.rows.select(names)[at]
    found = explain_rows(asked, row, train.select(names), 8, judged.context.seed)
    judged.term("contribution")
    which = Text(f"row {at + 1:,} of the test rows", f"测试数据的第 {at + 1:,} 行")
    if judged.naming:
        name = judged.rows[judged.naming][at]
        which = Text(f"the test row with “{judged.naming}” {name}", f"测试数据中“{judged.naming}”为 {name} 的行")
    section.say(f"One example, {which.en}:", f"举一个例子，{which.zh}：")
    say_row(judged.model, judged.target, judged.unit, section, row, found, 0, asked.label)
