"""What the search tells: summary, leaderboard, scores and a chart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchbay_operators.honest import Division, as_json
from patchbay_operators.model._auto_plan import TOO_SLOW, AutoPlan
from patchbay_operators.model._families import BASELINE
from patchbay_operators.model._judged import Judged
from patchbay_operators.model._recipe import Recipe
from patchbay_operators.model._threshold import Threshold, beta_of
from patchbay_operators.model._trials import Trial
from patchbay_operators.scores import spread
from patchbay_sdk import Chart, Metrics, Table

SHOWN = 20
"""Places of the leaderboard in the summary; the table has all."""


@dataclass(frozen=True)
class Outcome:
    """What came of a search.

    `board`: the finished recipes, the winner first. `random_split`: the winner's score had rows been divided at random,
    where they were not. `learning_curve`: its score by rows learned from. `ended`: trials, time, patience, finish or
    replay. `focus`: None where classes are not two. `drawn`: so many rows were drawn of so many, None: all were taken.
    """

    plan: AutoPlan
    task: str
    division: Division
    trials: Sequence[Trial]
    board: Sequence[Judged]
    threshold: Threshold | None
    focus: float | None
    random_split: float | None
    learning_curve: Sequence[Mapping[str, Any]]
    ended: str
    seconds: float
    drawn: tuple[int, int] | None

    @property
    def baseline(self) -> Judged | None:
        """The simple answer that every model must beat."""
        return next((judged for judged in self.board if judged.recipe.model == BASELINE), None)

    @property
    def recipe(self) -> list[dict[str, Any]]:
        """The winner's, as data."""
        return _as_list(self.board[0].recipe)

    def summary(self) -> str:
        """The shape that reports read, as JSON text."""
        best, baseline = self.board[0], self.baseline
        plain = None if baseline is None else self._place(baseline)
        return json.dumps(
            {
                "task": self.task,
                "metric": self.plan.metric,
                "validation": as_json(self.division, folds=len(best.scores)),
                "best": {**self._place(best), "folds": best.scores, "recipe": self.recipe},
                "baseline": plain and {name: plain[name] for name in ("name", "score", "spread")},
                "random_split_score": self.random_split,
                "learning_curve": list(self.learning_curve),
                "trials": len(self.trials),
                "too_slow": len(self._too_slow()),
                "rows_drawn": self.drawn and {"rows": self.drawn[0], "of": self.drawn[1]},
                "seconds": round(self.seconds, 1),
                "stopped": self.ended,
                "threshold": None if self.threshold is None else self.threshold.value,
                "focus": self.focus,
                "leaderboard": [self._place(judged) for judged in self._shown()],
            },
            ensure_ascii=False,
        )

    def _too_slow(self) -> set[str]:
        """The kinds of models of which no attempt was made, because each would have taken too long."""
        slow = {str(t.params["recipe"][-1]["operator"]) for t in self.trials if t.params and TOO_SLOW in t.error}
        return slow - {judged.recipe.model for judged in self.board}

    def _shown(self) -> list[Judged]:
        """The first places, and the baseline wherever it stands."""
        first = list(self.board[:SHOWN])
        baseline = self.baseline
        return first if baseline is None or baseline in first else [*first, baseline]

    def _place(self, judged: Judged) -> dict[str, Any]:
        return {
            "name": self.plan.name(judged.recipe).as_json(),
            "operator": judged.recipe.model,
            "score": judged.score,
            "spread": spread(judged.scores),
            "seconds": round(judged.trial.seconds, 2),
        }

    def leaderboard(self) -> Table:
        """A row per recipe that was finished, best first, then one per trial that was given up or failed."""
        import polars as pl

        others = [trial for trial in self.trials if trial.state != "complete"]
        rows = [(place, j.recipe, j.scores, j.trial) for place, j in enumerate(self.board, 1)]
        rows += [(None, Recipe.of(t.params["recipe"]), t.scores, t) for t in others if t.params]  # type: ignore[misc]
        return Table(
            pl.DataFrame(
                [
                    {
                        "place": place,
                        "name": self.plan.name(recipe).en,
                        "name_zh": self.plan.name(recipe).zh,
                        "operator": recipe.model,
                        "score": sum(scores) / len(scores) if scores else None,
                        "spread": spread(scores),
                        "folds": len(scores),
                        "seconds": trial.seconds,
                        "state": trial.state,
                        "recipe": json.dumps(_as_list(recipe), ensure_ascii=False),
                        "error": trial.error or None,
                    }
                    for place, recipe, scores, trial in rows
                ],
                schema={"place": pl.Int64, **dict.fromkeys(("name", "name_zh", "operator"), pl.String)}
                | {"score": pl.Float64, "spread": pl.Float64, "folds": pl.Int64, "seconds": pl.Float64}
                | dict.fromkeys(("state", "recipe", "error"), pl.String),
            )
        )

    def metrics(self) -> Metrics:
        """The winner's score and spread, the baseline's, and what its threshold does."""
        best, baseline = self.board[0], self.baseline
        states = [trial.state for trial in self.trials]
        values: dict[str, float | int | None] = {
            self.plan.metric: best.score,
            f"{self.plan.metric}_spread": spread(best.scores),
            f"{self.plan.metric}_of_baseline": None if baseline is None else baseline.score,
            f"{self.plan.metric}_of_random_split": self.random_split,
            "trials": len(states),
            **{name: states.count(name) for name in ("complete", "stopped", "failed")},
            "seconds": self.seconds,
        }
        if self.threshold is not None and self.focus is not None:
            values |= {
                "threshold": self.threshold.value,
                "recall": self.threshold.recall,
                "precision": self.threshold.precision,
                "f_beta": self.threshold.f_beta,
                "beta": beta_of(self.focus),
            }
        about = {
            "model": best.recipe.model,
            "target": self.plan.kitchen.target,
            "metric": self.plan.metric,
            "recipe": self.recipe,
            "left_out": self.plan.preparation.columns.left_out,
            "measured_on": f"{len(best.scores)} folds that the models had not seen; the best of many is a little too "
            "good, so judge the model on rows that were put aside before",
            "seed": self.plan.kitchen.seed,
        }
        return Metrics(values, about=about)

    def chart(self) -> Chart:
        """The best score after each trial, and the baseline's."""
        numbers: list[int] = []
        best: list[float] = []
        for trial in self.trials:
            if trial.state == "complete" and trial.score is not None:
                better = not best or self.plan.badness(trial.score) < self.plan.badness(best[-1])
                numbers.append(trial.number)
                best.append(trial.score if better else best[-1])
        series: list[dict[str, Any]] = [{"name": "best so far", "x": numbers, "y": best}]
        if self.baseline is not None:
            series.append({"name": "baseline", "x": numbers, "y": [self.baseline.score] * len(numbers)})
        return Chart("line", f"{self.plan.metric} over the attempts", series, "Attempt", self.plan.metric)


def _as_list(recipe: Recipe) -> list[dict[str, Any]]:
    return [*map(dict, recipe.steps), {"operator": recipe.model, "params": dict(recipe.params)}]
