"""Divide rows into training and test rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

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
        if table.num_rows < 2:
            raise DataError(f"The table has {table.num_rows} row(s); a split needs at least 2.")
        if method == "time" and not column and cut == "start":
            raise ParamError("start: a date needs a time column; name it, or cut by share.", field="column")
        if method == "time" and column:
            train, test = _by_time(table, column, start if cut == "start" else None, test_share)
        elif method == "group":
            train, test = _by_group(table, column, test_share, context.seed)
        else:
            strata = _classes(table, column) if method == "stratified" else None
            in_order = method in ("order", "time")
            train, test = _by_share(table.num_rows, test_share, not in_order, strata, context.seed)
        context.log(f"{len(train)} training rows, {len(test)} test rows.")
        counts = {"train_rows": len(train), "test_rows": len(test), "test_share": len(test) / table.num_rows}
        frame = table.polars()
        return {
            "train": table.replace(frame[train]),
            "test": table.replace(frame[test]),
            "metrics": Metrics(counts, about={"method": method, "rows": table.num_rows, "seed": context.seed}),
        }


def _by_share(rows: int, share: float, shuffle: bool, strata: Rows | None, seed: int) -> tuple[Rows, Rows]:
    """https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html"""
    import numpy as np
    from sklearn.model_selection import train_test_split

    test_rows = math.ceil(share * rows)
    if test_rows >= rows:
        raise DataError(f"A test share of {share:g} leaves none of the {rows} rows for training; choose a smaller one.")
    if strata is not None:
        classes = len(np.unique(strata))
        if min(test_rows, rows - test_rows) < classes:
            raise DataError(
                f"{test_rows} test and {rows - test_rows} training rows cannot hold all {classes} classes; "
                "change the test share, or split at random."
            )
    random_state = seed if shuffle else None
    train, test = train_test_split(
        np.arange(rows), test_size=share, shuffle=shuffle, stratify=strata, random_state=random_state
    )
    return train, test


def _by_group(table: Table, column: str, share: float, seed: int) -> tuple[Rows, Rows]:
    """https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.GroupShuffleSplit.html"""
    from sklearn.model_selection import GroupShuffleSplit

    groups = _codes(table, column)
    count = int(groups.max()) + 1
    if math.ceil(share * count) >= count:
        raise DataError(f"{column!r} has {count} group(s); a test share of {share:g} of them leaves none for training.")
    train, test = next(GroupShuffleSplit(1, test_size=share, random_state=seed).split(groups, groups=groups))
    return train, test


def _by_time(table: Table, column: str, start: str | None, share: float) -> tuple[Rows, Rows]:
    """Rows from a point in time on are test rows; rows of the same time are never divided."""
    import numpy as np

    table.require(column)
    times = table.polars()[column]
    times = times.fill_nan(None) if times.dtype.is_float() else times
    if missing := times.null_count():
        raise DataError(
            f"{missing} row(s) have no {column!r}, so they are neither before nor after the cut. "
            "Drop them (clean.drop_missing) or fill them first.",
            column=column,
        )
    cut = parse_start(start, times) if start is not None else _time_of_last_share(times, share)
    is_test = (times >= cut).to_numpy()
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    if not len(train) or not len(test):
        empty = "training" if len(test) else "test"
        raise DataError(
            f"Cut at {cut}: no {empty} rows; {column!r} goes from {times.min()!s} to {times.max()!s}. "
            "Choose another cut.",
            column=column,
        )
    return train, test


def _time_of_last_share(times: pl.Series, share: float) -> Any:
    return times.sort()[len(times) - math.ceil(share * len(times))]


def _classes(table: Table, column: str) -> Rows:
    import numpy as np

    codes = _codes(table, column)
    counts = np.bincount(codes)
    rare = int(counts.argmin())
    if counts[rare] < 2:
        value = table.polars()[column][int(np.flatnonzero(codes == rare)[0])]
        raise DataError(
            f"Class {value!r} of {column!r} has only 1 row, which cannot be in both parts. "
            "Drop it, merge it with another class, or split at random.",
            column=column,
        )
    return codes


def _codes(table: Table, column: str) -> Rows:
    """Position of each row's value among the sorted distinct values; missing is a value of its own, the last."""
    import polars as pl

    table.require(column)
    values = table.polars()[column]
    if isinstance(values.dtype, pl.Categorical | pl.Enum):
        values = values.cast(pl.String)
    if values.dtype.is_float():
        values = values.fill_nan(None)
    if values.dtype.is_nested() or values.dtype == pl.Null:
        raise DataError(f"{column!r} holds no values that rows could be divided by; choose another column.")
    ranks = values.rank("dense").cast(pl.Int64) - 1
    missing = ranks.n_unique() - 1 if ranks.null_count() else 0
    codes: Rows = ranks.fill_null(missing).to_numpy()
    return codes
