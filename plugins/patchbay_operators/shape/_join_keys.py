"""What the keys of two tables say about their join, before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import Context, DataError, Table

if TYPE_CHECKING:
    import polars as pl

LEFT, RIGHT = "\0left", "\0right"
"""Columns for the number of rows per key."""

EXPLODING = 2
"""More rows than this many times the longer table, and the join is probably a mistake."""


def same_key_types(
    left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str], right_on: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables with their keys in one storage type.

    Raises:
        DataError: a key is of another logical type on the right.
    """
    import polars as pl

    for key, other in zip(keys, right_on, strict=True):
        ours, theirs = (next(iter(Table(frame.select(key)).schema)) for frame in (left, right))
        texts = {ours.type, theirs.type} <= {"string", "category"}
        if ours.type != theirs.type and not texts:
            raise DataError(
                Text(
                    f"Key {key!r} is {ours.type} on the left, and {other!r} on the right is {theirs.type}: they can "
                    "never match. Cast one of them (step “Change column type”).",
                    f"左表的键“{key}”类型是 {ours.type}，右表的键“{other}”类型是 {theirs.type}，永远无法匹配。"
                    "请转换其中一个的类型。",
                ).as_json()
            )
        if left.schema[key] == right.schema[key]:
            continue
        empty = [frame.select(key).clear() for frame in (left, right)]
        try:
            type = pl.String if texts else pl.concat(empty, how="vertical_relaxed").schema[key]
        except pl.exceptions.PolarsError as error:
            raise DataError(
                Text(
                    f"Key {key!r} is {left.schema[key]} on the left and {right.schema[key]} on the right; "
                    "cast one of them.",
                    f"键“{key}”在左表中的类型是 {left.schema[key]}，在右表中是 {right.schema[key]}；"
                    "请转换其中一个的类型。",
                ).as_json()
            ) from error
        left, right = left.with_columns(pl.col(key).cast(type)), right.with_columns(pl.col(key).cast(type))
    return left, right


@dataclass(frozen=True)
class KeyCounts:
    """What rows per key say; a missing key is none.

    `left`, `right`: rows of both tables. `matched_left`, `matched_right`: those whose key is on the other side.
    `pairs`: rows of an inner join. `repeats`: side -> how many keys have several rows there, and one of them with its
    number of rows. `worst`: the key that gives most rows, with its rows on both sides.
    """

    keys: Sequence[str]
    left: int
    right: int
    matched_left: int = 0
    matched_right: int = 0
    pairs: int = 0
    repeats: Mapping[str, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)
    largest: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str]) -> KeyCounts:
        """Count; without keys (a cross join) there is nothing per key."""
        import polars as pl

        def per_key(frame: pl.DataFrame, name: str) -> pl.DataFrame:
            present = frame.select(keys).drop_nulls()
            return present.group_by(list(keys), maintain_order=True).agg(pl.len().cast(pl.Int64).alias(name))

        if not keys:
            return cls(keys, left.height, right.height)
        left_keys, right_keys = per_key(left, LEFT), per_key(right, RIGHT)
        both = left_keys.join(right_keys, on=list(keys), maintain_order="left")
        repeats = {}
        for side, counts, name in (("left", left_keys, LEFT), ("right", right_keys, RIGHT)):
            several = counts.filter(pl.col(name) > 1)
            if several.height:
                repeats[side] = (several.height, several.row(0, named=True))
        ordered = both.sort(pl.col(LEFT) * pl.col(RIGHT), descending=True, maintain_order=True)
        return cls(
            keys,
            left.height,
            right.height,
            int(both[LEFT].sum()),
            int(both[RIGHT].sum()),
            int((both[LEFT] * both[RIGHT]).sum()),
            repeats,
            ordered.row(0, named=True) if both.height else {},
        )

    @property
    def unmatched_left(self) -> int:
        """Left rows whose key is missing or not on the right."""
        return self.left - self.matched_left

    @property
    def unmatched_right(self) -> int:
        """Right rows whose key is missing or not on the left."""
        return self.right - self.matched_right

    def rows_after(self, how: str) -> int:
        """Rows that a join of this kind will give."""
        return {
            "inner": self.pairs,
            "left": self.pairs + self.unmatched_left,
            "right": self.pairs + self.unmatched_right,
            "full": self.pairs + self.unmatched_left + self.unmatched_right,
            "semi": self.matched_left,
            "anti": self.unmatched_left,
            "cross": self.left * self.right,
        }[how]

    def check(self, context: Context, how: str, expect: str, max_rows: int) -> None:
        """Look at what the join would give, before it is done.

        Raises:
            DataError: a key repeats where `expect` forbids it, or there would be more than `max_rows` rows.
        """
        self._check_expectation(expect)
        rows = self.rows_after(how)
        worst = self._worst()
        if rows > max_rows:
            raise DataError(
                Text(
                    f"The join would give {rows} rows from {self.left} and {self.right}; at most {max_rows} are "
                    f"allowed.{worst.en} Join by more columns, aggregate one table first, or raise the limit.",
                    f"{self.left} 行与 {self.right} 行连接会得到 {rows} 行，最多允许 {max_rows} 行。{worst.zh}"
                    "请用更多列连接，先汇总其中一张表，或调大最多行数。",
                ).as_json(),
                rows=rows,
            )
        if rows > EXPLODING * max(self.left, self.right):
            exploded = Text(
                f"{self.left:,} and {self.right:,} rows became {rows:,}.{worst.en} Are the keys complete?",
                f"{self.left:,} 行与 {self.right:,} 行连接成了 {rows:,} 行。{worst.zh}连接键是否完整？",
            )
            context.warn(exploded.as_json())

    def _check_expectation(self, expect: str) -> None:
        one_left, one_right = expect.startswith("one_to"), expect.endswith("to_one")
        for wanted, side, name in ((one_left, "left", LEFT), (one_right, "right", RIGHT)):
            if wanted and side in self.repeats:
                count, first = self.repeats[side]
                key, table = self._key(first), {"left": "左表", "right": "右表"}[side]
                raise DataError(
                    Text(
                        f"{count} key(s) repeat in the {side} table, for example {key.en} "
                        f"({first[name]} rows), but {expect.replace('_', ' ')} is expected. "
                        "Deduplicate it (step “Drop duplicate rows”), or join by more columns.",
                        f"{table}有 {count} 个键重复，例如{key.zh}（{first[name]} 行），但预期{table}的键唯一。"
                        "请先删除重复行，或用更多列连接。",
                    ).as_json()
                )

    def _worst(self) -> Text:
        """The key that gives most rows, in words; empty when no key matches."""
        first = self.largest
        if not first:
            return Text("", "")
        key = self._key(first)
        return Text(
            f" Key {key.en} alone gives {first[LEFT]} x {first[RIGHT]} rows.",
            f"仅{key.zh}的行就会得到 {first[LEFT]} × {first[RIGHT]} 行。",
        )

    def _key(self, row: Mapping[str, Any]) -> Text:
        return Text(
            ", ".join(f"{key} = {row[key]!r}" for key in self.keys),
            "、".join(f"“{key}”为“{row[key]}”" for key in self.keys),
        )

    def metrics(self) -> dict[str, float | int | None]:
        """Row counts, matched or not."""
        counts: dict[str, float | int | None] = {"left_rows": self.left, "right_rows": self.right}
        if self.keys:
            counts |= {"unmatched_left": self.unmatched_left, "unmatched_right": self.unmatched_right}
        return counts
