"""How well one column alone tells the target: the sign of a column that holds the answer.

Frames have null for NaN, and no row without a target.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.check._columns import FEW_VALUES, count_values
from patchbay_operators.check._problems import percent, plural, show

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Matrix = np.ndarray[Any, np.dtype[np.float64]]

MIN_ROWS = 10
"""Fewer rows of a class, of a value or of a column prove nothing."""

CHANCE = 1e-6
"""Rows of one value that agree on a class count only when chance would do that less often."""

MAX_CLASSES = 50
"""Of more classes only the most frequent are looked at."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well a column tells the target, from 0 to 1, by which `measure`, and the same in a sentence.

    `about`: what the sentence is made of: `of` (value, order, gap, categories) and, for classes, `class`; for the
    purity of one value also `value`, `rows` and `overall`, the share of the class among all rows.
    """

    column: str
    score: float
    measure: str
    message: Text
    about: Mapping[str, Any] = field(default_factory=dict)


def best_scores(scores: Iterable[Score]) -> list[Score]:
    """The best score of every column, the highest first."""
    best: dict[str, Score] = {}
    for score in scores:
        if score.column not in best or score.score > best[score.column].score:
            best[score.column] = score
    return sorted(best.values(), key=lambda score: -score.score)


def class_scores(frame: pl.DataFrame, target: pl.Series, limit: float) -> Iterator[Score]:
    """Scores for a target of classes.

    The area under the ROC curve (one class against the others) of every column's values, and of being missing; and
    values that come with one class in at least `limit` of their rows.
    """
    import numpy as np

    classes = count_values(target).sort("rows", "value")["value"].to_list()[-MAX_CLASSES:]
    one_hot = np.column_stack([(target == value).to_numpy() for value in classes]).astype(np.float64)
    for ranked, of in ((ranks(frame), "value"), (ranks(gaps(frame)), "gap")):
        found = areas(ranked.to_numpy(), one_hot) if ranked.columns else one_hot
        for position, name in enumerate(ranked.columns):
            best = int(np.argmax(found[:, position]))
            area, subject = float(found[best, position]), _subject(of, frame[name])
            message = Text(
                f"{subject.en} tells whether {target.name!r} is {show(classes[best])} "
                f"(AUC {area:.3f}; 0.5 is chance, 1 perfect).",
                f"{subject.zh}就能判断“{target.name}”是否为“{classes[best]}”"
                f"（AUC {area:.3f}；0.5 为随机，1 为完全准确）。",
            )
            yield Score(name, area, "AUC", message, {"of": of, "class": classes[best]})
    yield from _telling_values(frame, target, limit)


def number_scores(frame: pl.DataFrame, target: pl.Series) -> Iterator[Score]:
    """Scores for a target that is a quantity.

    The squared Pearson correlation of every number and of being missing, the absolute Spearman correlation, and the
    share of variance that the categories of a text column explain, adjusted for how many they are.
    """
    import numpy as np
    import polars as pl

    numbers = frame.select(pl.col(n).cast(pl.Float64) for n, t in frame.schema.items() if t.is_numeric())
    y, rank = target.cast(pl.Float64).to_numpy(), target.rank("average").to_numpy()
    for values, other, measure, of in (
        (numbers, y, "R2", "value"),
        (ranks(frame), rank, "Spearman", "order"),
        (gaps(frame).cast(pl.Float64), y, "R2", "gap"),
    ):
        if values.columns:
            found = np.abs(correlations(values.to_numpy(), other)) ** (2 if measure == "R2" else 1)
            for name, score in zip(values.columns, found.tolist(), strict=True):
                subject = _subject(of, frame[name])
                message = Text(
                    f"{subject.en} tells {target.name!r} ({measure} {score:.3f}; 0 is chance, 1 perfect).",
                    f"{subject.zh}就能推算“{target.name}”（{measure} {score:.3f}；0 为随机，1 为完全准确）。",
                )
                yield Score(name, score, measure, message, {"of": of})
    for name in frame.columns:
        if _is_text(frame[name]):
            share = _explained(frame[name], target.cast(pl.Float64))
            message = Text(
                f"The categories of {name!r} explain {percent(share)} of {target.name!r}.",
                f"列“{name}”的类别解释了“{target.name}”变化的 {percent(share)}。",
            )
            yield Score(name, share, "R2", message, {"of": "categories"})


def _subject(of: str, column: pl.Series) -> Text:
    """What tells the target: the value of a column, its order, or its gap."""
    english, chinese = repr(column.name), f"仅凭列“{column.name}”"
    if (_is_text(column) or column.dtype.is_integer()) and column.n_unique() == len(column):
        english += " (an identifier: no two rows share a value)"
        chinese += "（编号列：每行的值都不同）"
    if of == "gap":
        return Text(f"Whether column {english} is missing", f"{chinese}是否缺失")
    if of == "order":
        return Text(f"The order of column {english} alone", f"{chinese}的大小顺序")
    return Text(f"Column {english} alone", chinese)


def _is_text(column: pl.Series) -> bool:
    import polars as pl

    return isinstance(column.dtype, pl.String | pl.Categorical | pl.Enum)


def gaps(frame: pl.DataFrame) -> pl.DataFrame:
    """Where values are missing (1) and where not (0), of the columns with gaps."""
    import polars as pl

    return frame.select(pl.col(name).is_null().cast(pl.Int8) for name in frame.columns if frame[name].null_count())


def ranks(frame: pl.DataFrame) -> pl.DataFrame:
    """Average ranks of the columns that have an order: numbers, booleans, times, and text that names each row."""
    import polars as pl

    ordered = []
    for column in frame:
        if column.dtype.is_temporal():
            column = column.to_physical()
        elif column.dtype == pl.Boolean:
            column = column.cast(pl.Int8)
        elif _is_text(column) and column.n_unique() == len(column):
            column = _numbering(column.cast(pl.String))
        elif not column.dtype.is_numeric():
            continue
        ordered.append(column.rank("average").cast(pl.Float64))
    return pl.DataFrame(ordered)


def _numbering(names: pl.Series) -> pl.Series:
    """The last number in each name where all have one ("M14860" -> 14860), so that they sort as people count."""
    import polars as pl

    numbers = names.str.extract(r"(\d+)\D*$").cast(pl.Int64, strict=False)
    return numbers if numbers.null_count() == names.null_count() else names


def areas(ranks: Matrix, one_hot: Matrix) -> Matrix:
    """ROC areas (classes x columns), turned to be at least 0.5, from average ranks (NaN: missing)."""
    import numpy as np

    present = np.isfinite(ranks).astype(np.float64)
    positive = one_hot.T @ present
    negative = present.sum(axis=0) - positive
    enough = (positive >= MIN_ROWS) & (negative >= MIN_ROWS)
    wins = one_hot.T @ np.nan_to_num(ranks) - positive * (positive + 1) / 2
    area = wins / np.where(enough, positive * negative, 1)
    return np.where(enough, np.maximum(area, 1 - area), 0.5)


def _telling_values(frame: pl.DataFrame, target: pl.Series, limit: float) -> Iterator[Score]:
    """Values of text, flags and small whole numbers (and gaps) whose rows nearly all belong to one class.

    A class that most rows have anyway is no sign.
    """
    from scipy.stats import binom

    overall = {label: rows / len(target) for label, rows in count_values(target).iter_rows()}
    for column in frame:
        few = len(column) // MIN_ROWS if _is_text(column) else FEW_VALUES
        by_value = not column.dtype.is_nested() and column.n_unique() <= few
        for values in ([column] if by_value else []) + ([column.is_null()] if column.null_count() else []):
            for value, label, together, rows in _pure(values, target, limit).iter_rows():
                share = overall[label]
                if share <= 0.5 and binom.sf(together - 1, rows, share) < CHANCE:
                    of = "value" if values is column else "gap"
                    state = _state(of, value)
                    message = Text(
                        f"Where {column.name!r} {state.en} ({plural(rows, 'row')}), {target.name!r} is {show(label)} "
                        f"in {percent(together / rows)}; overall in {percent(share)}.",
                        f"“{column.name}”{state.zh}的 {rows:,} 行中，“{target.name}”为“{label}”的占 "
                        f"{percent(together / rows)}，而在全部行中占 {percent(share)}。",
                    )
                    yield Score(
                        column.name,
                        together / rows,
                        "purity",
                        message,
                        {"of": of, "value": value, "class": label, "rows": rows, "overall": share},
                    )


def _state(of: str, value: Any) -> Text:
    """That a column has this value, or whether it has one."""
    if of == "value":
        return Text(f"is {show(value)}", f"为“{value}”")
    return Text("is missing", "缺失") if value else Text("is given", "有值")


def _pure(values: pl.Series, target: pl.Series, limit: float) -> pl.DataFrame:
    """Values that come with one class in at least `limit` of their rows: value, class, rows together, rows in all."""
    import polars as pl

    return (
        pl.DataFrame({"value": values, "class": target})
        .drop_nulls("value")
        .group_by("value", "class")
        .len()
        .with_columns(rows=pl.col("len").sum().over("value"))
        .filter((pl.col("rows") >= MIN_ROWS) & (pl.col("len") >= limit * pl.col("rows")))
        .sort("rows", "value", descending=True)
    )


def correlations(matrix: Matrix, other: Matrix) -> Matrix:
    """Pearson correlation of every column with `other` over the rows where it is finite; 0 where there is none."""
    import numpy as np

    present = np.isfinite(matrix) & np.isfinite(other)[:, None]
    rows = np.maximum(present.sum(axis=0), 1)
    x = np.where(present, matrix, 0.0)
    y = np.where(present, other[:, None], 0.0)
    x = np.where(present, x - x.sum(axis=0) / rows, 0.0)
    y = np.where(present, y - y.sum(axis=0) / rows, 0.0)
    spread = np.sqrt((x**2).sum(axis=0) * (y**2).sum(axis=0))
    enough = (present.sum(axis=0) >= MIN_ROWS) & (spread > 0)
    return np.where(enough, (x * y).sum(axis=0) / np.where(enough, spread, 1), 0.0)


def _explained(column: pl.Series, target: pl.Series) -> float:
    """Share of the target's variance that categories explain (eta squared, adjusted as R2 is); 0 for a name per row."""
    import polars as pl

    rows, groups = len(column), column.n_unique()
    if rows < MIN_ROWS * groups:
        return 0.0
    means = pl.DataFrame({"value": column, "target": target}).select(pl.col("target").mean().over("value"))["target"]
    within, whole = float(((target - means) ** 2).sum()), float(((target - target.mean()) ** 2).sum())
    return max(0.0, 1 - within / whole * (rows - 1) / (rows - groups)) if whole > 0 else 0.0
