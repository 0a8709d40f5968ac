"""What is predicted: is it there, does it fit the question, are there enough rows of every kind."""

from __future__ import annotations

import math
from collections.abc import Iterator

from patchbay_operators.advice import Finding, Fix, Text
from patchbay_operators.check._advice.kind_of_target import about_kind, is_open
from patchbay_operators.check._advice.numbers_in_text import written
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import named, per, quoted, rows, sql_name, sql_text, step
from patchbay_operators.check._columns import count_values
from patchbay_operators.labels import label_text

FEW_ROWS = {"category": 200, "text": 200, "number": 100, "forecast": 100, "unusual": 100, "groups": 50}
"""With fewer rows a result is hardly more than chance."""

FEW_OF_CLASS = 50
"""With fewer rows of a category a model has seen too few of them."""

FEWEST = 7
"""With fewer rows of one of several categories, what is left beside those of the test is not learned."""

RARE = 0.2
"""Under this share a category counts as rare."""


def about_target(subject: Subject) -> Iterator[Finding]:
    """Findings `no_target`, `target_missing`, `no_columns`, `few_rows`, `imbalance`, and those of its kind."""
    if subject.kind not in ("unusual", "groups"):
        if subject.label is None:
            yield _no_target(subject)
            return
        yield from _gaps(subject)
        told = list(about_kind(subject))
        yield from told
        if any(finding.code == "wrong_kind" for finding in told):
            return
    if nothing := _no_columns(subject):
        yield nothing
    yield from _few(subject)


def _no_target(subject: Subject) -> Finding:
    name = quoted(subject.target)
    title = Text("It is not chosen yet what to predict", "还没有选择要预测什么")
    if subject.target:
        title = Text(f"{name} holds neither words nor numbers", f"{name}既不是文字也不是数字")
    return Finding(
        "no_target",
        "stop",
        title,
        Text("Choose the column that a model shall predict.", "请选择模型要预测的列。"),
    )


def _no_columns(subject: Subject) -> Finding | None:
    """A forecast needs the past of its target alone."""
    if subject.kind == "forecast" or not subject.frame.height:
        return None
    if subject.kind in ("unusual", "groups") and not _has_numbers(subject):
        return _only_words(subject)
    if any(count > 1 for name, count in subject.distinct.items() if name in subject.features):
        return None
    title = Text(
        f"There is nothing to learn from beside {quoted(subject.target)}",
        f"除{quoted(subject.target)}外没有可供学习的列",
    )
    if subject.label is None:
        title = Text("There is nothing to look at", "没有可供查看的列")
    return Finding(
        "no_columns",
        "stop",
        title,
        Text(
            "No other column has two different values. Choose a table with columns that were measured before the "
            "answer was known.",
            "没有其他列包含两个不同的值。请选择一张表，其中含有在得知答案之前测得的列。",
        ),
    )


def _has_numbers(subject: Subject) -> bool:
    """Whether there are numbers to look at, or texts that will be numbers once they are read so."""
    import polars as pl

    ready = [name for name, type in subject.types.items() if type.is_numeric() or type == pl.Boolean]
    return bool(ready) or any(written(subject.frame[name]) is not None for name in subject.texts())


def _only_words(subject: Subject) -> Finding:
    return Finding(
        "no_columns",
        "stop",
        Text("There are no numbers to look at", "没有可供查看的数值"),
        Text(
            "Rows are compared by numbers, and this table has only words and dates. Bring columns that count or "
            "measure something, such as how often, how long or how much; a column of yes or no will do too.",
            "各行是按数值比较的，而这张表只有文字和日期。请加入计数或测量的列，例如次数、时长或数量；“是/否”列也可以。",
        ),
    )


def _gaps(subject: Subject) -> Iterator[Finding]:
    missing = subject.missing[subject.target]
    if missing:
        name, count = quoted(subject.target), rows(missing)
        yield Finding(
            "target_missing",
            "stop" if missing == subject.frame.height else "warn",
            Text(f"{count.en} without {name}", f"{count.zh}没有{name}"),
            Text(
                "Of these rows the answer is unknown, so nothing can be learned from them "
                f"({per(missing / subject.frame.height).en}). Leave them out; they can be predicted later.",
                f"这些行没有答案，无法从中学习（{per(missing / subject.frame.height).zh}）。请去掉；"
                "以后可以对它们做预测。",
            ),
            [subject.target],
            {"rows": missing},
            step(Text("Leave these rows out", "去掉这些行"), "clean.drop_missing", columns=[subject.target], how="any"),
        )


def _few(subject: Subject) -> Iterator[Finding]:
    known = subject.frame.height - (subject.missing[subject.target] if subject.label is not None else 0)
    needed, count = FEW_ROWS[subject.kind], rows(known)
    if known < needed:
        yield Finding(
            "few_rows",
            "stop" if known < 30 else "warn",
            Text(f"Only {count.en}", f"只有 {count.zh}"),
            Text(
                f"From so few rows any result can be luck. At least {needed} are needed for a first impression, some "
                "thousand for a model to rely on. Collect more rows before you decide anything by it.",
                f"行数这么少，任何结果都可能是巧合。至少需要 {needed} 行才能有初步印象，可靠的模型需要几千行。"
                "请先收集更多数据，再据此做决定。",
            ),
            values={"rows": known, "needed": needed},
        )
    if subject.has_classes:
        yield from _classes(subject, known)


