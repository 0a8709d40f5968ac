"""The last round of the search: the best few are judged on other folds, the winner's threshold is chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from patchbay_operators.candidate import Tested
from patchbay_operators.folds import Fold
from patchbay_operators.honest import Division, choose_division, repeated
from patchbay_operators.labels import label_texts
from patchbay_operators.model._auto_plan import AutoPlan
from patchbay_operators.model._families import BASELINE
from patchbay_operators.model._recipe import Recipe
from patchbay_operators.model._threshold import Threshold, best_threshold
from patchbay_operators.model._time_left import TimeLeft
from patchbay_operators.model._trials import Trial, score_of
from patchbay_operators.scores import spread
from patchbay_sdk import Context, DataError, Table

FINALISTS = 3
"""So many of the best are judged once more, because the best of many is partly luck."""
FEW_ROWS, REPEATS_OF_FEW, REPEATS = 2_000, 2, 1
"""With fewer rows than that, so many further divisions, else one: the more rows, the steadier a division is."""


@dataclass
class Judged:
    """A trial's recipe with the scores of all its folds. `tested`: folds that were done here, with what was said."""

    trial: Trial
    recipe: Recipe
    scores: list[float]
    tested: list[tuple[Fold, Tested]] = field(default_factory=list)

    @property
    def score(self) -> float:
        """The mean over the folds."""
        return sum(self.scores) / len(self.scores)

    @property
    def fold_seconds(self) -> float:
        """What a fold took in the search."""
        return self.trial.seconds / max(1, len(self.trial.scores))

    @property
    def standard_error(self) -> float:
        """Of the score; 0 where there is one fold."""
        return (spread(self.scores) or 0.0) / math.sqrt(len(self.scores))


def repeats_for(division: Division, rows: int) -> int:
    """How many further divisions finalists get: at random only, since time and groups divide in one way."""
    if division.method not in ("stratified", "random"):
        return 0
    return REPEATS_OF_FEW if rows < FEW_ROWS else REPEATS


def ranked(plan: AutoPlan, trials: Sequence[Trial]) -> list[Judged]:
    """The trials that were finished, best first, each recipe once."""
    known: list[dict[str, Any]] = []
    found = []
    for trial in sorted((trial for trial in trials if trial.state == "complete"), key=lambda trial: trial.number):
        if trial.params not in known:
            known.append(dict(trial.params))
            found.append(Judged(trial, Recipe.of(trial.params["recipe"]), list(trial.scores)))
    return best_first(plan, found)


def best_first(plan: AutoPlan, board: Sequence[Judged]) -> list[Judged]:
    """By the score less its standard error: of two that are nearly as good, the one that is good on every fold.

    The best of many is partly luck, and the more so the further its folds are apart. The baseline, which varies least,
    is behind every model whose score is better, and before all others.
    """

    baseline = next((judged for judged in board if judged.recipe.model == BASELINE), None)

    def place(judged: Judged) -> tuple[int, float, int]:
        badness = plan.badness(judged.score)
        group = 0 if baseline is None or badness < plan.badness(baseline.score) else 1 if judged is baseline else 2
        return group, badness + judged.standard_error, judged.trial.number

    return sorted(board, key=place)


def complete_baseline(context: Context, plan: AutoPlan, trials: Sequence[Trial]) -> None:
    """Judge the baseline on all folds, where it was given up for being behind: what it shows is just that."""
    if any(trial.state == "complete" and _is_baseline(trial) for trial in trials):
        return
    for trial in filter(_is_baseline, trials):
        recipe = Recipe.of(trial.params["recipe"])
        trial.scores = [score_of(_tested(context, plan, recipe, fold), plan.metric) for fold in plan.folds]
        trial.state = "complete"
        return


def _is_baseline(trial: Trial) -> bool:
    return bool(trial.params) and trial.params["recipe"][-1]["operator"] == BASELINE


def judge_again(
    context: Context,
    plan: AutoPlan,
    best: Sequence[Judged],
    division: Division,
    repeats: int,
    time_left: TimeLeft,
) -> int:
    """Judge a few recipes on `repeats` other divisions, as far as there is time; how many divisions were done."""
    count = len(plan.folds)
    seconds = sum(judged.fold_seconds for judged in best) * count
    for repeat in range(repeats):
        if not time_left.allows(seconds, "judging the best ones on rows divided otherwise"):
            return repeat
        folds = repeated(plan.kitchen.rows, division, count, plan.kitchen.seed + 1 + repeat, (repeat + 1) * count + 1)
        results = [[_tested(context, plan, judged.recipe, fold) for fold in folds] for judged in best]
        for judged, tested in zip(best, results, strict=True):
            judged.tested += zip(folds, tested, strict=True)
            judged.scores += [score_of(each, plan.metric) for each in tested]
    return repeats


def choose_threshold(
    context: Context, plan: AutoPlan, winner: Judged, positive: str, focus: float, folds: int
) -> Threshold:
    """On what the winner says of rows that it has not seen: where nothing has been kept, those of the last `folds`."""
    import numpy as np

    if not winner.tested and folds < len(plan.folds):
        context.log(f"For lack of time, the threshold is chosen on {folds} of {len(plan.folds)} folds.")
    tested = winner.tested or [(fold, _tested(context, plan, winner.recipe, fold)) for fold in plan.folds[-folds:]]
    labels = label_texts(plan.kitchen.rows.polars()[plan.kitchen.target]).to_numpy()
    truth = np.concatenate([labels[fold.test] == positive for fold, _ in tested])
    score = np.concatenate([each.answers["score"].to_numpy() for _, each in tested])
    return best_threshold(truth, score, focus)


def random_split_score(context: Context, plan: AutoPlan, winner: Judged) -> float | None:
    """The winner's score had the rows been divided at random: what a careless judgement would have claimed."""
    rows: Table = plan.kitchen.rows
    division = choose_division(rows, plan.kitchen.target, "stratified")
    try:
        folds = repeated(rows, division, len(plan.folds), plan.kitchen.seed, 1001)
        return sum(score_of(_tested(context, plan, winner.recipe, fold), plan.metric) for fold in folds) / len(folds)
    except DataError:
        return None


def _tested(context: Context, plan: AutoPlan, recipe: Recipe, fold: Fold) -> Tested:
    context.check_cancelled()
    return plan.judge(recipe, fold, context.temp_dir / "final")
