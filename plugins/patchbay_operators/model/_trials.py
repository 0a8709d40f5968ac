"""One trial of tuning: params, tried on one fold after the other, until they are all done or it falls behind."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from patchbay_operators.advice import Text
from patchbay_operators.candidate import Candidate, Tested, try_fold, wrong_params
from patchbay_operators.folds import Fold
from patchbay_operators.scores import badness
from patchbay_sdk import Context, DataError, Dimension, ParamError, SearchSpace, Table

AUTO = {"regression": "rmse", "clustering": "silhouette", "anomaly": "auc"}
"""Task -> the metric that is taken where none is named."""
COUNTS = ("rows", "positives", "found", "missed", "false_alarms", "correctly_rejected")
"""What scores count, which is nothing to improve."""
NO_SCORE = 1e30
"""The badness of a trial that failed: worse than any score, and a number that can be averaged."""


@dataclass(frozen=True)
class Goal:
    """When to end: after so many trials, so many seconds, or so many trials in a row without a better one (0: never).

    `early_stop`: trials that fall behind the others on their first folds are given up. `whole_folds`: so many folds are
    done before that. `least`: so many trials are finished whatever the time.
    """

    trials: int
    seconds: float | None
    early_stop: bool
    patience: int
    whole_folds: int = 1
    least: int = 1


@dataclass
class Trial:
    """What came of some params.

    `number` counts from 1, in the order in which trials end. `state`: complete, stopped (it fell behind) or failed
    (`error` says why).
    `scores`: per fold that was done. `score`: their mean.
    """

    number: int
    params: Mapping[str, Any]
    state: str = "complete"
    scores: list[float] = field(default_factory=list)
    seconds: float = 0.0
    error: str = ""

    @property
    def score(self) -> float | None:
        """The mean over the folds done, None before the first."""
        return sum(self.scores) / len(self.scores) if self.scores else None


@dataclass(frozen=True)
class Searched:
    """The trials, in the order in which they ended, and what ended the search: trials, time, patience or finish."""

    trials: list[Trial]
    ended: str


class Plan(Protocol):
    """What is searched: where params come from, and how they are judged."""

    @property
    def folds(self) -> Sequence[object]:
        """What each trial is tried on, in order."""

    @property
    def metric(self) -> str:
        """The name of the metric to improve."""

    def first(self) -> list[dict[str, Any]]:
        """Choices of the dimensions to begin with."""

    def propose(self, choose: Callable[[Dimension], Any]) -> dict[str, Any]:
        """The params of a trial, made of choices."""

    def params_of(self, choices: Mapping[str, Any]) -> dict[str, Any]:
        """The params that choices of the dimensions stand for; one that was not made yet counts as None."""

    def badness(self, score: float) -> float:
        """The score as a number of which less is better."""

    def run(self, params: Mapping[str, Any], temp_dir: Path) -> Iterator[float]:
        """The score on each fold in turn; raises DataError."""


Search = Callable[[Context, Plan, Goal], Searched]
"""Tries what the plan proposes until the goal is reached."""


@dataclass(frozen=True)
class TrialPlan:
    """What all trials of a tuning share.

    `metric`: the name of the one to improve. `defaults`: the params of the first trial, the operator's own.
    """

    candidate: Candidate
    space: SearchSpace
    rows: Table
    folds: Sequence[Fold]
    metric: str
    defaults: Mapping[str, Any]

    def with_params(self, params: Mapping[str, Any]) -> Candidate:
        """The operator with other params."""
        return replace(self.candidate, params=params)

    def first(self) -> list[dict[str, Any]]:
        """The operator's defaults."""
        return [defaults_of(self.space)]

    def propose(self, choose: Callable[[Dimension], Any]) -> dict[str, Any]:
        """Params to try."""
        return self.space.propose(choose)

    def params_of(self, choices: Mapping[str, Any]) -> dict[str, Any]:
        """The params that choices of the dimensions stand for; one that was not made yet counts as None."""
        return self.propose(lambda dimension: choices.get(dimension.name))

    def badness(self, score: float) -> float:
        """The score as a number of which less is better."""
        return badness(self.metric)(score)

    def run(self, params: Mapping[str, Any], temp_dir: Path) -> Iterator[float]:
        """The score on each fold in turn.

        Raises:
            DataError: the operator cannot learn from the rows with these params, or the metric is undefined.
            ParamError: the params are not allowed together.
        """
        candidate = self.with_params(params)
        if problems := candidate.operator.spec.check_params(params, {}):
            raise ParamError(wrong_params(problems).as_json())
        for fold in self.folds:
            yield score_of(try_fold(candidate, self.rows, fold, temp_dir / str(fold.number)), self.metric)