def _classes(subject: Subject, known: int) -> Iterator[Finding]:
    assert subject.label is not None
    counts = [(value, count) for value, count in count_values(subject.label).iter_rows() if not is_open(value)]
    if not counts:
        return
    wanted = next((pair for pair in counts if label_text(pair[0]) == subject.positive), None)
    if subject.positive and wanted is None:
        seen = named([value for value, _ in counts])
        positive, target = quoted(subject.positive), quoted(subject.target)
        yield Finding(
            "no_target",
            "stop",
            Text(f"{positive} does not occur in {target}", f"{target}中没有{positive}"),
            Text(f"It is to be found, but the column holds only {seen.en}.", f"要找出它，但该列只有{seen.zh}。"),
            [subject.target],
        )
    if wanted is not None and len(counts) > 2:
        yield _one_of_many(subject, wanted[0], [value for value, _ in counts])
    rare = [pair for pair in counts if pair[1] < FEW_OF_CLASS]
    value, least = wanted or counts[-1]
    if rare and known >= FEW_ROWS[subject.kind]:
        yield _rare(subject, rare)
    usual, most = counts[0]
    share = least / known
    even = 1 / len(counts)
    one_is_usual = most > 2 * even * known or len(counts) == 2
    if share < min(RARE, 0.4 * even) and value != usual and one_is_usual:
        yield _imbalance(subject, value, least, usual, most / known, known)


def _one_of_many(subject: Subject, sought: object, answers: list[object]) -> Finding:
    """One answer is looked for among several, which needs two: it, and all others."""
    name, shown, head = quoted(subject.target), quoted(sought), sql_name(subject.target)
    others = next(word for word in ("other", "all others", "none of them") if word not in answers)
    value = sql_text(sought) if isinstance(sought, str) else str(sought)
    return Finding(
        "one_of_many",
        "stop",
        Text(
            f"{shown} is to be found, but {name} has {len(answers):,} different answers",
            f"要找出{shown}，但{name}有 {len(answers):,} 种答案",
        ),
        Text(
            f"One answer can be looked for where there are two. To find {shown} among all others, put these together. "
            "To have all answers told apart, empty “The answer to look for” instead.",
            f"只有两种答案时才能指定要找出的一种。若要在其他所有答案中找出{shown}，请把其他的合在一起；"
            "若要区分所有答案，请改为清空“要找出的答案”。",
        ),
        [subject.target],
        {"answers": len(answers)},
        step(
            Text(f"Put all but {shown} together", f"把{shown}以外的合在一起"),
            "shape.derive_column", name=subject.target,
            expression=f"CASE WHEN {head} = {value} THEN {sql_text(label_text(sought))} "
            f"WHEN {head} IS NULL THEN NULL ELSE {sql_text(others)} END",
        ),
    )  # fmt: skip


def _rare(subject: Subject, rare: list[tuple[object, int]]) -> Finding:
    target, listed = quoted(subject.target), named([value for value, _ in rare])
    value, least = rare[-1]
    count = rows(least)
    hopeless = [value for value, count in rare if count < FEWEST]
    hopeless = hopeless if subject.distinct[subject.target] - len(hopeless) >= 2 else []
    lost = Text("", "")
    if hopeless:
        names = named(hopeless)
        lost = Text(
            f" {names.en}: that is too few to learn and to test at all, so a model would never answer so. Leave these "
            "rows out, or put them together with a category that is like them.",
            f"{names.zh}：太少，根本无法学习和检验，模型永远不会给出这样的回答。请去掉这些行，或与相近的类别合并。",
        )
    return Finding(
        "few_rows",
        "warn",
        Text(f"Few rows where {target} is {listed.en}", f"{target}为{listed.zh}的行很少"),
        Text(
            f"There are only {count.en} of {quoted(value)}. A few of them more or less in the test change the score a "
            f"lot, and what they have in common is hard to see. {FEW_OF_CLASS} or more of each are a good "
            f"beginning.{lost.en}",
            f"{quoted(value)}只有 {count.zh}。检验时多几行或少几行，评分就会相差很大，它们的共同点也难以看清。"
            f"每类至少 {FEW_OF_CLASS} 行才是好的开始。{lost.zh}",
        ),
        [subject.target],
        {label_text(value): count for value, count in rare},
        _without(subject, hopeless) if hopeless else None,
    )


def _without(subject: Subject, answers: list[object]) -> Fix:
    """Leave out the rows with these answers."""
    head, names = sql_name(subject.target), named(answers)
    listed = ", ".join(sql_text(value) if isinstance(value, str) else str(value) for value in answers)
    return step(
        Text(f"Leave out the rows with {names.en}", f"去掉{names.zh}的行"),
        "shape.filter_rows",
        expression=f"{head} IS NULL OR {head} NOT IN ({listed})",
    )


def _imbalance(subject: Subject, value: object, least: int, usual: object, most: float, known: int) -> Finding:
    target, rare, common = quoted(subject.target), quoted(value), quoted(usual)
    share, right = per(least / known), per(math.floor(most * 1000) / 1000)
    return Finding(
        "imbalance",
        "note" if least >= FEW_OF_CLASS and least / known >= 0.05 else "warn",
        Text(
            f"{target} is {rare} in {least:,} of {known:,} rows ({share.en})",
            f"{known:,} 行中有 {least:,} 行的{target}为{rare}（{share.zh}）",
        ),
        Text(
            f"A model that always says {common} would be right for {right.en} rows and never find {rare}. So do not "
            "ask how often the model is right, but how many of these rows it finds and how many of its alarms are "
            "false; this is what the result shows.",
            f"一个永远回答{common}的模型，答对的比例为：{right.zh}，却永远找不出{rare}。"
            "因此不要只看答对多少，要看找出了多少这样的行、报警中有多少是误报；结果页就按此展示。",
        ),
        [subject.target],
        {"rows": least, "of": known, "share": round(least / known, 5)},
    )
