"""What the quality gate counts in a table, whichever engine does it; NaN is a missing value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from patchbay_operators.check._columns import count_values, nan_as_null

if TYPE_CHECKING:
    import polars as pl

    from patchbay_sdk import Table

NORMAL_MAD = 1.4826
"""Standard deviations per median absolute deviation where values are normally distributed."""


class Counts(Protocol):
    """Counts of a table's rows and of some of its columns, which `schema` names."""

    rows: int

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """The columns."""
        ...

    def gaps(self) -> Mapping[str, int]:
        """Column -> rows without a value."""
        ...

    def constant(self) -> Mapping[str, Sequence[Any]]:
        """The columns with at most one value, and that one."""
        ...

    def extreme_shares(self, method: str, distance: float) -> Mapping[str, float]:
        """Column of numbers -> the share of its values that is infinite or far outside of the bulk."""
        ...

    def repeated(self, names: Sequence[str]) -> int:
        """Rows that repeat an earlier one in these columns of the table; none are named: in all."""
        ...

    def values(self, name: str) -> pl.DataFrame:
        """The different values of a column of the table, as `value` and `rows`."""
        ...

    def more_than(self, name: str, count: int) -> bool:
        """Whether a column has more different values than that, a missing one counted."""
        ...

    def quantiles(self, name: str, levels: Sequence[float]) -> Sequence[float]:
        """Of the finite numbers of a column."""
        ...

    def binned(self, name: str, limits: Sequence[float]) -> Sequence[int]:
        """How many numbers of a column lie up to the first limit, up to each further one, and above the last."""
        ...


class Counted:
    """Counts of a table in memory. `names`: of these columns; none: of all."""

    def __init__(self, table: Table, names: Sequence[str] = ()) -> None:
        self._frame = nan_as_null(table)
        self.schema = self._frame.select(names or self._frame.columns).schema
        self.rows = self._frame.height

    def gaps(self) -> Mapping[str, int]:
        """See `Counts`."""
        return {name: self._frame[name].null_count() for name in self.schema}

    def constant(self) -> Mapping[str, Sequence[Any]]:
        """See `Counts`."""
        values = {name: self._frame[name].drop_nulls().unique() for name in self.schema}
        return {name: found.to_list() for name, found in values.items() if len(found) <= 1}

    def extreme_shares(self, method: str, distance: float) -> Mapping[str, float]:
        """See `Counts`."""
        numbers = [name for name, dtype in self.schema.items() if dtype.is_numeric()]
        return {name: extreme_share(self._frame[name], method, distance) for name in numbers}

    def repeated(self, names: Sequence[str]) -> int:
        """See `Counts`."""
        return self.rows - (self._frame.n_unique(subset=list(names) or None) if self.rows else 0)

    def values(self, name: str) -> pl.DataFrame:
        """See `Counts`."""
        return count_values(self._frame[name])

    def more_than(self, name: str, count: int) -> bool:
        """See `Counts`."""
        return self._frame[name].n_unique() > count

    def quantiles(self, name: str, levels: Sequence[float]) -> Sequence[float]:
        """See `Counts`."""
        import numpy as np

        numbers = self._frame[name].drop_nulls().cast(float).to_numpy()
        return [float(each) for each in np.quantile(numbers[np.isfinite(numbers)], levels)]

    def binned(self, name: str, limits: Sequence[float]) -> Sequence[int]:
        """See `Counts`."""
        import numpy as np

        numbers = self._frame[name].drop_nulls().cast(float).to_numpy()
        places = np.searchsorted(np.asarray(limits), numbers, side="left")
        return [int(each) for each in np.bincount(places, minlength=len(limits) + 1)]


def extreme_share(column: pl.Series, method: str, distance: float) -> float:
    """Share of a column's numbers, without the missing ones, that are infinite or far outside of the bulk."""
    import polars as pl

    values = column.drop_nulls().cast(pl.Float64)
    finite = values.filter(values.is_finite())
    if not len(values):
        return 0.0
    outside = len(values) - len(finite)
    if len(finite):
        if method == "mad":
            middle = float(finite.median())  # type: ignore[arg-type]
            spread = NORMAL_MAD * float((finite - middle).abs().median())  # type: ignore[arg-type]
            low = high = middle
        else:
            low, high = (float(finite.quantile(q, "linear") or 0) for q in (0.25, 0.75))
            spread = high - low
        if spread > 0:
            outside += int(((finite < low - distance * spread) | (finite > high + distance * spread)).sum())
    return outside / len(values)
