"""What a report on a forecast speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.report.words import number
from patchbay_operators.series.forecaster import Forecaster
from patchbay_operators.series.tested import Tested
from patchbay_sdk import Context

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

LIKE_BASELINE = 0.97
"""A forecast whose error is more than this share of the simple one's is called no better."""
MODEL = Text("forecast", "预测")


@dataclass(frozen=True)
class Told:
    """What every sentence speaks of: the forecaster, its test, the forecasts as rows, the unit, and what was done.

    `by`: columns to break errors down by. `terms`: technical terms used so far.
    """

    context: Context
    made: Forecaster
    tested: Tested
    rows: pl.DataFrame
    unit: str
    summary: Mapping[str, Any]
    by: Sequence[str] = ()
    terms: list[str] = field(default_factory=list)

    def term(self, *names: str) -> None:
        """Note that technical terms were used."""
        self.terms.extend(names)

    @property
    def target(self) -> str:
        """The column that is forecast."""
        target: str = self.made.options["target"]
        return target

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        horizon: int = self.made.options["horizon"]
        return horizon

    @property
    def ahead(self) -> Text:
        """How far ahead, in words."""
        return self.made.step.words(self.horizon)

    def amount(self, value: float) -> Text:
        """A number with its unit."""
        return Text(f"{number(value)} {self.unit}".strip(), f"{number(value)} {self.unit}".strip())

    def axis(self, en: str, zh: str) -> Text:
        """The title of an axis, with the unit."""
        return Text(f"{en} ({self.unit})", f"{zh}（{self.unit}）") if self.unit else Text(en, zh)

    @property
    def off(self) -> float:
        """The mean size of the errors."""
        return size_of(self.tested.errors)

    @property
    def simple(self) -> Text:
        """The simple rule that the forecast is held against: what stands in "no better than ..."."""
        if not self.tested.season:
            return Text("repeating the last value", "重复上一个值")
        ago = self.made.step.words(self.tested.season)
        return Text(f"repeating the value {ago.en} before", f"重复 {ago.zh}前的值")

    @property
    def off_by_simple(self) -> float:
        """The mean size of its errors."""
        return size_of(self.tested.errors_of_simple)

    @property
    def is_better(self) -> bool:
        """Whether it beats the simple rule; a value that never changes needs no more than that."""
        return self.off <= LIKE_BASELINE * self.off_by_simple


def size_of(errors: Array) -> float:
    """The mean size of errors, those that are not known left out."""
    import numpy as np

    return float(np.nanmean(np.abs(errors)))
