"""Values that no measurement gives: error codes such as -999, and rows that are absurd as a whole."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Fix, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, named, quoted, rows, step

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Vector = np.ndarray[Any, np.dtype[Any]]

CODES = sorted(
    {float(sign * number) for number in (99, 999, 9999, 99999, 999999, 9999999) for sign in (1, -1)}
    | {float(sign * number) for number in (888, 8888, 1e5, 1e6, 1e7, 32767, 65535, 2147483647) for sign in (1, -1)}
    | {
        float("inf"),
        float("-inf"),
        -1.0,
        -9.0,
        -32768.0,
        -2147483648.0,
        999.9,
        -999.9,
        9999.9,
        999.99,
        -999.99,
        1e9,
        1e10,
        1e20,
        1e30,
    }
)
"""What devices and programs write in place of a measurement."""

LEAST = 30
"""Fewer values of a column show nothing."""

ODD = 0.05
"""Share of a code's rows that may have another answer than the others of them."""

MOST = 0.02
"""Share of a column's rows that may be absurd; more of them are a mode of the process."""

CODES_BY_NAME = re.compile(r"(^|[^a-z])(id|no|nr|code|item|type|zip|key|user)([^a-z]|$)|编号|代码", re.IGNORECASE)
"""Names of whole numbers that measure nothing."""

TAIL = 2.5
"""How many times farther the large values must lie from the middle than the small ones, and above it."""

FAR = 10.0
FARTHER = 3.5
"""How many times farther than 19 of 20 rows a value lies from the middle, as it is and on a scale of magnitudes: a
long-tailed column passes the first and not the second."""


def about_extremes(subject: Subject) -> Iterator[Finding]:
    """Findings `error_codes`, `outlier_rows`, `skewed`."""
    import polars as pl

    coded: dict[str, list[float]] = {}
    bad: dict[str, Far] = {}
    for name in subject.numbers(subject.features if subject.has_classes else None):
        column = subject.frame[name].cast(pl.Float64)
        codes = [code for code in codes_in(column) if not _goes_with_one_answer(subject, column == code)]
        if codes:
            coded[name] = codes
        if subject.kind != "unusual" and (found := _absurd(subject, name, codes)) is not None:
            bad[name] = found
    if coded:
        yield _error_codes(subject, coded)
    if bad:
        yield _outliers(subject, bad)
    if subject.kind in ("groups", "unusual") and (skewed := _skewed(subject)):
        yield _long_tails(skewed)


def codes_in(column: pl.Series) -> list[float]:
    """The codes in a column that lie farther from all other values than those lie from each other."""

    values = column.drop_nulls()
    if len(values) < 10:
        return []
    low, high = values.min(), values.max()
    edges = [code for code in CODES if code in (low, high)]
    if not edges:
        return []
    present = [code for code in CODES if low <= code <= high and bool((values == code).any())]  # type: ignore[operator]
    rest = values.filter(~values.is_in(present) & values.is_finite())
    if rest.n_unique() < 3:
        return []
    lowest, highest = float(rest.min()), float(rest.max())  # type: ignore[arg-type]
    width = float(rest.quantile(0.99)) - float(rest.quantile(0.01))  # type: ignore[arg-type]
    found = []
    for code in present:
        distance = lowest - code if code < lowest else code - highest
        # -1 and -9 stand for a gap only where everything else is far above nothing.
        needed = width if abs(code) > 9 else max(width / 2, 5.0)
        if distance > needed:
            found.append(code)
    return found


def _goes_with_one_answer(subject: Subject, has_code: pl.Series) -> bool:
    """Whether rows with a code nearly all have the same answer, unlike the others.

    It is the end of a scale then, such as an income of 99999 or more, and says what an empty cell would not.
    """
    if not subject.has_classes or not subject.target:
        return False
    answers = subject.frame[subject.target]
    there = answers.filter(has_code.fill_null(False)).drop_nulls()
    if len(there) < LEAST:
        return False
    answer = there.mode()[0]
    others, rest = float((there != answer).mean()), float((answers.drop_nulls() != answer).mean())
    return others <= ODD and others < rest / 5


@dataclass(frozen=True)
class Far:
    """Which rows of a column lie absurdly far out, and the limits beyond which a value does."""

    hit: Vector
    low: float
    high: float


def _absurd(subject: Subject, name: str, codes: list[float]) -> Far | None:
    """Values that are absurd beside all others, and beside those that will be learned from: these give the limits."""
    import polars as pl

    def values(frame: pl.DataFrame) -> Vector:
        column = frame[name].cast(pl.Float64)
        return column.set(column.is_in(codes).fill_null(False), None).to_numpy()

    every = values(subject.frame)
    if _far(every, every) is None:
        return None
    return _far(every, values(subject.learned))


def _far(values: Vector, learned: Vector) -> Far | None:
    """The values that lie absurdly far from the middle of the learned ones; None where there are none, or too many."""
    import numpy as np

    known, finite = learned[np.isfinite(learned)], values[np.isfinite(values)]
    if len(finite) < LEAST or len(known) < LEAST / 2:
        return None
    middle = float(np.median(known))
    away = np.abs(known - middle)
    mad, usual = float(np.median(away)), float(np.quantile(away, 0.95))
    if mad <= 0:
        return None
    with np.errstate(over="ignore"):
        reach = max(FAR * usual, mad * float(np.sinh(FARTHER * np.arcsinh(usual / mad))))
    if not math.isfinite(reach):
        return None
    digits = 3 - math.floor(math.log10(reach))  # limits that people can read
    low, high = round(middle - reach, digits), round(middle + reach, digits)
    wild = int(((finite < low) | (finite > high)).sum())
    if not wild or wild > max(1, MOST * len(finite)):
        return None
    with np.errstate(invalid="ignore"):
        return Far((values < low) | (values > high), low, high)


