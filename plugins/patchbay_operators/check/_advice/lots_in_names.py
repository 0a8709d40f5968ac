"""Names of rows that begin with what several rows have in common: wafer ``L012-03`` is one of lot ``L012``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.belonging import group_column
from patchbay_operators.check._advice.identifiers import row_names
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import quoted, sql_name, step

if TYPE_CHECKING:
    import polars as pl

FEWEST = 8
"""With fewer beginnings they are rather years or sites."""

ROWS_EACH = 3.0
MOST_EACH = 50
"""Rows with the same beginning, on average at least and at most."""

ENDING = r"^(.+)[-_./ #]([A-Za-z]?\d{1,3})$"
"""A beginning, and a short number within it."""

NEW = "lot"


def about_lots_in_names(subject: Subject) -> Iterator[Finding]:
    """Finding `lot_in_name`, where nothing else says which rows belong together, nor when they were made."""
    if subject.label is None or subject.kind == "forecast" or subject.split != "auto" or NEW in subject.frame.columns:
        return
    if subject.divides_by == "time" or group_column(subject) is not None:
        return
    for name in row_names(subject):
        if subject.is_text(name) and (found := _beginnings(subject.frame[name])):
            yield _finding(name, *found)
            return


def _beginnings(names: pl.Series) -> tuple[int, int, str, float] | None:
    """How long the beginning of all names is, how many there are, the first one, and how many rows each has."""
    known = names.drop_nulls().str.strip_chars()
    lots = known.str.extract(ENDING, 1)
    if not len(known) or lots.null_count() or lots.str.len_chars().n_unique() != 1:
        return None
    sizes = lots.alias("lot").value_counts(name="rows")["rows"]
    each = len(lots) / len(sizes)
    if len(sizes) < FEWEST or each < ROWS_EACH or sizes.max() > MOST_EACH:  # type: ignore[operator]
        return None
    return int(lots.str.len_chars()[0]), len(sizes), str(lots[0]), each


def _finding(name: str, length: int, count: int, first: str, each: float) -> Finding:
    column, lot = quoted(name), quoted(first)
    return Finding(
        "lot_in_name",
        "warn",
        Text(
            f"{column} begins with what several rows have in common, such as {lot}",
            f"{column}的开头是多行共有的，例如{lot}",
        ),
        Text(
            f"There are {count:,} such beginnings with {each:.1f} rows each on average: probably lots. Rows of one lot "
            "resemble each other; a model that learns from some of them and is tested on others recognises the lot and "
            "looks better than it will be on a new one. With the beginning as a column of its own, the rows of each "
            "stay together.",
            f"共有 {count:,} 种开头，平均每种 {each:.1f} 行：大概是批次。同一批次的行彼此相似；"
            "如果一部分用于学习、另一部分用于检验，模型认出的是批次，结果会好于在新批次上的表现。把开头单独作为一列，同一批次的行就不会分开。",
        ),
        [name],
        {"lots": count, "rows_each": round(each, 2)},
        step(
            Text("Make a column of the beginning", "把开头作为一列"),
            "shape.derive_column", name=NEW, expression=f"substring({sql_name(name)}, 1, {length})",
        ),
    )  # fmt: skip
