"""What the keys of two tables say about their join, before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from patchbay_sdk import DataError, Table

if TYPE_CHECKING:
    import polars as pl

LEFT, RIGHT = "\0left", "\0right"
"""Columns for the number of rows per key."""


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
                f"Key {key!r} is {ours.type} on the left, and {other!r} on the right is {theirs.type}: they can never "
                "match. Cast one of them (clean.cast)."
            )
        if left.schema[key] == right.schema[key]:
            continue
        empty = [frame.select(key).clear() for frame in (left, right)]
        try:
            type = pl.String if texts else pl.concat(empty, how="vertical_relaxed").schema[key]
        except pl.exceptions.PolarsError as error:
            raise DataError(
                f"Key {key!r} is {left.schema[key]} on the left and {right.schema[key]} on the right; cast one of them."
            ) from error
        left, right = left.with_columns(pl.col(key).cast(type)), right.with_columns(pl.col(key).cast(type))
    return left, right


@dataclass(frozen=True)
class KeyCounts:
    """Rows of both tables, and rows per key (without missing keys) in `left_keys`, `right_keys` and both."""

    keys: Sequence[str]
    left: int
    right: int
    left_keys: pl.DataFrame
    right_keys: pl.DataFrame
    both: pl.DataFrame

    @classmethod
    def of(cls, left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str]) -> KeyCounts:
        """Count; without keys (a cross join) the counts per key are empty."""
        import polars as pl

        def per_key(frame: pl.DataFrame, name: str) -> pl.DataFrame:
            present = frame.select(keys).drop_nulls()
            return present.group_by(list(keys), maintain_order=True).agg(pl.len().cast(pl.Int64).alias(name))

        if not keys:
            nothing = pl.DataFrame(schema={LEFT: pl.Int64, RIGHT: pl.Int64})
            return cls(keys, left.height, right.height, nothing, nothing, nothing)
        left_keys, right_keys = per_key(left, LEFT), per_key(right, RIGHT)
        both = left_keys.join(right_keys, on=list(keys), maintain_order="left")
        return cls(keys, left.height, right.height, left_keys, right_keys, both)

    @property
    def unmatched_left(self) -> int:
        """Left rows whose key is missing or not on the right."""
        return self.left - int(self.both[LEFT].sum())

    @property
    def unmatched_right(self) -> int:
        """Right rows whose key is missing or not on the left."""
        return self.right - int(self.both[RIGHT].sum())

    def rows_after(self, how: str) -> int:
        """Rows that a join of this kind will give."""
        pairs = int((self.both[LEFT] * self.both[RIGHT]).sum())
        return {
            "inner": pairs,
            "left": pairs + self.unmatched_left,
            "right": pairs + self.unmatched_right,
            "full": pairs + self.unmatched_left + self.unmatched_right,
            "semi": self.left - self.unmatched_left,
            "anti": self.unmatched_left,
            "cross": self.left * self.right,
        }[how]

    def check_expectation(self, expect: str) -> None:
        """Raise DataError when a key repeats in a table where one_to_one, one_to_many, many_to_one forbids it."""
        import polars as pl

        one_left, one_right = expect.startswith("one_to"), expect.endswith("to_one")
        for wanted, counts, name, side in (
            (one_left, self.left_keys, LEFT, "left"),
            (one_right, self.right_keys, RIGHT, "right"),
        ):
            several = counts.filter(pl.col(name) > 1)
            if wanted and several.height:
                first = several.row(0, named=True)
                raise DataError(
                    f"{several.height} key(s) repeat in the {side} table, for example {self._key(first)} "
                    f"({first[name]} rows), but {expect.replace('_', ' ')} is expected. "
                    "Deduplicate it (clean.deduplicate), or join by more columns."
                )

    def worst(self) -> str:
        """The key that gives most rows, in words; empty when no key matches."""
        import polars as pl

        if not self.both.height:
            return ""
        first = self.both.sort(pl.col(LEFT) * pl.col(RIGHT), descending=True, maintain_order=True).row(0, named=True)
        return f" Key {self._key(first)} alone gives {first[LEFT]} x {first[RIGHT]} rows."

    def _key(self, row: dict[str, object]) -> str:
        return ", ".join(f"{key} = {row[key]!r}" for key in self.keys)

    def metrics(self) -> dict[str, float | int | None]:
        """Row counts, matched or not."""
        counts: dict[str, float | int | None] = {"left_rows": self.left, "right_rows": self.right}
        if self.keys:
            counts |= {"unmatched_left": self.unmatched_left, "unmatched_right": self.unmatched_right}
        return counts
