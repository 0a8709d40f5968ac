"""Joins on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from patchbay_operators.shape._join_keys import EXPLODING, LEFT, RIGHT, KeyCounts, same_key_types
from patchbay_operators.spark import columns, sf
from patchbay_sdk import Table
from patchbay_sdk.spark import column, typed

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

KINDS = {"semi": "left_semi", "anti": "left_anti"}
"""Spark's names of joins, where they differ."""

OTHER = "\0other "
"""Put before the keys of the right side, so that they can be told from those of the left."""


def sides(
    session: Any, left: Table, right: Table, keys: Sequence[str], right_on: Sequence[str], names: Mapping[str, str]
) -> tuple[DataFrame, DataFrame]:
    """Both frames, the right one under its new names, with their keys in one type; raises as `same_key_types`."""
    empty = left.empty(), right.empty().select(list(names)).rename(dict(names))
    ours = left.spark(session)
    theirs = right.spark(session).select(*(column(old).alias(new) for old, new in names.items()))
    if not keys:
        return ours, theirs
    wanted = same_key_types(*empty, keys, right_on)
    ours, theirs = (
        frame.select(*(_key(name, after, keys) for name in frame.columns))
        for frame, after in zip((ours, theirs), wanted, strict=True)
    )
    return ours, theirs


def _key(name: str, after: Any, keys: Sequence[str]) -> Column:
    if name not in keys:
        return column(name)
    return typed(column(name), name, after[name].to_arrow().type)


def counted(
    ours: DataFrame,
    theirs: DataFrame,
    keys: Sequence[str],
    rows: tuple[int, int],
    how: str,
    expect: str,
    max_rows: int,
) -> KeyCounts:
    """Rows per key. `rows`: of both. Keys are looked for only where `KeyCounts.check` may name them."""
    if not keys:
        return KeyCounts(keys, *rows)
    left_keys, right_keys = _per_key(ours, keys, LEFT), _per_key(theirs, keys, RIGHT)
    both = left_keys.join(right_keys, list(keys)).withColumn("pairs", column(LEFT) * column(RIGHT))
    total = both.agg(*(sf().coalesce(sf().sum(column(name)), sf().lit(0)) for name in (LEFT, RIGHT, "pairs"))).head()
    assert total is not None
    matched_left, matched_right, pairs = map(int, total)
    repeats = {}
    looked_at = (("left", left_keys, LEFT), ("right", right_keys, RIGHT)) if expect != "any" else ()
    for side, counts, name in looked_at:
        several = counts.filter(column(name) > 1)
        first = _first(several, keys, name)
        if first:
            repeats[side] = (several.count(), first)
    found = KeyCounts(keys, *rows, matched_left, matched_right, pairs, repeats)
    if found.rows_after(how) > min(max_rows, EXPLODING * max(rows)):
        return replace(found, largest=_first(both, keys, "pairs"))
    return found


def _per_key(frame: DataFrame, keys: Sequence[str], name: str) -> DataFrame:
    """NaN is a key like any other."""
    present = frame.filter(reduce(lambda a, b: a & b, (key.isNotNull() for key in columns(keys))))
    return present.groupBy(*columns(keys)).agg(sf().count(sf().lit(1)).alias(name))


def _first(counts: DataFrame, keys: Sequence[str], by: str) -> dict[str, Any]:
    """The row with most; of equals the first by its key."""
    row = counts.orderBy(column(by).desc(), *columns(keys)).head()
    return {} if row is None else row.asDict()


def joined(ours: DataFrame, theirs: DataFrame, how: str, keys: Sequence[str]) -> DataFrame:
    """The joined rows; keys that one side lacks come from the other."""
    if how == "cross":
        return ours.crossJoin(theirs)
    others = theirs.select(*(column(n).alias(OTHER + n) if n in keys else column(n) for n in theirs.columns))
    condition = reduce(lambda a, b: a & b, (column(key) == column(OTHER + key) for key in keys))
    found = ours.join(others, condition, KINDS.get(how, how))
    if how in KINDS:
        return found
    both = [_either(ours, name) if name in keys and how in ("right", "full") else column(name) for name in ours.columns]
    return found.select(*both, *(column(name) for name in theirs.columns if name not in keys))


def _either(ours: DataFrame, name: str) -> Column:
    metadata = ours.schema[name].metadata or {}
    return sf().coalesce(column(name), column(OTHER + name)).alias(name, metadata=metadata)
