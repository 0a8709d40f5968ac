"""Scaling on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.feature._columns import refuse_infinite, require_something
from patchbay_operators.spark import known, sf
from patchbay_sdk import Table, feature_matrix
from patchbay_sdk.spark import column

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

EPSILON = 2.0**-52


def center_and_scale(
    session: Any, table: Table, names: Sequence[str], method: str, log: bool
) -> list[tuple[float, float] | None]:
    """What scikit-learn's scaler of that name learns from each column; None where there is no value.

    Raises:
        DataError: there are no columns or rows, a column is no number, or holds infinite values.
    """
    require_something(names, table.num_rows)
    feature_matrix(Table(table.empty()), names)
    frame, found, infinite = table.spark(session), [], []
    for values, raw in ((_logarithm(column(name), log), column(name).cast("double")) for name in names):
        infinite.append(sf().max(sf().abs(known(raw, "float")) == float("inf")))
        found.append(sf().struct(sf().count(values).alias("n"), *(f(values) for f in _STATISTICS[method])))
    row = frame.agg(*infinite, *found).head()
    assert row is not None
    refuse_infinite([name for name, bad in zip(names, row[: len(names)], strict=True) if bad])
    return [_learned(method, *each) if each[0] else None for each in row[len(names) :]]


_STATISTICS: Mapping[str, Sequence[Any]] = {
    "standard": (lambda v: sf().avg(v), lambda v: sf().var_pop(v)),
    "min_max": (lambda v: sf().min(v), lambda v: sf().max(v)),
    "robust": tuple(lambda v, q=q: sf().percentile(v, sf().lit(q)) for q in (0.5, 0.25, 0.75)),
    "max_abs": (lambda v: sf().max(sf().abs(v)),),
}


def _learned(method: str, rows: int, *values: float) -> tuple[float, float]:
    """Centre and scale; a column that is constant, but for rounding, is not scaled.

    https://github.com/scikit-learn/scikit-learn/blob/main/sklearn/preprocessing/_data.py, `_is_constant_feature`.
    """
    match method:
        case "standard":
            mean, variance = values
            constant = variance <= rows * EPSILON * variance + (rows * mean * EPSILON) ** 2
            return mean, 1.0 if constant else variance**0.5
        case "min_max":
            return values[0], _not_zero(values[1] - values[0])
        case "robust":
            return values[0], _not_zero(values[2] - values[1])
    return 0.0, _not_zero(values[0])


def _not_zero(scale: float) -> float:
    return 1.0 if scale < 10 * EPSILON else scale


def scaled(session: Any, table: Table, state: Mapping[str, Any]) -> DataFrame:
    """The frame with the columns scaled."""
    learned = {n: (c, s) for n, c, s in zip(state["columns"], state["center"], state["scale"], strict=True)}
    frame = table.spark(session)
    return frame.select(
        *(
            ((_shown(column(name), state["log"]) - learned[name][0]) / learned[name][1]).alias(name, metadata={})
            if name in learned
            else column(name)
            for name in frame.columns
        )
    )


def _shown(value: Column, log: bool) -> Column:
    number = value.cast("double")
    return sf().when(number > -1, sf().log1p(number)) if log else number


def _logarithm(value: Column, log: bool) -> Column:
    """The number, or log(1 + x); null where it is missing or has none."""
    return _shown(known(value.cast("double"), "float"), log)
