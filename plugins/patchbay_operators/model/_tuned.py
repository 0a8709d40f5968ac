"""What tuning shows: live while it runs, and afterwards as table, metrics and chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from patchbay_operators.model._trials import Goal, Plan, Trial, TrialPlan
from patchbay_operators.report.terms import name_of
from patchbay_operators.scores import spread
from patchbay_sdk import Chart, Context, Dimension, Metrics, Table


class Live:
    """Reports each trial as it ends, and knows when there are enough, and why (`ended`)."""

    def __init__(self, context: Context, plan: Plan, goal: Goal, before: Iterable[Trial] = ()) -> None:
        self._context = context
        self._plan = plan
        self._goal = goal
        self._count = 0
        self._best: Trial | None = None
        self._since_best = 0
        self.ended = "trials"
        for trial in before:
            self._count_in(trial)

    def done(self, trial: Trial, seconds: float) -> None:
        """A trial has ended: its score and the best as metrics, its number as the step; progress, a line of the log.

        Progress is the larger share of trials and of time; `seconds` have passed.
        """
        self._count_in(trial)
        metric, score = self._plan.metric, trial.score
        if score is not None:
            self._context.metric(f"trial_{metric}", score, trial.number)
        if self._best is not None and self._best.score is not None:
            self._context.metric(f"best_{metric}", self._best.score, trial.number)
            self._context.metric("best_score", self._best.score, trial.number)
        said = trial.error or ("" if score is None else f"{metric} {score:g} after {len(trial.scores)} folds")
        self._context.log(f"Trial {trial.number} {trial.state}: {said}")
        of_time = seconds / self._goal.seconds if self._goal.seconds else 0.0
        share = max(self._count / self._goal.trials, min(1.0, of_time))
        best = None if self._best is None else f"{self._best.score:.4g}"
        self._context.progress(share, _so_far(self._count, metric, best))

    def is_over(self, seconds: float) -> bool:
        """Whether no further trial is to begin; `seconds` have passed."""
        self._context.check_cancelled()
        enough = self._best is not None and self._count >= self._goal.least
        reasons = {
            "trials": self._count >= self._goal.trials,
            "finish": enough and self._context.finish_requested(),
            "time": enough and self._goal.seconds is not None and seconds >= self._goal.seconds,
            "patience": 0 < self._goal.patience <= self._since_best,
        }
        self.ended = next((reason for reason, holds in reasons.items() if holds), self.ended)
        return any(reasons.values())

    def _count_in(self, trial: Trial) -> None:
        self._count += 1
        badness = self._plan.badness
        best = None if self._best is None else badness(self._best.score or 0.0)
        if trial.state == "complete" and (best is None or badness(trial.score or 0.0) < best):
            self._best, self._since_best = trial, 0
        else:
            self._since_best += 1


def table_of(plan: TrialPlan, trials: Sequence[Trial]) -> Table:
    """One row per trial, in their order: state, score, spread, folds done, seconds, error, each fold, each param."""
    import polars as pl

    columns: dict[str, Any] = {
        "trial": pl.Series([trial.number for trial in trials], dtype=pl.Int64),
        "state": [trial.state for trial in trials],
        "score": pl.Series([trial.score for trial in trials], dtype=pl.Float64),
        "spread": pl.Series([spread(trial.scores) for trial in trials], dtype=pl.Float64),
        "folds": pl.Series([len(trial.scores) for trial in trials], dtype=pl.Int64),
        "seconds": pl.Series([trial.seconds for trial in trials], dtype=pl.Float64),
        "error": pl.Series([trial.error or None for trial in trials], dtype=pl.String),
    }
    for position, fold in enumerate(plan.folds):
        scores = [trial.scores[position] if position < len(trial.scores) else None for trial in trials]
        columns[f"fold_{fold.number}"] = pl.Series(scores, dtype=pl.Float64)
    for dimension in plan.space.dimensions:
        values = [trial.params.get(dimension.name) for trial in trials]
        columns[f"param_{dimension.name}"] = _param_column(dimension, values)
    return Table(pl.DataFrame(columns))


def _param_column(dimension: Dimension, values: Sequence[Any]) -> Any:
    import polars as pl

    if dimension.kind != "choice":
        return pl.Series(values, dtype=pl.Int64 if dimension.kind == "int" else pl.Float64)
    if all(isinstance(choice, bool) for choice in dimension.choices):
        return pl.Series(values, dtype=pl.Boolean)
    return pl.Series([None if value is None else str(value) for value in values], dtype=pl.String)


def metrics_of(plan: TrialPlan, trials: Sequence[Trial], best: Trial) -> Metrics:
    """The best trial's score and spread, that of the operator's defaults, and how many trials there were."""
    states = [trial.state for trial in trials]
    of_defaults = next((t.score for t in trials if t.params == plan.defaults and t.state == "complete"), None)
    values: dict[str, float | int | None] = {
        plan.metric: best.score,
        f"{plan.metric}_spread": spread(best.scores),
        f"{plan.metric}_of_defaults": of_defaults,
        "best_trial": best.number,
        "trials": len(trials),
        **{name: states.count(name) for name in ("complete", "stopped", "failed")},
        "trial_seconds": sum(trial.seconds for trial in trials),
    }
    about = {
        "model": plan.candidate.operator.spec.key,
        "target": plan.candidate.target or None,
        "metric": plan.metric,
        "params": dict(best.params),
        "searched": [dimension.name for dimension in plan.space.dimensions],
        "not_searched": dict(plan.space.not_searched),
        "measured_on": f"{len(plan.folds)} folds that the models had not seen; the best of many is a little too good, "
        "so judge the model on rows that were split off before",
        "seed": plan.candidate.seed,
    }
    return Metrics(values, about=about)


def chart_of(plan: TrialPlan, trials: Sequence[Trial]) -> Chart:
    """The score of each trial that was finished, and the best until then."""
    finished = [trial for trial in trials if trial.state == "complete"]
    numbers = [trial.number for trial in finished]
    scores = [trial.score or 0.0 for trial in finished]
    best: list[float] = []
    for score in scores:
        best.append(score if not best or plan.badness(score) < plan.badness(best[-1]) else best[-1])
    series = [{"name": "trial", "x": numbers, "y": scores}, {"name": "best so far", "x": numbers, "y": best}]
    return Chart("line", f"{plan.metric} over the trials", series, "Trial", plan.metric)


def _so_far(count: int, metric: str, best: str | None) -> dict[str, str]:
    name = name_of(metric)
    english, chinese = f"{count} models tried", f"已尝试 {count} 个模型"
    if best is None:
        return {"en": english, "zh-CN": chinese}
    return {
        "en": f"{english}; the best so far scores {best} ({name.en})",
        "zh-CN": f"{chinese}；目前最好得分 {best}（{name.zh}）",
    }
