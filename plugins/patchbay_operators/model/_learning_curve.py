"""How the winner's score grows with the rows that it learns from: whether more of them would help."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patchbay_operators.folds import Fold
from patchbay_operators.model._auto_plan import AutoPlan
from patchbay_operators.model._families import BASELINE
from patchbay_operators.model._judged import Judged
from patchbay_operators.model._time_left import TimeLeft
from patchbay_operators.model._trials import score_of
from patchbay_sdk import Context, DataError

SHARES = (0.25, 0.5)
"""Of a fold's training rows; all of them is what the search has done already."""
MOST_FOLDS = 3
FEWEST = 40
"""A quarter of fewer training rows would show nothing."""
NUMBERED_FROM = 9_000
"""Numbers of these folds, which are no others': prepared folds are kept by number."""


def learning_curve(context: Context, plan: AutoPlan, winner: Judged, time_left: TimeLeft) -> list[dict[str, Any]]:
    """Rows learned from and the mean score on the same folds, the fewest rows first.

    Empty where it tells nothing, or takes more time than there is.
    """
    folds = plan.folds[:MOST_FOLDS]
    if winner.recipe.model == BASELINE or min(len(fold.train) for fold in folds) < FEWEST:
        return []
    if not time_left.allows(sum(SHARES) * winner.fold_seconds * len(folds), "whether more rows would help"):
        return []
    points = []
    try:
        for share in SHARES:
            parts = [_part(fold, share, plan.kitchen.seed) for fold in folds]
            points.append(_point(parts, [_score(context, plan, winner, part) for part in parts]))
    except DataError as error:
        context.log(f"Whether more rows would help cannot be said: {error.message}")
        return []
    return [*points, _point(folds, winner.scores[: len(folds)])]


def _part(fold: Fold, share: float, seed: int) -> Fold:
    """The fold with a part of its training rows, drawn by chance."""
    import numpy as np

    number = NUMBERED_FROM + fold.number + round(1000 * share)
    rows = np.random.default_rng([seed, number]).choice(fold.train, round(share * len(fold.train)), replace=False)
    return replace(fold, number=number, train=np.sort(rows))


def _score(context: Context, plan: AutoPlan, winner: Judged, fold: Fold) -> float:
    context.check_cancelled()
    return score_of(plan.judge(winner.recipe, fold, context.temp_dir / "curve"), plan.metric)


def _point(folds: Any, scores: list[float]) -> dict[str, Any]:
    return {
        "rows": round(sum(len(fold.train) for fold in folds) / len(folds)),
        "score": sum(scores) / len(scores),
    }
