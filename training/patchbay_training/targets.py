"""What recipes that learn a column have in common: which rows, which are held out, and the column as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from patchbay_sdk import DataError, Table

Array = np.ndarray[Any, Any]

MOST_CLASSES = 200
"""More different values than this are taken for a number, not for classes."""


@dataclass(frozen=True)
class Targets:
    """A target column as a network learns it: positions in `classes`, or numbers in units of `scale`."""

    train: Array
    valid: Array
    outputs: int
    classes: Sequence[Any] = ()
    scale: tuple[float, float] = (0.0, 1.0)


def known_targets(table: Table, target: str) -> Table:
    """The rows whose target is known. Raises DataError when there are fewer than two, or no such column."""
    import polars as pl

    table.require(target)
    known = pl.col(target).is_not_null()
    if table.polars().schema[target].is_float():
        known &= pl.col(target).is_finite()
    kept = table.polars().filter(known)
    if kept.height < 2:
        raise DataError(f"The training needs at least 2 rows with a {target!r}; there are {kept.height}.")
    return table.replace(kept)


def held_out(table: Table, validation: Table | None, target: str, share: float, seed: int) -> tuple[Table, Table]:
    """Training and validation rows: those of `validation` if it is given, else a share drawn from the table."""
    if validation is not None:
        return table, known_targets(validation, target)
    return drawn(table, share, seed)


def drawn(table: Table, share: float, seed: int) -> tuple[Table, Table]:
    """A share of the rows, at least one, drawn for validation; both parts keep their order."""
    rows = table.num_rows
    if rows < 2:
        raise DataError(f"The training needs at least 2 rows; there are {rows}.")
    count = min(rows - 1, max(1, round(rows * share)))
    is_valid = np.zeros(rows, dtype=bool)
    is_valid[np.random.default_rng(seed).choice(rows, count, replace=False)] = True
    return _where(table, ~is_valid), _where(table, is_valid)


def _where(table: Table, mask: Array) -> Table:
    import polars as pl

    return table.replace(table.polars().filter(pl.Series(mask)))


def class_targets(train: Table, valid: Table, target: str) -> Targets:
    """Positions in the sorted classes of the training rows.

    Raises:
        DataError: one class only, too many, or a class that only the validation rows have.
    """
    values = train.polars()[target].unique().sort().to_list()
    if not 2 <= len(values) <= MOST_CLASSES:
        raise DataError(
            f"target: {target!r} has {len(values)} different value(s) in the training rows; "
            f"classification needs 2 to {MOST_CLASSES}."
        )
    positions = {value: position for position, value in enumerate(values)}
    new = sorted(set(map(str, valid.polars()[target].to_list())) - set(map(str, values)))
    if new:
        raise DataError(f"target: {target!r} has {new[0]!r} in the validation rows, but never in the training rows.")
    in_train, in_valid = (
        np.array([positions[value] for value in part.polars()[target].to_list()], np.int64) for part in (train, valid)
    )
    return Targets(in_train, in_valid, outputs=len(values), classes=values)


def number_targets(train: Table, valid: Table, target: str) -> Targets:
    """Standardised numbers, rows x 1. Raises DataError when the target is no number."""
    column = train.schema.get(target)
    if column is None or column.kind not in ("number", "boolean"):
        raise DataError(f"target: {target!r} is {column.type if column else 'missing'}; regression needs a number.")
    numbers = [part.polars()[target].cast(float).to_numpy()[:, None] for part in (train, valid)]
    return scaled(*numbers)


def scaled(train: Array, valid: Array) -> Targets:
    """Numbers (rows x outputs) in standard deviations from the mean of the training rows."""
    mean, deviation = float(train.mean()), float(train.std()) or 1.0
    return in_units(train, valid, mean, deviation)


def in_units(train: Array, valid: Array, mean: float, deviation: float) -> Targets:
    """Numbers (rows x outputs) in units of `deviation` from `mean`."""
    in_train, in_valid = (((part - mean) / deviation).astype(np.float32) for part in (train, valid))
    return Targets(in_train, in_valid, outputs=train.shape[1], scale=(mean, deviation))


def weights_of(targets: Targets) -> list[float]:
    """What a row of each class counts so that all classes count alike; 1 on average over the training rows."""
    counts = np.bincount(targets.train, minlength=targets.outputs)
    weights: list[float] = (len(targets.train) / (targets.outputs * counts)).tolist()
    return weights
