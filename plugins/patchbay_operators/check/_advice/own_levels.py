"""Columns whose values have a usual level of their own, such as a machine: mixed, each hides what is odd in another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.identifiers import row_names
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, quoted, setting
from patchbay_operators.model_report.parts import USUAL

if TYPE_CHECKING:
    import polars as pl

MOST = 30
ROWS_EACH = 20
"""Values of such a column, and the fewest rows of each that say what is usual there."""
NEARLY_ALL = 0.9
"""Share of the rows whose value must have so many."""
NARROWER = 0.6
"""How far rows stray around the middle of their own value, as a share of how far they stray around that of all."""


def about_own_levels(subject: Subject) -> Iterator[Finding]:
    """Finding `own_levels`."""
    if subject.kind != "unusual" or subject.group:
        return
    taken = {subject.time, *row_names(subject)}
    measured = [name for name in subject.numbers() if name not in taken and subject.distinct[name] > MOST]
    found: list[tuple[float, str, list[str]]] = []
    for name in subject.features:
        if name not in taken and _may_have_levels(subject, name):
            shares = {each: _left(subject.sample, each, name) for each in measured}
            apart = [each for each in measured if shares[each] <= NARROWER]
            if apart:
                found.append((sum(shares.values()) / len(shares), name, apart))
    if found:
        _, name, apart = min(found)
        yield _finding(subject, name, apart)


def _may_have_levels(subject: Subject, name: str) -> bool:
    is_code = subject.types[name].is_integer() and any(word in name.lower() for word in USUAL)
    if not (subject.is_text(name) or is_code) or not 2 <= subject.distinct[name] <= MOST:
        return False
    counts = subject.frame[name].drop_nulls().value_counts()["count"]
    return int(counts.filter(counts >= ROWS_EACH).sum()) >= NEARLY_ALL * subject.frame.height and bool(
        (counts >= ROWS_EACH).sum() > 1
    )


def _left(frame: pl.DataFrame, name: str, by: str) -> float:
    """How far a column strays around its middle for each value of another, as a share of how far it does in all."""
    import polars as pl

    value = pl.col(name).cast(pl.Float64)
    own, all_ = (
        frame.select((value - middle).abs().median()).item() for middle in (value.median().over(by), value.median())
    )
    return float(own / all_) if own is not None and all_ else 1.0


def _finding(subject: Subject, name: str, apart: list[str]) -> Finding:
    import polars as pl

    first, column = apart[0], quoted(name)
    counted = subject.frame.group_by(name).agg(pl.col(first).median().alias("_middle"), pl.len().alias("_rows"))
    levels = counted.filter(pl.col("_rows") >= ROWS_EACH).drop_nulls().sort("_middle").rows()
    low, high = levels[0], levels[-1]
    listed = columns(apart)
    return Finding(
        "own_levels",
        "warn",
        Text(
            f"{listed.en}: each {column} has a usual level of its own", f"{listed.zh}：每个{column}各有自己的正常水平"
        ),
        Text(
            f"{quoted(first)} is usually {low[1]:.4g} where {column} is {quoted(low[0])}, and {high[1]:.4g} where it "
            f"is {quoted(high[0])}. Compared with all rows, a value that is wrong for one of them looks usual, since "
            f"elsewhere it is. Compare each row with its own {column}. One that is off as a whole does not show then.",
            f"{column}为{quoted(low[0])}时，{quoted(first)}通常为 {low[1]:.4g}；"
            f"为{quoted(high[0])}时通常为 {high[1]:.4g}。如果与所有行比较，"
            f"对其中之一不正常的值，因为在别处常见，看起来也正常。请让每行与自己的{column}比较。"
            "不过，这样就看不出某一个整体偏离。",
        ),
        [name, *apart],
        {"levels": {str(value): middle for value, middle, _ in levels[:20]}},
        setting(Text(f"Compare within each {column}", f"在每个{column}内比较"), {"group": name}),
    )
