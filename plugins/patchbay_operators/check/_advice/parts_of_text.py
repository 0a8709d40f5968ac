"""Names and paths that contain the answer: ``scrap/0117.csv``, ``W0042-F``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import drop, per, quoted
from patchbay_operators.check._columns import count_values

if TYPE_CHECKING:
    import polars as pl

VALUES = 50
"""Columns with fewer different texts are categories, which are judged as they are."""

ROWS = 20
"""Rows in which a part must occur."""

PARTS = 50
"""The most frequent parts, which are looked at."""

ALWAYS = 0.98
"""Share of a part's rows that must have the one answer, and of the answer's rows that must have the part."""


def contained_answer(subject: Subject, known: pl.DataFrame, target: pl.Series) -> Finding | None:
    """Finding `leakage_in_text`, for the first column of names in which a part stands for a class."""
    if not subject.has_classes or subject.kind == "text":
        return None
    classes = count_values(target)["value"].to_list()[1:]  # the rarer ones; what remains is the most frequent
    for name in known.columns:
        if subject.is_text(name) and subject.distinct[name] >= VALUES:
            for value in classes:
                if found := _part(known[name], target == value):
                    return _finding(subject, name, found, value)
    return None


def _part(column: pl.Series, is_class: pl.Series) -> str | None:
    """A word within the texts that nearly all rows of the class have, and nearly no others."""
    import polars as pl

    words = column.str.to_lowercase().str.extract_all(r"\p{L}+").list.unique()
    frame = pl.DataFrame({"word": words, "hit": is_class}).explode("word").drop_nulls()
    needed = ALWAYS * int(is_class.sum())
    counts = frame.group_by("word").agg(rows=pl.len(), hits=pl.col("hit").sum()).sort("rows", "word", descending=True)
    telling = counts.head(PARTS).filter(
        (pl.col("rows") >= ROWS) & (pl.col("hits") >= ALWAYS * pl.col("rows")) & (pl.col("hits") >= needed)
    )
    return str(telling["word"][0]) if telling.height else None


def _finding(subject: Subject, name: str, part: str, value: object) -> Finding:
    column, target, label, word = quoted(name), quoted(subject.target), quoted(value), quoted(part)
    most = per(ALWAYS)
    return Finding(
        "leakage_in_text",
        "stop",
        Text(f"Column {column} contains the answer", f"列{column}里含有答案"),
        Text(
            f"{word} stands in it where {target} is {label}, in more than {most.en} such rows and hardly anywhere "
            "else. Names are often given after the result is known. Leave the column out, unless they are older.",
            f"{target}为{label}的行（{most.zh}以上）里都写着{word}，其他行几乎没有。"
            "名称往往是在知道结果之后才起的。请去掉该列，除非名称在此之前就有。",
        ),
        [name],
        {"part": part},
        drop([name]),
    )
