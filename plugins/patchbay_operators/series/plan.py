"""What the search for the best forecast tries: kinds of forecasters and their params."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.series.learning import Learning
from patchbay_operators.series.origins import Fold
from patchbay_operators.series.steps import Step
from patchbay_sdk import DataError, Dimension, ParamError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BASELINE: Mapping[str, Any] = {"kind": "last", "params": {}}
"""The params of the trial that shows what is won: it repeats the last value."""
OWN: Mapping[str, Sequence[Dimension]] = {
    "linear": [Dimension("alpha", "float", 0.1, 100_000.0, log=True)],
    "boosting": [
        Dimension("trees", "int", 50, 400, log=True),
        Dimension("rate", "float", 0.01, 0.3, log=True),
        Dimension("leaves", "int", 4, 31, log=True),
    ],
}
"""What is searched of a kind beside how far back it looks."""
BEGIN: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "linear": [{"alpha": 1.0}, {"alpha": 100.0}],
    "boosting": [{"trees": 150, "rate": 0.05, "leaves": 15}],
}
"""With what of it a kind is tried first."""
ENOUGH_FOR_TREES = 300
"""Cells of the longest series below which trees would learn chance."""
MOST_LAGS = 600
MOST_NUMBERS, MOST_IN_ALL = 3000, 60_000_000
"""Most numbers in a window of all columns, and in the windows of all origins together."""
DIGITS = 4
"""What is better by less than the last of so many digits is no better."""


@dataclass(frozen=True)
class ForecastPlan:
    """A plan (see `Plan`) of forecasters; a trial's params are ``{"kind": ..., "params": {...}}``.

    `seasons`: steps after which the pattern comes again.
    """

    learning: Learning
    step: Step
    seasons: Sequence[int]

    metric = "rmse"

    @property
    def folds(self) -> Sequence[Fold]:
        """Stretches at the end of the time, each learned from what ends before it."""
        return self.learning.folds

    def first(self) -> list[dict[str, Any]]:
        """The baseline, simple ways, lines that look further and further back, other columns, trees, operators."""
        lengths = self._lengths()
        middle, longest, back = lengths[len(lengths) // 2], lengths[-1], min(lengths[0], self._most_back())
        found: list[tuple[str, dict[str, Any]]] = [("last", {})]
        found += [("season", {"season": season}) for season in self._seasons()]
        for own in BEGIN["linear"]:
            found += [("linear", {"lags": lags, "others": False, **own}) for lags in lengths]
            if self._others:
                found.append(("linear", {"lags": middle, "others": True, "other_lags": back, **own}))
        for kind in self._kinds():
            if kind not in ("last", "season", "linear"):
                whole = {"lags": longest, **BEGIN.get(kind, [{}])[0]}  # how far it looks costs trees next to nothing
                found.append((kind, {**whole, "others": False}))
                if self._others:
                    found.append((kind, {**whole, "others": True, "other_lags": back}))
        return [{"kind": kind, **{f"{kind}.{name}": value for name, value in own.items()}} for kind, own in found]

    def propose(self, choose: Callable[[Dimension], Any]) -> dict[str, Any]:
        """A forecaster. The choices: `kind`, and ``<kind>.<param>``."""
        kind = choose(Dimension("kind", "choice", choices=tuple(self._kinds())))
        params: dict[str, Any] = {}

        def chosen(dimension: Dimension) -> Any:
            return choose(replace(dimension, name=f"{kind}.{dimension.name}"))

        if kind == "season":
            params["season"] = chosen(Dimension("season", "choice", choices=tuple(self._seasons())))
        elif kind not in (None, "last"):
            params["lags"] = chosen(Dimension("lags", "int", 2, self._most_lags(), log=True))
            if self._others and chosen(Dimension("others", "choice", choices=(False, True))):
                params["other_lags"] = chosen(Dimension("other_lags", "int", 1, self._most_back(), log=True))
            params |= {dimension.name: chosen(dimension) for dimension in OWN.get(kind, ())}
        return {"kind": kind, "params": params}

    def params_of(self, choices: Mapping[str, Any]) -> dict[str, Any]:
        """The forecaster that choices stand for; one that was not made yet counts as None."""
        return self.propose(lambda dimension: choices.get(dimension.name))

    def badness(self, score: float) -> float:
        """The score, rounded: endless improvements of nothing would keep the search from ending."""
        return float(f"{score:.{DIGITS}g}")

    def run(self, params: Mapping[str, Any], temp_dir: Path) -> Iterator[float]:
        """The typical error on each fold in turn, in the target's unit.

        Raises:
            DataError: it cannot learn from the rows, or its answers are no finite numbers.
        """
        import numpy as np

        for fold in range(len(self.folds)):
            errors = self.errors(params, fold, temp_dir)
            score = float(np.sqrt(np.nanmean(errors**2))) * self.learning.typical
            if not np.isfinite(score):
                endless = Text("Its forecasts are no finite numbers.", "它给出的预测不是有限的数值。请换一种方法。")
                raise DataError(endless.as_json())
            yield score

    def errors(self, params: Mapping[str, Any], fold: int, temp_dir: Path) -> Array:
        """On the test origins of a fold, as `Learning.errors`. Raises DataError: it cannot learn from the rows."""
        try:
            return self.learning.errors(params["kind"], params["params"], fold, temp_dir)
        except ParamError as error:
            raise DataError(Text.of(error).as_json()) from error

    def name(self, kind: str, params: Mapping[str, Any]) -> Text:
        """A forecaster in words. Raises KeyError: a kind that there is not, or a param is missing."""
        if kind == "last":
            return Text("Repeat the last value", "重复上一个值")
        if kind == "season":
            ago = self.step.words(params["season"])
            return Text(f"Repeat the value {ago.en} ago", f"重复 {ago.zh}前的值")
        if missing := [each.name for each in OWN.get(kind, ()) if each.name not in params]:
            raise KeyError(*missing)
        title, back = self._title(kind, params), self.step.about(params["lags"])
        return Text(f"{title.en} on the last {back.en}", f"{title.zh}，参考最近 {back.zh}")

    def group(self, kind: str, params: Mapping[str, Any]) -> str:
        """What forecasters of a kind have in common: whether they look at the other columns too."""
        return f"{kind} {params.get('season', '')} {bool(params.get('other_lags'))}"

    @property
    def _others(self) -> int:
        return len(self.learning.base["others"])

    @property
    def _cells(self) -> int:
        return max(len(line.values) for line in self.learning.lines)

    def _kinds(self) -> list[str]:
        kinds = ["last", "season"] if self._seasons() else ["last"]
        trees = ["boosting"] if self._cells >= ENOUGH_FOR_TREES else []
        return [*kinds, "linear", *trees, *self.learning.learners]

    def _seasons(self) -> list[int]:
        return [season for season in self.seasons if season <= self._cells // 2]

    def _lengths(self) -> list[int]:
        """How many values back to look at first."""
        horizon: int = self.learning.base["horizon"]
        unit = (self._seasons() or [max(4, min(horizon, 24))])[0]
        return sorted({min(self._most_lags(), max(2, unit * times)) for times in (1, 2, 4, 7, 14)})

    def _most_lags(self) -> int:
        horizon: int = self.learning.base["horizon"]
        return min(MOST_LAGS, max(2, (self._cells - horizon) // 4))

    def _most_back(self) -> int:
        """How many values of each of the other columns at most."""
        most = min(MOST_NUMBERS, MOST_IN_ALL // len(self.learning.origins)) - self._most_lags()
        return min(self._most_lags(), max(2, most // max(1, self._others)))

    def _title(self, kind: str, params: Mapping[str, Any]) -> Text:
        own = {"linear": Text("Straight-line model", "线性模型"), "boosting": Text("Decision trees", "决策树组合")}
        title = own[kind] if kind in own else self.learning.learners[kind].title
        if params.get("other_lags"):
            return Text(f"{title.en} with the other columns", f"{title.zh}（含其他列）")
        return title
