"""Divide rows into training and test rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.shape import _spark_split
from patchbay_operators.shape._time import parse_start
from patchbay_sdk import Context, DataError, Metrics, Operator, Outputs, ParamError, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Rows = np.ndarray[Any, Any]


class Split(Operator):
    """Divides rows at random, stratified, by time, by group or by their order.

    Random, stratified and group splits are scikit-learn's, row order included, for the node's seed.
    """

    def run(
        self,
        context: Context,
        table: Table,
        method: str,
        test_share: float = 0.2,
        column: str = "",
        cut: str = "share",
        start: str = "",
    ) -> Outputs:
        """Training rows, test rows and their counts. By time without a column: the rows are in the order of time.

        Raises:
            DataError: a part would be empty, or the column does not fit the method.
            ParamError: a start is given without a time column.
        """
        _check(table, method, column, cut)
        if method == "time" and column:
            train, test = _by_time(table, column, start if cut == "start" else None, test_share)
        elif method == "group":
            table.require(column)
            train, test = _by_group(table.polars()[column], test_share, context.seed)
        else:
            strata = _classes(table, column) if method == "stratified" else None
            in_order = method in ("order", "time")
            train, test = _by_share(table.num_rows, test_share, not in_order, strata, context.seed)
        frame = table.polars()
        return {
            "train": table.replace(frame[train]),
            "test": table.replace(frame[test]),
            "metrics": _counted(context, method, table.num_rows, len(test)),
        }

    def run_spark(
        self,
        context: Context,
        table: Table,
        method: str,
        test_share: float = 0.2,
        column: str = "",
        cut: str = "share",
        start: str = "",
    ) -> Outputs:
        """As `run`; at random and stratified, other rows are drawn than locally, the same ones each time."""
        _check(table, method, column, cut)
        parts = _spark_split.Parts(context.spark, table, context.seed)
        if method == "time" and column:
            table.require(column)
            missing, times = parts.times(column)
            _refuse_missing(missing, column)
            point = parse_start(start, times) if cut == "start" else parts.time_of_last_share(column, test_share)
            parts.by_time(column, point)
            if parts.test_rows in (0, table.num_rows):
                raise _empty_part(point, column, parts.test_rows, *parts.extent(column))
        elif method == "group":
            table.require(column)
            groups = parts.groups(column)
            parts.by_groups(groups[_by_group(groups["key"].alias(column), test_share, context.seed)[1]])
        elif method == "stratified":
            table.require(column)
            groups = parts.groups(column)
            _refuse_rare(groups["rows"].to_list(), groups["key"].to_list(), column)
            test_rows = _test_rows(table.num_rows, test_share)
            _check_classes(test_rows, table.num_rows, groups.height)
            parts.stratified(groups, test_rows)
        else:
            parts.by_share(_test_rows(table.num_rows, test_share), in_order=method in ("order", "time"))
        train, test = parts.frames()
        return {
            "train": table.replace(train),
            "test": table.replace(test),
            "metrics": _counted(context, method, table.num_rows, parts.test_rows),
        }


def _check(table: Table, method: str, column: str, cut: str) -> None:
    if table.num_rows < 2:
        few = Text(
            f"The table has {table.num_rows} row(s); a split needs at least 2.",
            f"表格只有 {table.num_rows} 行；划分至少需要 2 行。",
        )
        raise DataError(few.as_json())
    if method == "time" and not column and cut == "start":
        no_time = Text(
            "start: a date needs a time column; name it, or cut by share.",
            "按日期划分需要时间列；请选择时间列，或改为按比例划分。",
        )
        raise ParamError(no_time.as_json(), field="column")


def _counted(context: Context, method: str, rows: int, test_rows: int) -> Metrics:
    context.log(f"{rows - test_rows} training rows, {test_rows} test rows.")
    counts = {"train_rows": rows - test_rows, "test_rows": test_rows, "test_share": test_rows / rows}
    return Metrics(counts, about={"method": method, "rows": rows, "seed": context.seed})


def _test_rows(rows: int, share: float) -> int:
    test_rows = math.ceil(share * rows)
    if test_rows >= rows:
        none = Text(
            f"A test share of {share:g} leaves none of the {rows} rows for training; choose a smaller one.",
            f"测试集比例为 {share:g} 时，{rows} 行中没有一行留给训练；请减小比例。",
        )
        raise DataError(none.as_json())
    return test_rows


def _check_classes(test_rows: int, rows: int, classes: int) -> None:
    if min(test_rows, rows - test_rows) < classes:
        raise DataError(
            Text(
                f"{test_rows} test and {rows - test_rows} training rows cannot hold all {classes} classes; "
                "change the test share, or split at random.",
                f"{test_rows} 行测试集和 {rows - test_rows} 行训练集无法都包含全部 {classes} 个类别；"
                "请调整测试集比例，或改为随机划分。",
            ).as_json()
        )


def _refuse_missing(missing: int, column: str) -> None:
    if missing:
        raise DataError(
            Text(
                f"{missing} row(s) have no {column!r}, so they are neither before nor after the cut. "
                "Drop them (step “Drop rows with gaps”) or fill them first.",
                f"{missing} 行没有“{column}”，无法判断在划分点之前还是之后。请先删除这些行，或填充缺失值。",
            ).as_json(),
            column=column,
        )


def _empty_part(cut: Any, column: str, test_rows: int, low: Any, high: Any) -> DataError:
    empty = Text("training", "训练集") if test_rows else Text("test", "测试集")
    return DataError(
        Text(
            f"Cut at {cut}: no {empty.en} rows; {column!r} goes from {low!s} to {high!s}. Choose another cut.",
            f"在 {cut} 处划分时{empty.zh}没有行；“{column}”从 {low!s} 到 {high!s}。请换一个划分点。",
        ).as_json(),
        column=column,
    )


def _refuse_rare(counts: Sequence[int], values: Sequence[Any], column: str) -> None:
    rare = min(range(len(counts)), key=counts.__getitem__)
    if counts[rare] < 2:
        raise DataError(
            Text(
                f"Class {values[rare]!r} of {column!r} has only 1 row, which cannot be in both parts. "
                "Drop it, merge it with another class, or split at random.",
                f"“{column}”的类别“{values[rare]}”只有 1 行，无法同时进入两部分。"
                "请删除、与其他类别合并，或改为随机划分。",
            ).as_json(),
            column=column,
        )


def _by_share(rows: int, share: float, shuffle: bool, strata: Rows | None, seed: int) -> tuple[Rows, Rows]:
    """https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html"""
    import numpy as np
    from sklearn.model_selection import train_test_split

    test_rows = _test_rows(rows, share)
    if strata is not None:
        _check_classes(test_rows, rows, len(np.unique(strata)))
    random_state = seed if shuffle else None
    train, test = train_test_split(
        np.arange(rows), test_size=share, shuffle=shuffle, stratify=strata, random_state=random_state
    )
    return train, test


def _by_group(values: pl.Series, share: float, seed: int) -> tuple[Rows, Rows]:
    """https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.GroupShuffleSplit.html"""
    from sklearn.model_selection import GroupShuffleSplit

    groups = _codes(values)
    count = int(groups.max()) + 1
    if math.ceil(share * count) >= count:
        raise DataError(
            Text(
                f"{values.name!r} has {count} group(s); a test share of {share:g} of them leaves none for training.",
                f"“{values.name}”有 {count} 组；测试集比例为 {share:g} 时没有一组留给训练。请减小比例，或换一列。",
            ).as_json()
        )
    train, test = next(GroupShuffleSplit(1, test_size=share, random_state=seed).split(groups, groups=groups))
    return train, test


def _by_time(table: Table, column: str, start: str | None, share: float) -> tuple[Rows, Rows]:
    """Rows from a point in time on are test rows; rows of the same time are never divided."""
    import numpy as np

    table.require(column)
    times = table.polars()[column]
    times = times.fill_nan(None) if times.dtype.is_float() else times
    _refuse_missing(times.null_count(), column)
    cut = parse_start(start, times) if start is not None else _time_of_last_share(times, share)
    is_test = (times >= cut).to_numpy()
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    if not len(train) or not len(test):
        raise _empty_part(cut, column, len(test), times.min(), times.max())
    return train, test


def _time_of_last_share(times: pl.Series, share: float) -> Any:
    return times.sort()[len(times) - math.ceil(share * len(times))]


def _classes(table: Table, column: str) -> Rows:
    import numpy as np

    table.require(column)
    codes = _codes(table.polars()[column])
    first = np.unique(codes, return_index=True)[1]
    _refuse_rare(np.bincount(codes).tolist(), table.polars()[column][first].to_list(), column)
    return codes


def _codes(values: pl.Series) -> Rows:
    """Position of each row's value among the sorted distinct values; missing is a value of its own, the last."""
    import polars as pl

    if isinstance(values.dtype, pl.Categorical | pl.Enum):
        values = values.cast(pl.String)
    if values.dtype.is_float():
        values = values.fill_nan(None)
    if values.dtype.is_nested() or values.dtype == pl.Null:
        raise _spark_split.not_divisible(values.name)
    ranks = values.rank("dense").cast(pl.Int64) - 1
    missing = ranks.n_unique() - 1 if ranks.null_count() else 0
    codes: Rows = ranks.fill_null(missing).to_numpy()
    return codes
