"""The table that is looked at, and what it is looked at for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from patchbay_operators.check._columns import is_classes
from patchbay_operators.honest import choose_division
from patchbay_sdk import Context, DataError, ParamError, Table, find_operator

if TYPE_CHECKING:
    import polars as pl

SAMPLE_ROWS = 10_000
"""Rows that slow questions look at, drawn at random; the quick ones look at all."""

PUTS_ASIDE = "shape.hold_out@1.0.0"
"""What puts test rows aside in wizards."""


@dataclass(frozen=True)
class Subject:
    """A table and the question put to it.

    Args:
        frame: null for NaN, text for categories, without the columns left out.
        whole: whether the frame has all columns of the table.
        kind: category, number, forecast, unusual, groups or text.
        target, positive, time, group, split, split_by: as in the spec of `check.advice`.
        seed: for the sample.
        horizon: values ahead that a forecast shall say; 0: not known.
    """

    frame: pl.DataFrame
    kind: str
    target: str = ""
    positive: str = ""
    time: str = ""
    group: str = ""
    split: str = "auto"
    split_by: str = ""
    seed: int = 0
    whole: bool = True
    horizon: int = 0

    @cached_property
    def label(self) -> pl.Series | None:
        """The target; None where nothing is predicted, or there is no such column."""
        wanted = self.target if self.kind not in ("unusual", "groups") else ""
        return self.frame[wanted] if wanted in self.frame.columns else None

    @cached_property
    def has_classes(self) -> bool:
        """Whether the target holds categories (also by what was asked for)."""
        if self.label is None or self.kind in ("number", "forecast"):
            return False
        return self.kind in ("category", "text") or is_classes(self.label)

    @cached_property
    def features(self) -> list[str]:
        """The columns but the target."""
        return [name for name in self.frame.columns if self.label is None or name != self.target]

    @cached_property
    def divides_by(self) -> str:
        """How test rows will be chosen: time, group, stratified or random; where it is left open, as it is decided."""
        if self.split != "auto":
            return self.split
        return choose_division(Table(self.frame), self.target if self.label is not None else "").method

    @cached_property
    def learned(self) -> pl.DataFrame:
        """The rows that a model will learn from, as far as it can be known: without those put aside for its test."""
        if self.kind in ("unusual", "groups"):
            return self.frame
        method, column = ("time", self.time) if self.kind == "forecast" else (self.split, self.split_by)
        target = self.target if self.label is not None else ""
        aside = find_operator(PUTS_ASIDE)
        params = aside.spec.fill_params({"target": target, "method": method, "column": column})
        try:
            context = Context(temp_dir=Path(), seed=self.seed)
            parts = aside.operator_run(context, "local", {"table": Table(self.frame)}, params)
        except (DataError, ParamError):
            return self.frame
        learned: Table = parts["train"]
        return learned.polars()

    @cached_property
    def sample(self) -> pl.DataFrame:
        """At most `SAMPLE_ROWS` rows in their order, all with a target where there is one."""
        import polars as pl

        frame = self.frame if self.label is None else self.frame.filter(pl.col(self.target).is_not_null())
        if frame.height <= SAMPLE_ROWS:
            return frame
        rows = pl.int_range(frame.height, eager=True).sample(SAMPLE_ROWS, seed=self.seed).sort()
        return frame[rows]

    @cached_property
    def distinct(self) -> dict[str, int]:
        """Column -> number of different values, the missing ones not counted."""
        import polars as pl

        plain = [name for name, type in self.types.items() if not type.is_nested()]
        counts = self.frame.select(pl.col(plain).drop_nulls().n_unique()) if plain else None
        return dict(zip(plain, counts.row(0), strict=True)) if counts is not None else {}

    @cached_property
    def missing(self) -> dict[str, int]:
        """Column -> rows without a value."""
        return dict(zip(self.frame.columns, self.frame.null_count().row(0), strict=True)) if self.frame.width else {}

    @cached_property
    def types(self) -> dict[str, pl.DataType]:
        """Column -> type; asking the frame each time takes long where columns are many."""
        return dict(self.frame.schema)

    def is_text(self, name: str) -> bool:
        """Whether a column holds text."""
        import polars as pl

        return self.types[name] == pl.String

    def texts(self, names: Iterable[str] | None = None) -> list[str]:
        """The columns of text, among these or all."""
        return [name for name in (self.types if names is None else names) if self.is_text(name)]

    def numbers(self, names: Iterable[str] | None = None) -> list[str]:
        """The columns of numbers, among these or all."""
        return [name for name in (self.types if names is None else names) if self.types[name].is_numeric()]
