"""Correlations of many columns at once, by matrix products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Matrix = np.ndarray[Any, np.dtype[np.float64]]

CHUNK_ROWS = 50_000
"""Rows that are turned into a matrix at a time: 590 columns take 240 MB."""

MIN_COMMON_ROWS = 5
MIN_COMMON_SHARE = 0.1
"""Two columns are compared only over so many rows (share of all rows) in which both have a value."""

ROUNDING = 1e-9
"""A sum of squares below this, of values with variance 1, is rounding and no spread."""


def correlations(frame: pl.DataFrame, method: str) -> Matrix:
    """Correlation matrix of number columns over the rows that both have (as pandas' `DataFrame.corr`).

    Null, NaN and infinite are missing. Spearman ranks each column over all rows in which it has a value. 0 where two
    columns share too few rows or one of them does not vary.
    """
    import numpy as np
    import polars as pl

    numbers = pl.all()
    frame = frame.select(numbers.cast(pl.Float64))
    frame = frame.select(pl.when(numbers.is_finite() & (numbers.max() > numbers.min())).then(numbers))
    if method == "spearman":
        frame = frame.select(numbers.rank("average"))
    # Standardised first: sums of squares of raw numbers (a timestamp, a pressure in Pa) would lose all digits.
    frame = frame.select((numbers - numbers.mean()) / numbers.std())
    count = len(frame.columns)
    rows, sums, squares, products = np.zeros((4, count, count))
    for chunk in frame.iter_slices(CHUNK_ROWS):
        values = chunk.to_numpy()
        present = np.isfinite(values).astype(np.float64)
        values = np.where(present > 0, values, 0.0)
        rows += present.T @ present
        sums += values.T @ present
        squares += (values**2).T @ present
        products += values.T @ values
    enough = rows >= max(MIN_COMMON_ROWS, MIN_COMMON_SHARE * frame.height)
    rows = np.maximum(rows, 1)
    spread = squares - sums**2 / rows
    covariance = products - sums * sums.T / rows
    enough &= (spread > ROUNDING) & (spread.T > ROUNDING)
    return np.where(enough, covariance / np.sqrt(np.where(enough, spread * spread.T, 1)), 0.0)


def identical_columns(frame: pl.DataFrame) -> dict[str, str]:
    """Column -> the first column left of it that has the same type and the same value (or gap) in every row."""
    seen: dict[tuple[str, Any], list[pl.Series]] = {}
    same = {}
    for column in frame:
        alike = seen.setdefault((str(column.dtype), column.to_frame().hash_rows().sum()), [])
        first = next((other for other in alike if column.equals(other, null_equal=True)), None)
        if first is None:
            alike.append(column)
        else:
            same[column.name] = first.name
    return same
