"""Rows that are no data: the head of the table once more, or a row of units below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.numbers_in_text import NOTHING, as_numbers
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import quoted, rows, sql_name, sql_text, step

if TYPE_CHECKING:
    import polars as pl

MOST = 0.1
"""Share of the rows that may repeat the head."""

FEWEST = 10
"""Rows below which nothing is a row of another kind."""

CELLS = 2
"""Cells of a row that must hold the names of their columns, or no number among numbers."""


@dataclass(frozen=True)
class Heads:
    """What of a table is no data."""

    frame: pl.DataFrame

    @cached_property
    def repeated(self) -> pl.Series:
        """Per row, whether it repeats the head: most of its texts are the names of their columns."""
        import polars as pl

        texts = [name for name, type in self.frame.schema.items() if type == pl.String]
        same = [pl.col(name).str.strip_chars().eq_missing(name.strip()).cast(pl.Int32) for name in texts]
        if len(texts) < CELLS:
            return pl.repeat(False, self.frame.height, eager=True)
        count = self.frame.select(hits=pl.sum_horizontal(same))["hits"]
        hits = (count >= CELLS) & (count > len(texts) / 2)
        return hits if hits.sum() <= MOST * len(hits) else pl.repeat(False, len(hits), eager=True)

    @cached_property
    def data(self) -> pl.DataFrame:
        """The table without rows that repeat the head."""
        return self.frame.filter(~self.repeated)

    @cached_property
    def units(self) -> list[str]:
        """The columns of numbers whose first cell is something else, where there are several."""
        import polars as pl

        texts = [column for column in self.data if column.dtype == pl.String and len(column) >= FEWEST]
        found = [column.name for column in texts if _is_word(column[:1]) and as_numbers(column[1:]) is not None]
        return found if len(found) >= CELLS else []


def _is_word(cell: pl.Series) -> bool:
    """Whether a cell holds something that is neither a number nor stands for nothing."""
    return cell[0] is not None and cell[0].strip().lower() not in NOTHING and as_numbers(cell) is None


def about_heads(subject: Subject) -> Iterator[Finding]:
    """Findings `repeated_head`, `units_row`."""
    heads = Heads(subject.frame)
    if count := int(heads.repeated.sum()):
        number = rows(count)
        first = subject.frame.filter(heads.repeated).row(0, named=True)
        name = next(name for name in subject.texts() if (first[name] or "").strip() == name.strip())
        yield Finding(
            "repeated_head",
            "warn",
            Text(
                f"{number.en} {'repeats' if count == 1 else 'repeat'} the names of the columns",
                f"{number.zh}重复了各列的名称",
            ),
            Text(
                "They are no events: files were put together with their first lines. Because of them numbers and "
                "dates were read as text. Leave them out.",
                "它们不是事件，而是合并文件时带进来的表头。因为它们，数值和日期被当成了文本。请去掉。",
            ),
            values={"rows": count},
            fix=step(
                Text("Leave these rows out", "去掉这些行"), "shape.filter_rows", expression=_differs(name, first[name])
            ),
        )
    if heads.units:
        name, value = heads.units[0], str(heads.data[heads.units[0]][0])
        yield Finding(
            "units_row",
            "warn",
            Text("The first row holds units or remarks, no values", "第一行是单位或说明，不是数据"),
            Text(
                f"For example {quoted(name)} is {quoted(value)} there and a number in all other rows. Because of it "
                "these columns were read as text. Leave the row out.",
                f"例如{quoted(name)}在该行为{quoted(value)}，其他各行都是数值。因为它，这些列被当成了文本。请去掉这一行。",
            ),
            heads.units,
            {"cell": value},
            step(Text("Leave the first row out", "去掉第一行"), "shape.filter_rows", expression=_differs(name, value)),
        )


def without_heads(subject: Subject) -> Subject:
    """The subject without such rows, which would make others of the findings about them."""
    heads = Heads(subject.frame)
    return replace(subject, frame=heads.data[1:] if heads.units else heads.data)


def _differs(name: str, value: str) -> str:
    column, text = sql_name(name), sql_text(value)
    return f"{column} IS NULL OR {column} <> {text}"
