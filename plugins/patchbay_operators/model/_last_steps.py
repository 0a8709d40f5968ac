"""What comes after the search and before the winner's training, as far as there is time for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchbay_operators.honest import Division
from patchbay_operators.model._auto_plan import AutoPlan
from patchbay_operators.model._judged import (
    FINALISTS,
    Judged,
    best_first,
    choose_threshold,
    judge_again,
    random_split_score,
    repeats_for,
)
from patchbay_operators.model._learning_curve import learning_curve
from patchbay_operators.model._schedule import Schedule
from patchbay_operators.model._threshold import Threshold
from patchbay_operators.model._time_left import TimeLeft
from patchbay_sdk import Context


@dataclass(frozen=True)
class LastSteps:
    """`board`: the recipes, the winner first. `repeats`: further divisions that the `finalists` best were judged on.

    `threshold`: of two classes, found on `threshold_folds` folds. `random_split`: the winner's score had rows been
    divided at random, where they were not. `learning_curve`: its score by rows learned from.
    """

    board: Sequence[Judged]
    finalists: int
    repeats: int
    threshold: Threshold | None
    threshold_folds: int
    random_split: float | None
    learning_curve: Sequence[Mapping[str, Any]]


def take_last_steps(
    context: Context,
    plan: AutoPlan,
    board: Sequence[Judged],
    division: Division,
    positive: str,
    focus: float,
    time_left: TimeLeft,
    then: Schedule | None,
) -> LastSteps:
    """Judge the best again, choose the threshold, and find out what reports tell of the winner.

    Time is kept free for the winner's training, then for its threshold. `then`: the record that is replayed.
    `positive`: of two classes; empty if there are not two.
    """
    slowest = max(judged.fold_seconds for judged in board[:FINALISTS])
    time_left.reserved = plan.training_seconds(slowest)
    finalists = time_left.count(slowest * len(plan.folds), FINALISTS) if then is None else (then.finalists or FINALISTS)
    best, rest = list(board[:finalists]), board[finalists:]
    repeats = repeats_for(division, plan.kitchen.rows.num_rows) if then is None else then.repeats
    repeats = judge_again(context, plan, best, division, repeats, time_left)
    board = [*best_first(plan, best), *rest]
    winner = board[0]
    context.log(f"Best is {plan.name(winner.recipe).en} with {plan.metric} {winner.score:.4g}.")
    time_left.reserved = plan.training_seconds(winner.fold_seconds)
    threshold, folds = None, len(plan.folds)
    if positive:
        if not winner.tested:
            folds = time_left.count(winner.fold_seconds, folds) if then is None else (then.threshold_folds or folds)
        threshold = choose_threshold(context, plan, winner, positive, focus, folds)
    at_random = None
    if division.method in ("time", "group") and time_left.allows(
        winner.fold_seconds * len(plan.folds), "what a random split would have claimed"
    ):
        at_random = random_split_score(context, plan, winner)
    curve = learning_curve(context, plan, winner, time_left)
    return LastSteps(board, finalists, repeats, threshold, folds, at_random, curve)
