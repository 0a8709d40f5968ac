"""Pieces of sentences in both languages: names of columns, counts, shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patchbay_operators.advice import Fix, Text
from patchbay_operators.labels import label_text

SHOWN = 5
"""Names that a sentence lists one by one."""


BY_ITSELF = Text(
    " Left to Patchbay this is what happens; a click makes sure that it stays so.",
    "交给 Patchbay 自动决定时就会这样做；点一下可以固定下来。",
)
"""Of a fix that does what happens anyway."""


def quoted(value: Any) -> str:
    """A name or value of the data within a sentence, not too long."""
    text = label_text(value)
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"


def named(names: Sequence[Any]) -> Text:
    """The first names, and how many more there are."""
    shown, more = [quoted(name) for name in names[:SHOWN]], len(names) - SHOWN
    if more > 0:
        return Text(f"{', '.join(shown)} and {more:,} more", f"{'、'.join(shown)}等 {len(names):,} 个")
    english = " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
    return Text(english, "、".join(shown))


def columns(names: Sequence[str]) -> Text:
    """``Column “a”``, ``Columns “a” and “b”``, for the beginning of a sentence."""
    listed = named(names)
    return Text(f"{'Column' if len(names) == 1 else 'Columns'} {listed.en}", f"列{listed.zh}")


def rows(count: int) -> Text:
    """``1 row``, ``1,567 rows``."""
    return Text(f"{count:,} {'row' if count == 1 else 'rows'}", f"{count:,} 行")


def per(share: float) -> Text:
    """A share as a count that people can picture: ``7 of 100``; what is not all or nothing never looks like it."""
    whole = next((base for base in (10, 100, 1000) if _says(share * base, base)), 10_000)
    if share <= 0:
        return Text("none", "没有")
    if share >= 1:
        return Text("all", "全部")
    count = min(max(round(share * whole), 1), whole - 1)
    return Text(f"{count:,} of {whole:,}", f"每 {whole:,} 个中有 {count:,} 个")


def _says(count: float, base: int) -> bool:
    """Whether a whole number says it well enough, both of those counted and of the others."""
    least = min(count, base - count)
    return least >= 1.95 if base > 10 else least >= 0.98 and abs(count - round(count)) <= 0.03 * least


def drop(names: Sequence[str]) -> Fix:
    """Leave columns out."""
    listed = named(names)
    label = Text(f"Leave out {listed.en}", f"去掉{listed.zh}")
    return step(label, "shape.select_columns", columns=list(names), mode="drop")


def step(label: Text, operator: str, **params: Any) -> Fix:
    """A fix that is a step in front of the check."""
    return Fix(label, params, f"{operator}@1.0.0")


def setting(label: Text, params: Mapping[str, Any]) -> Fix:
    """A fix that sets params of the flow."""
    return Fix(label, params)


def sql_name(column: str) -> str:
    """A column within an expression."""
    return '"' + column.replace('"', '""') + '"'


def sql_text(value: str) -> str:
    """A text within an expression."""
    return "'" + value.replace("'", "''") + "'"