def _error_codes(subject: Subject, coded: dict[str, list[float]]) -> Finding:
    import polars as pl

    chosen, codes = _compatible(subject, coded)
    count = sum(int(subject.frame[name].cast(pl.Float64).is_in(coded[name]).sum()) for name in coded)
    listed, texts = columns(list(coded)), [f"{code:g}" if abs(code) < 1e6 else f"{code:.0f}" for code in codes]
    shown = named(texts)
    looks = "looks like an error code" if len(texts) == 1 else "look like error codes"
    return Finding(
        "error_codes",
        "warn",
        Text(f"{listed.en}: {shown.en} {looks}", f"{listed.zh}：{shown.zh}像是错误代码"),
        Text(
            f"The value stands far away from all others ({rows(count).en}). Devices often write such a number when "
            "they could not measure. Taken as a measurement it spoils averages and models; as an empty cell it does "
            "no harm.",
            f"该值远离其他所有值（共 {rows(count).zh}）。设备测不到值时常写入这样的数字。"
            "当作测量值会扭曲平均值和模型；当作空值则无害。",
        ),
        list(coded),
        {"codes": texts, "rows": count},
        step(
            Text(f"Read {shown.en} as empty", f"把{shown.zh}视为空"), "clean.replace_values", columns=chosen, gaps=texts
        ),
    )


def _compatible(subject: Subject, coded: dict[str, list[float]]) -> tuple[list[str], list[float]]:
    """Columns and codes for one step: no code is a real value in another of the columns."""
    import polars as pl

    chosen: list[str] = []
    codes: set[float] = set()
    for name, own in coded.items():
        together = codes | set(own)
        foreign = {each: list(together - set(coded[each])) for each in [*chosen, name]}
        if not any(subject.frame[each].cast(pl.Float64).is_in(others).any() for each, others in foreign.items()):
            chosen.append(name)
            codes = together
    return chosen, sorted(codes)


def _outliers(subject: Subject, bad: dict[str, Far]) -> Finding:
    import numpy as np

    hits = np.column_stack([far.hit for far in bad.values()])
    count, whole = int(hits.any(axis=1).sum()), int((hits.sum(axis=1) >= 3).sum())
    listed = columns(list(bad))
    name = next(iter(bad))
    example = subject.frame[name].filter(bad[name].hit.tolist())[0]
    together = Text(
        f" In {rows(whole).en} several columns are absurd at once: such rows are broken as a whole." if whole else "",
        f"其中 {rows(whole).zh}有多列同时离谱：这样的行整行都有问题。" if whole else "",
    )
    return Finding(
        "outlier_rows",
        "warn",
        Text(
            f"{rows(count).en} with absurd values in {named(list(bad)).en}",
            f"{rows(count).zh}的值离谱：{named(list(bad)).zh}",
        ),
        Text(
            f"For example {quoted(name)} is {example:g} there, many times farther from the middle than 19 of 20 "
            f"rows.{together.en} Most likely nobody measured this. A few such values can bend a whole model.",
            f"例如{quoted(name)}在那里为 {example:g}，与中间值的距离是 95% 的行的许多倍。"
            f"{together.zh}这多半不是真实测量。几个这样的值就足以带偏整个模型。",
        ),
        list(bad),
        {"rows": count, "whole_rows": whole, "columns": listed.en},
        _emptied(bad),
    )


def _emptied(bad: dict[str, Far]) -> Fix:
    """The limits are written down as numbers: a step that found them in its rows would see those of the test too."""
    return step(
        Text("Empty these cells", "清空这些单元格"),
        "clean.limit_values",
        limits=[{"column": name, "low": far.low, "high": far.high} for name, far in bad.items()],
        action="null",
    )


def _skewed(subject: Subject) -> list[str]:
    """Columns of amounts whose large values lie many times farther from the middle than the small ones."""
    found = []
    for name in subject.numbers(subject.features):
        column = subject.frame[name].drop_nulls()
        is_code = column.dtype.is_integer() and CODES_BY_NAME.search(name)
        if is_code or subject.distinct[name] <= 20 or column.min() < 0:  # type: ignore[operator]
            continue
        low, middle, high = (float(column.quantile(share) or 0) for share in (0.05, 0.5, 0.95))
        if high - middle > TAIL * (middle - low) and high > TAIL * middle:
            found.append(name)
    return found


def _long_tails(names: list[str]) -> Finding:
    listed = columns(names)
    return Finding(
        "skewed",
        "note",
        Text(f"{listed.en}: a few values are very large", f"{listed.zh}：少数值非常大"),
        Text(
            "Most rows are small and a few are many times as large, as with amounts of money or counts. By "
            "differences these few would decide the result alone, so such columns are compared by ratio (twice as "
            "much). This is done by itself.",
            "多数行的值很小，少数行大很多倍，金额和计数常常如此。如果按差值比较，结果将只由这少数行决定，因此这类列会自动按倍数（如两倍）比较。",
        ),
        names,
    )
