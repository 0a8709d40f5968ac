"""Why a row is unusual: the columns that are furthest from what is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.report.words import number
from patchbay_operators.taken_names import make_room
from patchbay_operators.unusual.detector import UnusualRows
from patchbay_operators.unusual.usual import Usual
from patchbay_sdk import Context, DataError, Model, Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FAR = 2.0
"""Spreads from what is usual from which on a value is a reason."""
MOST_COLUMNS = 3
ADDED = ("unusual", "score", "reason")
"""Columns that answers add."""


def detector_of(model: Model) -> UnusualRows:
    """The detector in a model. Raises DataError for a model of another kind."""
    if not isinstance(model.estimator, UnusualRows):
        other = Text(
            "model: this takes a model that comes from the step “Automatic search for unusual rows”.",
            "这里需要由“自动查找异常行”得到的模型。",
        )
        raise DataError(other.as_json())
    return model.estimator


@dataclass(frozen=True)
class Reason:
    """Why a row is unusual: its columns, the most unusual first, and a sentence."""

    columns: Sequence[str]
    words: Text


@dataclass(frozen=True)
class Judged:
    """A table that was judged: the score of each row, and the unusual rows, the strangest first, with their reasons."""

    score: Array
    called: Array
    reasons: Sequence[Reason]


def judge(made: UnusualRows, prepared: Table) -> Judged:
    """Which rows of a prepared table are unusual, and why. Raises DataError when the table does not fit."""
    import numpy as np

    matrix = made.take(prepared, [])
    score = made.rarity(matrix) if len(matrix) else np.empty(0)
    called = np.flatnonzero(score >= made.options["threshold"])
    called = called[np.argsort(-score[called], kind="stable")]
    return Judged(score, called, reasons(made, prepared, matrix, called))


def beside_rows(context: Context, table: Table, judged: Judged, language: str) -> Table:
    """The table with `unusual`, `score` and `reason`; columns that had these names are kept under others."""
    import numpy as np
    import polars as pl

    table = make_room(context, table, ADDED)
    words: list[str | None] = [None] * len(judged.score)
    for row, reason in zip(judged.called, judged.reasons, strict=True):
        words[int(row)] = reason.words.en if language == "en" else reason.words.zh
    flags = np.zeros(len(judged.score), bool)
    flags[judged.called] = True
    answered = table.polars().with_columns(
        pl.Series("unusual", flags, dtype=pl.Boolean),
        pl.Series("score", judged.score, dtype=pl.Float64),
        pl.Series("reason", words, dtype=pl.String),
    )
    return table.replace(answered)


def reasons(made: UnusualRows, table: Table, matrix: Array, rows: Array) -> list[Reason]:
    """Of the rows at these positions; `matrix`: what `made.take` gave for the whole table."""
    usual = made.usual
    middles, values, told = usual.middle_of(table), usual.values_of(table), usual.told_by_others(table)
    count, window = usual.width, made.options["window"]
    found = []
    for row in rows:
        words = usual.words_of(table, int(row))
        parts = _parts(usual, words, matrix[row, :count], values[row], middles[row], told[row])
        found.append(_reason(usual, parts, matrix[row, :count], matrix[row, 3 * count :], window))
    return found


def _parts(
    usual: Usual, words: Mapping[str, Any], far: Array, values: Array, middles: Array, told: Array
) -> dict[str, Text]:
    """The columns that are furthest from usual, the furthest first, and what is said of each."""
    import numpy as np

    parts: dict[str, Text] = {}
    for place in np.argsort(-np.abs(far), kind="stable"):
        name = usual.named[place]
        if abs(far[place]) < FAR or len(parts) == MOST_COLUMNS:
            break
        if name in parts:
            continue
        own = list(usual.columns).index(name)
        if place >= len(usual.columns) and abs(far[own]) < FAR:
            parts[name] = _of_relation(name, values[own], told[place - len(usual.columns)])
        elif name in words:
            parts[name] = _of_word(name, words[name])
        else:
            parts[name] = _of_value(name, values[own], middles[own], far[own])
    return parts


def _reason(usual: Usual, parts: Mapping[str, Text], far: Array, stretch: Array, window: int) -> Reason:
    import numpy as np

    columns = usual.named
    if parts:
        words = Text("; ".join(part.en for part in parts.values()), "；".join(part.zh for part in parts.values()))
        return Reason(list(parts), words)
    if window and len(stretch):
        place = int(np.argmax(stretch))
        name = columns[place]
        words = Text(
            f"{name} has been off its usual level over the last {window} rows",
            f"{name} 在最近 {window} 行中偏离正常水平",
        )
        return Reason([name], words)
    order = np.argsort(-np.abs(far), kind="stable")
    first = list(dict.fromkeys(columns[int(place)] for place in order))[:2]
    both = Text(" and ".join(first), "与".join(first))
    if len(first) < 2:
        return Reason(first, Text(f"{both.en} is at the edge of what is usual", f"{both.zh} 处于正常范围边缘"))
    return Reason(first, Text(f"an unusual combination of {both.en}", f"{both.zh} 的组合少见"))


def _of_value(name: str, value: float, middle: float, far: float) -> Text:
    import math

    usual = number(float(middle))
    if not math.isfinite(value):
        return _is_empty(name)
    if {value, middle} <= {0.0, 1.0}:
        return Text(
            f"{name} is {number(float(value))}, usually {usual}", f"{name} 为 {number(float(value))}，通常为 {usual}"
        )
    level, level_zh = ("high", "偏高") if far > 0 else ("low", "偏低")
    return Text(
        f"{name} is {level}: {number(float(value))}, usually about {usual}",
        f"{name} {level_zh}：{number(float(value))}，通常约为 {usual}",
    )


def _of_relation(name: str, value: float, told: float) -> Text:
    here, there = number(float(value)), number(float(told))
    return Text(
        f"{name} does not go with the other columns: {here}, by them about {there}",
        f"{name} 与其他列不相称：{here}，按其他列应约为 {there}",
    )


def _of_word(name: str, word: Any) -> Text:
    if word is None:
        return _is_empty(name)
    return Text(f"{name} is {word}, which is rare", f"{name} 为 {word}，很少见")


def _is_empty(name: str) -> Text:
    return Text(f"{name} is empty, which it rarely is", f"{name} 为空，而该列很少为空")
