"""Which of the recipes that were judged is the best."""

from types import SimpleNamespace
from typing import cast

from patchbay_operators.model._auto_plan import AutoPlan
from patchbay_operators.model._families import BASELINE
from patchbay_operators.model._judged import Judged, best_first
from patchbay_operators.model._recipe import Recipe
from patchbay_operators.model._trials import Trial
from patchbay_operators.scores import badness


def judged(number: int, scores: list[float], model: str = "model.ridge@1.0.0") -> Judged:
    return Judged(Trial(number, {}), Recipe([], model, {}), scores)


def order(metric: str, *board: Judged) -> list[int]:
    plan = cast(AutoPlan, SimpleNamespace(badness=badness(metric)))
    return [each.trial.number for each in best_first(plan, board)]


def test_of_two_that_are_nearly_as_good_the_steady_one_is_first() -> None:
    assert order("auc", judged(1, [0.9, 0.5, 0.72]), judged(2, [0.7, 0.69, 0.71])) == [2, 1]
    assert order("rmse", judged(1, [1.0, 5.0, 3.0]), judged(2, [3.1, 3.0, 3.2])) == [2, 1]


def test_one_that_is_clearly_better_is_first_however_much_it_varies() -> None:
    assert order("auc", judged(1, [0.7, 0.69, 0.71]), judged(2, [0.95, 0.8, 0.9])) == [2, 1]


def test_the_baseline_is_behind_whatever_has_a_better_score() -> None:
    baseline = judged(1, [0.5, 0.5, 0.5], BASELINE)
    assert order("auc", baseline, judged(2, [0.8, 0.3, 0.55]), judged(3, [0.45, 0.5, 0.4])) == [2, 1, 3]
