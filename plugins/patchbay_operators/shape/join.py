"""Bring the columns of two tables together by keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.shape import _spark_join
from patchbay_operators.shape._join_keys import KeyCounts, same_key_types
from patchbay_sdk import Column, Context, Metrics, Operator, Outputs, ParamError, Schema, Table

if TYPE_CHECKING:
    import polars as pl


class Join(Operator):
    """Joins two tables; missing keys match nothing.

    Key columns keep their left names. The size of the result is computed from key counts before anything is joined.
    """

    def run(
        self,
        context: Context,
        left: Table,
        right: Table,
        how: str,
        max_rows: int,
        left_on: Sequence[str] = (),
        right_on: Sequence[str] = (),
        expect: str = "any",
        suffix: str = "_right",
    ) -> Outputs:
        """The joined rows in the order of the left table (right join: of the right), and what did not match."""
        keys, right_on, names = _keys_and_names(left, right, left_on, right_on, suffix, how)
        ours, theirs = left.polars(), right.polars().select(list(names)).rename(names)
        if keys:
            ours, theirs = same_key_types(ours, theirs, keys, right_on)
        counts = KeyCounts.of(ours, theirs, keys)
        counts.check(context, how, expect, max_rows)
        joined = _joined(ours, theirs, how, keys)
        return {"table": left.replace(joined), "metrics": Metrics(counts.metrics() | {"rows": joined.height})}

    def run_spark(
        self,
        context: Context,
        left: Table,
        right: Table,
        how: str,
        max_rows: int,
        left_on: Sequence[str] = (),
        right_on: Sequence[str] = (),
        expect: str = "any",
        suffix: str = "_right",
    ) -> Outputs:
        """The joined rows, in no order, and what did not match."""
        keys, right_on, names = _keys_and_names(left, right, left_on, right_on, suffix, how)
        ours, theirs = _spark_join.sides(context.spark, left, right, keys, right_on, names)
        counts = _spark_join.counted(ours, theirs, keys, (left.num_rows, right.num_rows), how, expect, max_rows)
        counts.check(context, how, expect, max_rows)
        joined = _spark_join.joined(ours, theirs, how, keys)
        metrics = Metrics(counts.metrics() | {"rows": counts.rows_after(how)})
        return {"table": left.replace(joined), "metrics": metrics}

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        how: str,
        max_rows: int,
        left_on: Sequence[str] = (),
        right_on: Sequence[str] = (),
        expect: str = "any",
        suffix: str = "_right",
    ) -> Mapping[str, Schema | None]:
        """The left columns, then the right ones without the keys, with a suffix where names clash."""
        left, right = schemas.get("left"), schemas.get("right")
        if left is None or how in ("semi", "anti"):
            return {"table": left}
        if right is None or left.open or right.open:
            return {"table": Schema.of(left, open=True)}
        theirs = dict(zip(left_on, _right_keys(left_on, right_on), strict=True))
        names = _right_names(left.names, right.names, left_on, list(theirs.values()), suffix, how)
        columns = []
        for column in left:
            other = right.get(theirs[column.name]) if column.name in theirs else None
            mixed = other is not None and {column.type, other.type} == {"string", "category"}
            columns.append(Column(column.name, "string") if mixed else column)
        columns += [Column(names[c.name], c.type) for c in right if c.name not in theirs.values()]
        return {"table": Schema.of(columns)}


def _keys_and_names(
    left: Table, right: Table, left_on: Sequence[str], right_on: Sequence[str], suffix: str, how: str
) -> tuple[list[str], list[str], dict[str, str]]:
    """The keys of both tables, and right column -> its name in the result."""
    right_on = _right_keys(left_on, right_on)
    left.require(*left_on)
    right.require(*right_on)
    return list(left_on), right_on, _right_names(left.columns, right.columns, left_on, right_on, suffix, how)


def _right_keys(left_on: Sequence[str], right_on: Sequence[str]) -> list[str]:
    if right_on and len(right_on) != len(left_on):
        raise ParamError(
            Text(
                f"right_on names {len(right_on)} column(s) and left_on {len(left_on)}; "
                "name one right column for each left one.",
                f"右表的键有 {len(right_on)} 个，左表的键有 {len(left_on)} 个；请让它们一一对应。",
            ).as_json()
        )
    return list(right_on or left_on)


def _right_names(
    left: Sequence[str], right: Sequence[str], left_on: Sequence[str], right_on: Sequence[str], suffix: str, how: str
) -> dict[str, str]:
    """Right column -> its name in the result: keys as on the left, others with a suffix where they clash."""
    names = dict(zip(right_on, left_on, strict=True))
    if how in ("semi", "anti"):
        return names
    for name in right:
        if name not in names:
            names[name] = name + suffix if name in left else name
    after = [*left, *(new for old, new in names.items() if old not in right_on)]
    if twice := [name for name in after if after.count(name) > 1]:
        same = Text(
            f"suffix: two columns would be called {twice[0]!r}; choose another suffix, or rename one.",
            f"会有两列都叫“{twice[0]}”；请换一个后缀，或重命名其中一列。",
        )
        raise ParamError(same.as_json())
    return names


def _joined(left: pl.DataFrame, right: pl.DataFrame, how: str, keys: list[str]) -> pl.DataFrame:
    if how == "cross":
        return left.join(right, how="cross", maintain_order="left_right")
    if how in ("semi", "anti"):
        return left.join(right, on=keys, how=how, maintain_order="left")  # type: ignore[arg-type]
    order = "right_left" if how == "right" else "left_right"
    joined = left.join(right, on=keys, how=how, coalesce=True, maintain_order=order)  # type: ignore[arg-type]
    return joined.select([*left.columns, *(name for name in right.columns if name not in keys)])