def score_of(tested: Tested, metric: str) -> float:
    """The metric on a fold. Raises DataError when it is undefined there, or the answers left all bounds."""
    value = tested.scores.values[metric]
    if value is not None and not math.isfinite(value):
        endless = Text(
            f"The model's answers are no finite numbers on fold {tested.fold}; its {metric} is {value}.",
            f"模型在第 {tested.fold} 折上给出的不是有限的数值；其 {metric} 为 {value}。"
            "请换一种模型，或检查数据中的极端值。",
        )
        raise DataError(endless.as_json())
    if value is None:
        raise DataError(
            Text(
                f"{metric} is undefined on fold {tested.fold}: {' '.join(tested.scores.notes)} "
                "Choose another metric or fewer folds.",
                f"在第 {tested.fold} 折上无法计算 {metric}。请换一个指标，或减少折数。",
            ).as_json()
        )
    return float(value)


def choose_metric(wanted: str, tested: Tested) -> str:
    """The metric to improve, given what one fold was judged by; `wanted` may be auto.

    Raises:
        ParamError: the one that is wanted does not fit the task.
    """
    values = tested.scores.values
    automatic = AUTO.get(tested.task) or ("auc" if "auc" in values else "balanced_accuracy")
    metric = automatic if wanted == "auto" else wanted
    if metric not in values:
        known = [name for name in values if name not in COUNTS]
        raise ParamError(
            Text(
                f"metric: {metric} does not fit {tested.task}; there are: {', '.join(known)}.",
                f"指标 {metric} 不适合该任务；可用的有：{'、'.join(known)}。",
            ).as_json(),
            field="metric",
        )
    return metric


def defaults_of(space: SearchSpace) -> dict[str, Any]:
    """The operator's own defaults as choices of the dimensions, where they lie within: the first trial."""
    fields = space.params["properties"]
    found: dict[str, Any] = {}
    for dimension in space.dimensions:
        if dimension.optional:
            found[f"{dimension.name}?"] = False
        default = fields[dimension.name].get("default")
        if default is not None and _within(dimension, default):
            found[dimension.name] = default
    return found


def _within(dimension: Dimension, value: Any) -> bool:
    if dimension.kind == "choice":
        return value in dimension.choices
    return bool(dimension.low <= value <= dimension.high)


def suggest(trial: Any, dimension: Dimension) -> Any:
    """A value of a dimension from an Optuna trial."""
    if dimension.kind == "choice":
        return trial.suggest_categorical(dimension.name, dimension.choices)
    if dimension.kind == "int":
        low, high, step = int(dimension.low), int(dimension.high), int(dimension.step or 1)
        return trial.suggest_int(dimension.name, low, high, step=step, log=dimension.log)
    return trial.suggest_float(dimension.name, dimension.low, dimension.high, step=dimension.step, log=dimension.log)


class Clock:
    """Seconds since it was made, and `before` that."""

    def __init__(self, before: float = 0.0) -> None:
        self._begin = time.monotonic() - before

    def __call__(self) -> float:
        return time.monotonic() - self._begin
