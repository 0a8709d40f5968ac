"""Which rows train and which test, for cross-validation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.labels import label_texts
from patchbay_sdk import DataError, ParamError, Table

if TYPE_CHECKING:
    import numpy as np

    Rows = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Fold:
    """Positions of rows of the table, both ascending. `number` counts from 1."""

    number: int
    train: Rows
    test: Rows


def make_folds(table: Table, method: str, column: str, count: int, seed: int) -> list[Fold]:
    """Divide the rows `count` times, so that no row is tested twice.

    Args:
        method: random, stratified (same share of each class of `column`), group (rows of one value of `column` stay
            together) or time (each fold tests what comes after all of its training rows; rows of the same time stay
            together, and the first part only trains).
        column: of the classes, groups or times; by time, empty: the rows are in the order of time.

    Raises:
        DataError: the rows are too few, or the column does not fit.
        ParamError: the method needs a column.
    """
    if table.num_rows < 2:
        few = Text(
            f"The table has {table.num_rows} row(s); cross-validation needs at least 2.",
            f"表中有 {table.num_rows} 行；交叉验证至少需要 2 行。",
        )
        raise DataError(few.as_json())
    if method in ("stratified", "group") and not column:
        by = "类别" if method == "stratified" else "组"
        needed = Text(f"column: {method} folds need one; choose it.", f"按{by}划分需要一列；请选择该列。")
        raise ParamError(needed.as_json(), field="column")
    if column:
        table.require(column)
    divide = {"random": _random, "stratified": _stratified, "group": _by_group, "time": _by_time}[method]
    return [Fold(number, train, test) for number, (train, test) in enumerate(divide(table, column, count, seed), 1)]


def _random(table: Table, column: str, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.KFold.html"""
    from sklearn.model_selection import KFold

    if table.num_rows < count:
        few = Text(
            f"{table.num_rows} rows cannot make {count} folds; choose fewer.",
            f"{table.num_rows} 行无法分成 {count} 折；请减少折数。",
        )
        raise DataError(few.as_json())
    yield from KFold(count, shuffle=True, random_state=seed).split(range(table.num_rows))


def _stratified(table: Table, column: str, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.StratifiedKFold.html"""
    from sklearn.model_selection import StratifiedKFold

    classes = label_texts(table.polars()[column]).fill_null("(missing)")
    rarest, rows = min(classes.alias("value").value_counts().rows(), key=lambda pair: (pair[1], pair[0]))
    if rows < count:
        raise DataError(
            Text(
                f"Class {rarest!r} of {column!r} has {rows} row(s), which cannot be in all {count} folds. Choose fewer "
                "folds, random ones (a number is no class), or merge the class with another.",
                f"“{column}”的类别“{rarest}”有 {rows} 行，不能分到全部 {count} 折中。"
                "请减少折数、改为随机划分（数值不是类别），或将该类别与其他类别合并。",
            ).as_json(),
            column=column,
        )
    yield from StratifiedKFold(count, shuffle=True, random_state=seed).split(classes, classes)


def _by_group(table: Table, column: str, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.GroupKFold.html"""
    import polars as pl
    from sklearn.model_selection import GroupKFold

    groups = table.polars()[column].cast(pl.String, strict=False).fill_null("(missing)").to_numpy()
    found = len(set(groups))
    if found < count:
        raise DataError(
            Text(
                f"{column!r} has {found} group(s), which cannot make {count} folds; choose fewer.",
                f"“{column}”有 {found} 个组，无法分成 {count} 折；请减少折数。",
            ).as_json(),
            column=column,
        )
    yield from GroupKFold(count, shuffle=True, random_state=seed).split(groups, groups=groups)


def _by_time(table: Table, column: str, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """The times are cut into `count` + 1 parts of about equal rows; each part but the first is tested once."""
    import numpy as np

    ranks = _time_ranks(table, column)
    ordered = np.sort(ranks)
    cuts = [int(ordered[len(ordered) * part // (count + 1)]) for part in range(1, count + 1)]
    if len(set(cuts)) < count or cuts[0] == 0:
        times = len(set(ranks.tolist()))
        raise DataError(
            Text(
                f"There are {times} different times in {table.num_rows} rows, too few or too unequal for {count} folds "
                "by time; choose fewer.",
                f"{table.num_rows} 行中有 {times} 个不同的时间，太少或太不均匀，无法按时间分成 {count} 折；"
                "请减少折数。",
            ).as_json(),
            column=column,
        )
    for begin, end in zip(cuts, [*cuts[1:], int(ordered[-1]) + 1], strict=True):
        yield np.flatnonzero(ranks < begin), np.flatnonzero((ranks >= begin) & (ranks < end))


def _time_ranks(table: Table, column: str) -> Rows:
    """The position of each row's time among the different times, from 0."""
    import numpy as np

    if not column:
        return np.arange(table.num_rows)
    times = table.polars()[column]
    times = times.fill_nan(None) if times.dtype.is_float() else times
    if not (times.dtype.is_numeric() or times.dtype.is_temporal()):
        raise DataError(
            Text(
                f"{column!r} is {times.dtype}; folds by time need times or numbers. Cast it "
                "(step “Change column type”).",
                f"“{column}”的类型是 {times.dtype}；按时间划分需要时间或数值。请先转换类型（步骤“转换列类型”）。",
            ).as_json(),
            column=column,
        )
    if missing := times.null_count():
        raise DataError(
            Text(
                f"{missing} row(s) have no {column!r}. Drop them (step “Drop rows with gaps”) or fill them first.",
                f"有 {missing} 行没有“{column}”的值。请先删除这些行（步骤“删除含缺失值的行”）或填充。",
            ).as_json(),
            column=column,
        )
    ranks: Rows = (times.rank("dense") - 1).to_numpy().astype(np.int64)
    return ranks
