"""Rows that are something else than the others: sums of them, empty ones, or values in another unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, named, quoted, rows, sql_name, sql_text, step

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Vector = np.ndarray[Any, np.dtype[np.float64]]

TOTALS = re.compile(
    r"\s*(grand\s+)?(total|totals|sum|subtotal|average|mean|overall|all|summe|gesamt|mittelwert)\s*:?\s*|\s*(合计|总计|小计|平均|平均值|汇总)\s*",
    re.IGNORECASE,
)
"""What stands in the first cells of rows that sum up others."""

FEW_TOTALS = 0.02
"""Share of the rows under which such a word is no category of its own."""

RATIOS = (1_000.0, 1_000_000.0, 25.4, 100.0, 10_000.0, 101.325, 133.322, 6.895)
"""By what units of one quantity differ: m and mm, inch and mm, m and cm, kPa and others."""

NEAR = 0.1
"""How far from such a ratio the middles of two groups of values may lie."""

SHIFTED = ((1.8, 32.0), (1.0, 273.15))
"""Units whose zero differs too: degrees Fahrenheit are 1.8 times those of Celsius and 32 more, kelvin 273.15 more."""

CLEAR = 3.0
"""How many times the usual width of the small values must lie between them and the large ones, then."""

APART = 2.0
"""How many times the smallest of the large values exceeds the largest of the small ones."""

MIN_SHARE = 0.03
FEWEST = 8
"""Values of either unit: the few smallest of any column may lie apart by chance."""


def about_mixtures(subject: Subject) -> Iterator[Finding]:
    """Findings `empty_rows`, `total_rows`, `mixed_degrees`, `mixed_scale`."""
    yield from _empty_rows(subject)
    yield from _total_rows(subject)
    scales = {
        name: found
        for name in subject.numbers(subject.features if subject.has_classes else None)
        if subject.distinct[name] > 20 and (found := _scales(subject.frame[name])) is not None
    }
    if shifted := {name: found for name, found in scales.items() if found.more}:
        yield _mixed_degrees(shifted)
    if alike := {name: found for name, found in scales.items() if not found.more}:
        yield _mixed_scale(alike)


def _empty_rows(subject: Subject) -> Iterator[Finding]:
    import polars as pl

    if not subject.frame.width:
        return
    count = int(subject.frame.select(pl.all_horizontal(pl.all().is_null()).sum()).item())
    if count:
        number, kept = rows(count), [] if subject.whole else subject.frame.columns
        yield Finding(
            "empty_rows",
            "note",
            Text(f"{number.en} {'is' if count == 1 else 'are'} empty", f"{number.zh}是空的"),
            Text(
                "No column holds anything there: often blank lines of a spreadsheet. Leave them out.",
                "这些行的所有列都没有值，往往是电子表格中的空行。请去掉。",
            ),
            values={"rows": count},
            fix=step(Text("Leave out empty rows", "去掉空行"), "clean.drop_missing", columns=kept, how="all"),
        )


def _total_rows(subject: Subject) -> Iterator[Finding]:
    """Only where the word is rare, and stands in a column of other words."""
    for name in subject.texts():
        column = subject.frame[name]
        words = [value for value in column.drop_nulls().unique(maintain_order=True) if TOTALS.fullmatch(value)]
        count = int(column.is_in(words).sum()) if words else 0
        if not count or subject.distinct[name] <= len(words) + 1 or count > max(1, FEW_TOTALS * len(column)):
            continue
        number, shown = rows(count), named(words)
        listed = ", ".join(sql_text(word) for word in words)
        head = sql_name(name)
        yield Finding(
            "total_rows",
            "warn",
            Text(
                f"{number.en} {'sums' if count == 1 else 'sum'} up others ({shown.en} in {quoted(name)})",
                f"{number.zh}是汇总行（{quoted(name)}为{shown.zh}）",
            ),
            Text(
                "They are no event of their own but the sum or average of other rows, as spreadsheets have them at "
                "the end. To a model they look like very strange events. Leave them out.",
                "它们不是独立的事件，而是其他行的合计或平均，电子表格末尾常有这样的行。对模型来说，它们就像非常奇怪的事件。请去掉。",
            ),
            [name],
            {"rows": count, "words": words},
            step(
                Text("Leave these rows out", "去掉这些行"),
                "shape.filter_rows",
                expression=f"{head} IS NULL OR {head} NOT IN ({listed})",
            ),
        )
        return


@dataclass(frozen=True, slots=True)
class _Scales:
    """Values above `limit` are `ratio` times as large as the others, and `more` besides."""

    ratio: float
    limit: float
    share: float
    more: float = 0.0


def _scales(column: pl.Series) -> _Scales | None:
    """Two groups of values with nothing between, whose middles differ as two units do."""
    import numpy as np
    import polars as pl

    values = column.drop_nulls().cast(pl.Float64).to_numpy()
    values = np.sort(values[np.isfinite(values)])
    if len(values) < 50:
        return None
    edge = max(FEWEST, int(MIN_SHARE * len(values)))
    if (found := _shifted(values, edge)) or values[0] <= 0:
        return found
    gaps = values[edge:-edge] / values[edge - 1 : -edge - 1]
    if not len(gaps) or gaps.max() < APART:
        return None
    at = edge + int(np.argmax(gaps))
    small, large = values[:at], values[at:]
    ratio = float(np.median(large) / np.median(small))
    fitting = [known for known in RATIOS if abs(ratio / known - 1) <= NEAR]
    # Of one quantity both groups spread alike; a second mode of the process seldom does, a thousand times as large.
    alike = 0.3 < (np.std(large) / np.mean(large) + 1e-9) / (np.std(small) / np.mean(small) + 1e-9) < 3
    if not fitting or not alike:
        return None
    return _Scales(fitting[0], float(np.sqrt(small[-1] * large[0])), len(large) / len(values))


def _shifted(values: Vector, edge: int) -> _Scales | None:
    """The same where the units have another zero; `values`: in order, `edge`: so many at either end are no group."""
    import numpy as np

    at = edge + int(np.argmax(np.diff(values[edge - 1 : -edge])))
    small, large = values[:at], values[at:]
    width = float(np.quantile(small, 0.9) - np.quantile(small, 0.1))
    if large[0] - small[-1] < CLEAR * width or width <= 0:
        return None
    for ratio, more in SHIFTED:
        off = float(np.median(large)) - (ratio * float(np.median(small)) + more)
        alike = 0.5 < np.std(large) / (ratio * np.std(small)) < 2
        if alike and abs(off) <= ratio * width / 2:
            return _Scales(ratio, float(small[-1] + large[0]) / 2, len(large) / len(values), more)
    return None


def _mixed_scale(scales: dict[str, _Scales]) -> Finding:
    name, found = next(iter(scales.items()))
    listed, ratio = columns(list(scales)), f"{found.ratio:g}"
    head = sql_name(name)
    return Finding(
        "mixed_scale",
        "warn",
        Text(f"{listed.en}: two units seem to be mixed", f"{listed.zh}：似乎混用了两种单位"),
        Text(
            f"Some values of {quoted(name)} are about {ratio} times as large as the others, with nothing in between, "
            "as if part of them were in another unit (mm instead of m, say). A model would take this for a huge "
            "difference.",
            f"{quoted(name)}的部分值约为其他值的 {ratio} "
            "倍，中间没有过渡，好像其中一部分用了另一种单位（例如毫米而不是米）。模型会把它当成巨大的差异。",
        ),
        list(scales),
        {
            each: {"ratio": scale.ratio, "above": scale.limit, "share": round(scale.share, 4)}
            for each, scale in scales.items()
        },
        step(
            Text(f"Divide the large values of {quoted(name)} by {ratio}", f"将{quoted(name)}中较大的值除以 {ratio}"),
            "shape.derive_column",
            name=name,
            expression=f"CASE WHEN {head} > {found.limit:.6g} THEN {head} / {ratio} ELSE {head} END",
        ),
    )


def _mixed_degrees(scales: dict[str, _Scales]) -> Finding:
    name, found = next(iter(scales.items()))
    listed, head = columns(list(scales)), sql_name(name)
    units = Text("degrees Fahrenheit", "华氏度") if found.ratio > 1 else Text("kelvin", "开尔文")
    back = f"({head} - 32) / 1.8" if found.ratio > 1 else f"{head} - 273.15"
    return Finding(
        "mixed_degrees",
        "warn",
        Text(
            f"{listed.en}: degrees Celsius and {units.en} seem to be mixed",
            f"{listed.zh}：似乎混用了摄氏度和{units.zh}",
        ),
        Text(
            f"Some values of {quoted(name)} lie far above the others, just where those would be in {units.en}, with "
            "nothing in between. A model would take this for a huge difference.",
            f"{quoted(name)}的部分值远高于其他值，恰好相当于把其他值换算成{units.zh}，中间没有过渡。模型会把它当成巨大的差异。",
        ),
        list(scales),
        {each: {"above": scale.limit, "share": round(scale.share, 4)} for each, scale in scales.items()},
        step(
            Text(f"Turn the large values of {quoted(name)} into Celsius", f"将{quoted(name)}中较大的值换算为摄氏度"),
            "shape.derive_column",
            name=name,
            expression=f"CASE WHEN {head} > {found.limit:.6g} THEN {back} ELSE {head} END",
        ),
    )
