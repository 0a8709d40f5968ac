"""Whether the target fits the question: a quantity, categories, or something that is no answer at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.numbers_in_text import as_numbers
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import named, quoted, rows, sql_name, sql_text, step
from patchbay_operators.check._columns import is_classes

if TYPE_CHECKING:
    import polars as pl

FEW_VALUES = 10
"""With so few different whole numbers a quantity may be the number of a category."""

MANY_CLASSES = 50
"""With more categories of numbers, or of text, something else was meant."""

OPEN = {
    "tbd", "tba", "unknown", "unclear", "pending", "open", "not tested", "untested", "not yet", "no result", "none yet",
    "待定", "未定", "未知", "未判定", "未测", "未检", "待测", "待检",
}  # fmt: skip
"""What stands in small letters where the answer is not known yet."""

MOST_OPEN = 0.3
"""Share of the rows under which such a word is no answer of its own."""


def about_kind(subject: Subject) -> Iterator[Finding]:
    """Findings `wrong_kind`, after which nothing else is to be said, `few_values`, `open_answers`."""
    if mismatch := _wrong_kind(subject):
        yield mismatch
        return
    assert subject.label is not None
    if subject.kind == "number" and is_classes(subject.label) and subject.distinct[subject.target] <= FEW_VALUES:
        yield _few_values(subject)
    yield from _open_answers(subject)


def _open_answers(subject: Subject) -> Iterator[Finding]:
    """Words that are no category but say that the answer is still open."""
    import polars as pl

    label = subject.label
    assert label is not None
    if not subject.has_classes or label.dtype != pl.String or subject.distinct[subject.target] > MANY_CLASSES:
        return
    words = [word for word in label.drop_nulls().unique(maintain_order=True) if is_open(word)]
    count = int(label.is_in(words).sum()) if words else 0
    if not count or subject.distinct[subject.target] - len(words) < 2 or count > MOST_OPEN * len(label):
        return
    name, number, shown = quoted(subject.target), rows(count), named(words)
    listed = ", ".join(sql_text(word) for word in words)
    head = sql_name(subject.target)
    yield Finding(
        "open_answers",
        "warn",
        Text(f"{name} is {shown.en} in {number.en}", f"{number.zh}的{name}为{shown.zh}"),
        Text(
            "That sounds as if the answer were not known yet. A model would learn it as one more answer and predict "
            "it. Leave these rows out; they can be predicted later.",
            "这听起来像是还不知道答案。模型会把它当作又一种答案来学习和预测。请去掉这些行；以后可以对它们做预测。",
        ),
        [subject.target],
        {"rows": count, "words": words},
        step(
            Text("Leave these rows out", "去掉这些行"),
            "shape.filter_rows",
            expression=f"{head} IS NULL OR {head} NOT IN ({listed})",
        ),
    )


def is_open(value: object) -> bool:
    """Whether this stands for an answer that is not known yet."""
    return isinstance(value, str) and value.strip().lower() in OPEN


def _wrong_kind(subject: Subject) -> Finding | None:
    import polars as pl

    label, name, kind = subject.label, quoted(subject.target), subject.kind
    assert label is not None
    different = subject.distinct.get(subject.target, 0)
    known = len(label) - label.null_count()
    if different < 2 and known:
        only = quoted(label.drop_nulls().first())
        if subject.missing[subject.target] and kind in ("category", "text"):
            return _only_marked(subject, label)
        return _mismatch(
            subject,
            Text(f"{name} is always {only}", f"{name}始终为{only}"),
            Text(
                "Where the answer never changes there is nothing to predict. Choose another column, or a table with "
                "both cases.",
                "答案从不变化，就没有可预测的。请选择其他列，或选择包含两种情况的数据。",
            ),
        )
    if kind in ("number", "forecast") and not label.dtype.is_numeric():
        if label.dtype == pl.String and as_numbers(label) is not None:
            return None  # it is told how to read it as numbers
        return _mismatch(
            subject,
            Text(f"{name} holds no numbers", f"{name}不是数字"),
            Text(
                "A number cannot be predicted from words such as "
                f"{named(label.drop_nulls().unique(maintain_order=True).head(2).to_list()).en}. Choose another column,"
                " or “Predict a category”.",
                f"像{named(label.drop_nulls().unique(maintain_order=True).head(2).to_list()).zh}这样的词无法作为数值预测。请选择其他列，或改用“预测类别”。",
            ),
        )
    if kind == "number" and different == 2:
        return _mismatch(
            subject,
            Text(f"{name} has only two different values", f"{name}只有两种取值"),
            Text(
                "That is a yes or no, no quantity. Use “Predict a category”.",
                "这是“是或否”，不是数量。请改用“预测类别”。",
            ),
        )
    if kind in ("category", "text") and different > MANY_CLASSES:
        numeric = label.dtype.is_numeric()
        if numeric or different > known / 3:
            return _mismatch(
                subject,
                Text(f"{name} has {different:,} different values", f"{name}有 {different:,} 种取值"),
                Text(
                    "That is a quantity, not a category. Use “Predict a number”, or choose another column."
                    if numeric
                    else "Nearly every row is a category of its own, so none can be learned. Choose another column.",
                    "这是数量，不是类别。请改用“预测数值”，或选择其他列。"
                    if numeric
                    else "几乎每行自成一类，无法学习。请选择其他列。",
                ),
            )
    return None


def _only_marked(subject: Subject, label: pl.Series) -> Finding:
    """Only the one case is written down: the empty cells may be the other."""
    value = label.drop_nulls().first()
    name, only = quoted(subject.target), quoted(value)
    other: Any = {"bool": not value}.get(type(value).__name__, int(value == 0) if label.dtype.is_numeric() else "no")
    return Finding(
        "wrong_kind",
        "stop",
        Text(f"{name} is {only} or empty", f"{name}只有{only}和空值"),
        Text(
            f"An answer has to have two cases. If an empty cell means that it is not {only}, have it read as "
            f"{quoted(other)}. Otherwise choose another column, or a table with both cases.",
            f"答案必须有两种情况。如果空单元格表示不是{only}，请把它读作{quoted(other)}。否则请选择其他列，或选择包含两种情况的数据。",
        ),
        [subject.target],
        {"distinct": 1},
        step(
            Text(f"Read empty as {quoted(other)}", f"把空值读作{quoted(other)}"),
            "shape.derive_column", name=subject.target,
            expression=f"coalesce({sql_name(subject.target)}, {_literal(other)})",
        ),
    )  # fmt: skip


def _literal(value: Any) -> str:
    """A value within an expression."""
    return sql_text(value) if isinstance(value, str) else str(value).upper()


def _few_values(subject: Subject) -> Finding:
    assert subject.label is not None
    name, values = quoted(subject.target), named(subject.label.drop_nulls().unique().sort().to_list())
    return Finding(
        "few_values",
        "warn",
        Text(
            f"{name} has only {subject.distinct[subject.target]} different values",
            f"{name}只有 {subject.distinct[subject.target]} 种取值",
        ),
        Text(
            f"They are {values.en}. If they are numbers of categories, such as bins, 3 is not between 2 and 7: use "
            "“Predict a category”. If they count or grade something, go on.",
            f"取值为{values.zh}。如果它们是类别的编号（例如分 bin），3 并不介于 2 和 7 之间：请改用“预测类别”。"
            "如果是计数或等级，可以继续。",
        ),
        [subject.target],
        {"distinct": subject.distinct[subject.target]},
    )


def _mismatch(subject: Subject, title: Text, meaning: Text) -> Finding:
    return Finding(
        "wrong_kind", "stop", title, meaning, [subject.target], {"distinct": subject.distinct.get(subject.target)}
    )
