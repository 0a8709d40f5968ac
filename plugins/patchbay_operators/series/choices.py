"""What is tried to forecast a series, in which order, and how it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.auto.learners import Learner
from patchbay_operators.auto.search import Attempt, Choice
from patchbay_operators.series.steps import Step

ALPHAS = (1.0, 10.0, 100.0, 1000.0, 10_000.0, 0.1)
TREES = (
    {"trees": 150, "rate": 0.05, "leaves": 15},
    {"trees": 300, "rate": 0.03, "leaves": 15},
    {"trees": 150, "rate": 0.05, "leaves": 31},
    {"trees": 300, "rate": 0.03, "leaves": 7},
)
FEW_FOR_TREES = 300
"""Cells of the longest series below which trees would learn chance."""
MOST_LAGS = 600
MOST_NUMBERS = 3000
"""Most numbers in a window of all columns."""


class Proposals:
    """Simple ways first; then straight lines that look back further and further, the other columns' past, trees and
    operators.

    How strongly a line is smoothed is tried for the best length only.
    """

    def __init__(
        self,
        step: Step,
        seasons: Sequence[int],
        horizon: int,
        cells: int,
        others: int,
        learners: Mapping[str, Learner],
    ) -> None:
        self._step, self._learners = step, learners
        self._seasons = [season for season in seasons if season <= cells // 2]
        self._cells, self._others, self._horizon = cells, others, horizon
        self._plan = self._all()
        self._attempts: Sequence[Attempt] = ()

    def __call__(self, attempts: Sequence[Attempt]) -> Choice | None:
        """The next choice, given what was tried."""
        self._attempts = attempts
        return next(self._plan, None)

    def lengths(self) -> list[int]:
        """How many values back to look."""
        unit = self._seasons[0] if self._seasons else max(4, min(self._horizon, 24))
        most = min(MOST_LAGS, max(2, (self._cells - self._horizon) // 4))
        return sorted({min(most, max(2, unit * times)) for times in (1, 2, 4, 7, 14)})

    def _all(self) -> Iterator[Choice]:
        yield self._choice("last", {})
        for season in self._seasons:
            yield self._choice("season", {"season": season})
        for lags in self.lengths():
            yield self._choice("linear", {"lags": lags, "alpha": ALPHAS[0]})
        best = self._best("linear").get("lags", self.lengths()[0])
        if self._others:
            for part in (1, 4):
                back = min(max(2, best // part), max(2, (MOST_NUMBERS - best) // self._others))
                yield self._choice("linear", {"lags": best, "alpha": ALPHAS[1], "other_lags": back})
        if self._cells >= FEW_FOR_TREES:
            yield self._choice("boosting", {"lags": best, **TREES[0]})
            if self._others:
                yield self._choice("boosting", {"lags": best, "other_lags": min(best, 24), **TREES[0]})
        for key in self._learners:
            yield self._choice(key, {"lags": best})
            if self._others:
                yield self._choice(key, {"lags": best, "other_lags": min(best, 24)})
        for alpha in ALPHAS[1:]:
            params = self._best("linear")
            if params and params["alpha"] != alpha:
                yield self._choice("linear", {**params, "alpha": alpha})
        if self._kind_of_best() == "boosting":
            for trees in TREES[1:]:
                yield self._choice("boosting", {**self._best("boosting"), **trees})

    def _done(self) -> list[Attempt]:
        return sorted((each for each in self._attempts if each.scores), key=lambda each: each.score)

    def _kind_of_best(self) -> str:
        return self._done()[0].choice.kind if self._done() else ""

    def _best(self, kind: str) -> dict[str, Any]:
        return next((dict(each.choice.params) for each in self._done() if each.choice.kind == kind), {})

    def _choice(self, kind: str, params: Mapping[str, Any]) -> Choice:
        return Choice(kind, params, name_of(self._step, self._learners, kind, params))


def name_of(step: Step, learners: Mapping[str, Learner], kind: str, params: Mapping[str, Any]) -> Text:
    """A choice in words."""
    if kind == "last":
        return Text("Repeat the last value", "重复上一个值")
    if kind == "season":
        ago = step.words(params["season"])
        return Text(f"Repeat the value {ago.en} ago", f"重复 {ago.zh}前的值")
    back = step.words(params["lags"])
    also, also_zh = (" and the other columns", "和其他列") if params.get("other_lags") else ("", "")
    if kind == "linear":
        return Text(
            f"Straight-line model on the last {back.en}{also} (smoothing {params['alpha']:g})",
            f"线性模型，参考最近 {back.zh}{also_zh}（平滑强度 {params['alpha']:g}）",
        )
    if kind in learners:
        title = learners[kind].title
        return Text(f"{title.en} on the last {back.en}{also}", f"{title.zh}，参考最近 {back.zh}{also_zh}")
    return Text(
        f"{params['trees']} decision trees on the last {back.en}{also} ({params['leaves']} leaves)",
        f"决策树组合（{params['trees']} 棵，每棵 {params['leaves']} 个叶），参考最近 {back.zh}{also_zh}",
    )
