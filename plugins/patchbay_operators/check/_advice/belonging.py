"""Rows that belong together: several of one lot, wafer, machine or customer; and a split that somebody made before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import BY_ITSELF, drop, quoted, setting
from patchbay_operators.row_groups import find_groups
from patchbay_sdk import Table

MIN_GROUPS = 10
MIN_ROWS_EACH = 2.0
"""Fewer blocks of rows, or rows in each on average, are no groups."""

SPLITS = re.compile(
    r"^(split|set|subset|fold|partition|train.?test.*|is.?train|is.?test|trainTestLabel|dataset|sample)$", re.I
)
SPLIT_VALUES = {
    "train",
    "training",
    "test",
    "testing",
    "valid",
    "validation",
    "val",
    "dev",
    "holdout",
    "训练",
    "测试",
    "验证",
}


BY_TIME = Text(
    " The model is tested on the latest rows, which keeps nearly all groups on one side too. A table can be divided in "
    "one way only; by time is right where things change over time.",
    "模型用最新的行检验，这样几乎所有的组也会在同一边。一张表只能按一种方式划分；如果情况随时间变化，按时间是对的。",
)
"""Of groups, where rows are divided by time."""

FEW_TORN = 0.1
"""Share of the groups that may have rows on both sides of a test by time."""


def about_belonging(subject: Subject) -> Iterator[Finding]:
    """Findings `groups`, `rows_of_many`, `made_split`."""
    yield from _made_split(subject)
    name = group_column(subject)
    if name is not None and subject.kind == "groups":
        yield _rows_of_many(subject, name)
    elif name is not None and subject.label is not None and subject.kind != "forecast":
        yield _groups(subject, name)


def group_column(subject: Subject) -> str | None:
    """The column of what has several rows: the one named, else the one by which rows are divided, else blocks of rows
    that another column counts."""
    named_by = subject.group or (subject.split_by if subject.split == "group" else "")
    if subject.distinct.get(named_by):
        return named_by
    if found := find_groups(Table(subject.frame), subject.target if subject.label is not None else ""):
        return found[0]
    for name in subject.features:
        type = subject.types[name]
        different, missing = subject.distinct.get(name, 0), subject.missing[name]
        may = not missing and (subject.is_text(name) or type.is_integer())
        enough = different >= MIN_GROUPS and subject.frame.height >= MIN_ROWS_EACH * different
        if may and enough and _counted_blocks(subject, name):
            return name
    return None


def _counted_blocks(subject: Subject, name: str) -> bool:
    """Whether the rows of each value stand together and another column counts them up by one."""
    import polars as pl

    column = subject.frame[name]
    changes = (column != column.shift(1)).fill_null(True)
    if int(changes.sum()) != subject.distinct[name]:
        return False
    inside = ~changes
    for other in subject.features:
        type = subject.types[other]
        if other != name and type.is_integer() and subject.missing[other] == 0:
            steps = subject.frame[other].cast(pl.Int64).diff().filter(inside)
            if len(steps) and bool((steps == 1).all()):
                return True
    return False


def _groups(subject: Subject, name: str) -> Finding:
    import polars as pl

    known = subject.frame.drop_nulls(name)
    different = subject.distinct[name]
    each = known.height / different
    column = quoted(name)
    same = (
        known.group_by(name).agg(pl.col(subject.target).drop_nulls().n_unique())[subject.target].max() == 1
        if subject.has_classes and each >= 3
        else False
    )
    why = Text(
        "Rows of one such group resemble each other. If some of them teach the model and others test it, the model "
        "recognises the group instead of the reason, and looks better than it will be on a new one. All rows of a "
        "group must be on the same side.",
        "同一组的行彼此相似。如果一部分用于学习、"
        "另一部分用于检验，模型认出的是这个组，而不是原因，结果会好于在新组上的表现。同一组的行必须放在同一边。",
    )
    if same:
        why = Text(
            why.en + f" Here all rows of one {column} even have the same answer.",
            why.zh + f"这里每个{column}的所有行答案都相同。",
        )
    if subject.split == "group":
        return Finding(
            "groups",
            "good",
            Text(
                f"The model is tested on other values of {column} than it learns from", f"模型将用未学过的{column}检验"
            ),
            why,
            [name],
        )
    by_itself = subject.split == "auto" and subject.divides_by == "group"
    by_time = subject.divides_by == "time" and _torn(subject, name) <= FEW_TORN
    more = BY_ITSELF if by_itself else BY_TIME if by_time else Text("", "")
    why = Text(why.en + more.en, why.zh + more.zh)
    return Finding(
        "groups",
        "note" if by_itself or by_time else "warn",
        Text(
            f"{column} has several rows each: {each:.1f} on average, {different:,} in all",
            f"每个{column}有多行：平均 {each:.1f} 行，共 {different:,} 个",
        ),
        why,
        [name],
        {"groups": different, "rows_each": round(each, 2)},
        setting(
            Text(f"Keep each {column} on one side", f"每个{column}只放在一边"), {"split": "group", "split_by": name}
        ),
    )


def _torn(subject: Subject, name: str) -> float:
    """Share of the groups that have rows among those to learn from and among those of the test."""
    import polars as pl

    tables = (subject.frame, subject.learned)
    whole, learned = (frame.select(group=pl.col(name)).group_by("group").len() for frame in tables)
    both = whole.join(learned, on="group", suffix="_learned").filter(pl.col("len_learned") < pl.col("len"))
    return both.height / max(1, whole.height)


def _rows_of_many(subject: Subject, name: str) -> Finding:
    column, different = quoted(name), subject.distinct[name]
    return Finding(
        "rows_of_many",
        "warn",
        Text(
            f"Each {column} has several rows: rows will be grouped, not the {different:,} values of {column}",
            f"每个{column}有多行：分组的对象是行，而不是 {different:,} 个{column}",
        ),
        Text(
            "If you want to know which of them resemble each other, one row for each is needed first, with what sums "
            "it up: how often, how much, which kinds. The steps “Group by” and “Pivot” make such a table.",
            "如果想知道它们之中哪些彼此相似，需要先为每个做成一行，用次数、数量、种类等来概括。“分组汇总”和“长表转宽表”步骤可以做出这样的表。",
        ),
        [name],
        {"values": different},
    )


def _made_split(subject: Subject) -> Iterator[Finding]:
    for name in subject.texts(subject.features):
        values = {value.strip().casefold() for value in subject.frame[name].drop_nulls().unique().head(10)}
        if subject.distinct[name] <= 5 and len(values) > 1 and (values <= SPLIT_VALUES or SPLITS.search(name)):
            if not values & SPLIT_VALUES:
                continue
            column = quoted(name)
            yield Finding(
                "made_split",
                "note",
                Text(
                    f"{column} says which rows were for training and which for testing",
                    f"{column}标明哪些行用于训练、哪些用于测试",
                ),
                Text(
                    "Somebody has divided the rows before. That is nothing about the thing itself, and a model "
                    "should not learn from it. The parts may also differ from each other more than rows drawn by "
                    "chance.",
                    "有人已经划分过这些行。这与事物本身无关，模型不应从中学习。各部分之间的差别也可能比随机抽取的更大。",
                ),
                [name],
                fix=drop([name]),
            )
            return
