"""Finds the column that says which rows belong together: several of one lot, wafer, patient."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.labels import is_category, label_texts
from patchbay_sdk import Column, Table

if TYPE_CHECKING:
    import polars as pl

MIN_GROUPS = 4
"""With fewer groups, nothing can be divided by them."""
MANY_GROUPS = 20
"""A column that does not say by its name what it is must have so many, or it is rather a category."""
ROWS_PER_GROUP = 1.5
"""Fewer rows per group on average: hardly any belong together."""
NAMES_THINGS = re.compile(
    r"(^|_)(lot|los|charge|wafer|batch|unit|serial|patient|subject|customer|user|client|session|sample|specimen|panel|engine|"
    r"device|group|run)s?(_?(id|no|nr|nbr|num|number|key|code|name))?$|批次|批号|晶圆|片号|患者|客户编号",
    re.IGNORECASE,
)
"""Names of columns of things that have several rows each."""
NAMES_WAFERS = re.compile(r"wafer|晶圆|片号", re.IGNORECASE)
"""Names of wafers, or of their numbers."""
WAFERS_OF_LOT = 26
"""Of so few different numbers each may come again in every lot."""
NAMES_KEYS = re.compile(r"(^|_)(id|no|nr|key|code|number)$|[a-z](ID|Id|No|Key)$|编号|号$", re.ASCII)
"""Names of columns that identify something."""
GROUPS_PER_CLASS = 3
"""With fewer groups per answer the column does not name things: it is the answer in other words."""
TOO_ALIKE = 0.3
"""Within groups, targets differ by less than this share of what they differ by overall: a group gives them away."""


def find_groups(table: Table, target: str) -> tuple[str, Text] | None:
    """The column of groups whose rows should stay together, and why; None: there is none.

    Either its name says so, or it identifies something whose rows have nearly the same target: a model that knows some
    rows of a group then knows the others, which it would not in use.
    """
    frame = table.polars()
    candidates = [column for column in table.schema if column.name != target and _may_group(column, frame)]
    candidates.sort(key=lambda column: _counts_within_lot(column, frame))
    for column in candidates:
        if NAMES_THINGS.search(column.name):
            return column.name, _named(column.name, frame[column.name].n_unique())
    for column in candidates:
        if target and _identifies(column, frame[column.name]) and _gives_away(frame, column.name, target):
            return column.name, _alike(column.name, target)
    return None


def _may_group(column: Column, frame: pl.DataFrame) -> bool:
    values = frame[column.name]
    if column.type not in ("int", "string", "category") or values.null_count() > len(values) // 10:
        return False
    groups = values.n_unique()
    return groups >= MIN_GROUPS and len(values) >= ROWS_PER_GROUP * groups


def _counts_within_lot(column: Column, frame: pl.DataFrame) -> bool:
    """Whether these may be numbers of wafers in their lot: wafer 3 of one has nothing to do with that of another."""
    is_number = column.type == "int" and NAMES_WAFERS.search(column.name) is not None
    return is_number and frame[column.name].n_unique() <= WAFERS_OF_LOT


def _identifies(column: Column, values: pl.Series) -> bool:
    groups = values.n_unique()
    return groups >= MANY_GROUPS and (column.kind == "text" or NAMES_KEYS.search(column.name) is not None)


def _gives_away(frame: pl.DataFrame, group: str, target: str) -> bool:
    """Whether the targets of two rows of a group differ far less than those of any two rows."""
    import polars as pl

    rows = frame.select(pl.col(group).alias("group"), pl.col(target).alias("target")).drop_nulls()
    rows = rows.filter(pl.len().over("group") > 1)
    if rows["group"].n_unique() < MIN_GROUPS:
        return False
    if is_category(rows["target"]):
        texts = label_texts(rows["target"])
        if rows["group"].n_unique() < GROUPS_PER_CLASS * texts.n_unique():
            return False
        rows = rows.with_columns(texts.alias("target"))
        shares = rows["target"].value_counts(normalize=True)["proportion"]
        apart = 1 - float((shares**2).sum())
        pairs = rows.group_by("group", "target").len().with_columns(pl.col("len").sum().over("group").alias("all"))
        same = float((pairs["len"] * (pairs["len"] - 1) / (pairs["all"] - 1)).sum()) / len(rows)
        return apart > 0 and 1 - same < TOO_ALIKE * apart
    spread = rows["target"].cast(pl.Float64).var()
    within = rows.select(
        (pl.col("target").cast(pl.Float64) - pl.col("target").mean().over("group")).pow(2).mean()
    ).item()
    return bool(spread and within < TOO_ALIKE**2 * float(spread))  # type: ignore[arg-type]


def _named(name: str, groups: int) -> Text:
    return Text(
        f"Several rows belong to the same {name} ({groups} in all), so they stay together: in use, too, a model meets "
        "only new ones.",
        f"有多行属于同一个“{name}”（共 {groups} 个），因此不分开：实际使用时，模型遇到的也总是新的。",
    )


def _alike(name: str, target: str) -> Text:
    return Text(
        f"Rows with the same {name} nearly always have the same {target}, so they stay together: a model that has seen "
        "one would know the others.",
        f"“{name}”相同的行，“{target}”几乎总是相同，因此不分开：模型见过其中一行，就等于知道了其他行。",
    )
