"""A forecast of a series, found by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.auto import told
from patchbay_operators.auto.learners import find_learners
from patchbay_operators.auto.search import Attempt, Choice, Record, Searched, seed_of
from patchbay_operators.model._schedule import recorded, replayed
from patchbay_operators.model._trials import Clock, Goal, Search, Trial
from patchbay_operators.one_thread import one_thread
from patchbay_operators.series.learning import Learning, try_out
from patchbay_operators.series.lines import Line, notes_of, read_lines
from patchbay_operators.series.origins import find_origins, make_folds
from patchbay_operators.series.plan import BASELINE, ForecastPlan
from patchbay_operators.series.seasons import clock_cycles, find_seasons
from patchbay_operators.series.steps import Step
from patchbay_sdk import Context, DataError, Metrics, Model, Operator, Outputs, ParamError, Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

SEARCH_SHARE = 0.8
"""Of the time, until trials end; the rest is for judging the best one again and for training it."""
WHOLE_FOLDS = 2
"""So many folds are done before a trial is given up: the first one has the least to learn from."""
_CHART = Text("Typical error of each way to forecast", "每种预测方法的典型误差")

LEARNS_FORECASTS = "forecast"
"""What the wizard block of a spec says of an operator that learns what comes next from values before it."""


class AutoForecast(Operator):
    """Searches for the best way to forecast, judges each on later rows than it learned from, and keeps the best."""

    def run(
        self,
        context: Context,
        table: Table,
        target: str,
        time: str,
        group: str,
        horizon: int,
        exclude: Sequence[str],
        minutes: float,
        trials: int,
        patience: int,
        replay: str,
    ) -> Outputs:
        """The best forecaster, learned from all rows, and what was tried: one after the other, chosen by Optuna.

        Raises:
            DataError: no column with times or too few of them, a target that is no number, too few rows.
            ParamError: columns that are named twice, or a replay that is no schedule.
        """
        from patchbay_operators.model._tune_local import tune_here

        wanted = _Wanted(target, time, group, horizon, exclude, minutes, trials, patience)
        return self._found(context, table, wanted, replay, tune_here)

    def run_ray(
        self,
        context: Context,
        table: Table,
        target: str,
        time: str,
        group: str,
        horizon: int,
        exclude: Sequence[str],
        minutes: float,
        trials: int,
        patience: int,
        replay: str,
    ) -> Outputs:
        """Trials side by side by Ray Tune, those that fall behind given up by ASHA; otherwise as `run`."""
        from patchbay_operators.model._tune_ray import tune_on_ray

        wanted = _Wanted(target, time, group, horizon, exclude, minutes, trials, patience)
        return self._found(context, table, wanted, replay, partial(tune_on_ray, concurrency=0))

    def _found(self, context: Context, table: Table, wanted: _Wanted, replay: str, search: Search) -> Outputs:
        with one_thread():
            return self._searched(context, table, wanted, replay, search)

    def _searched(self, context: Context, table: Table, wanted: _Wanted, replay: str, search: Search) -> Outputs:
        record, clock = Record.read(replay), Clock()
        plan, notes = _plan(context, table, wanted, record)
        if record is None:
            seconds = max(0.0, wanted.minutes * 60 * SEARCH_SHARE - clock())
            done = search(context, plan, Goal(wanted.trials, seconds, True, wanted.patience, WHOLE_FOLDS))
            trials, stopped = done.trials, done.ended
        else:
            record.choices(plan.name)  # refuses what is no schedule
            trials, stopped = replayed(context, plan, record.tried), "replay"
        trials = _different(plan, trials, context)
        learners = list(plan.learning.learners)
        attempts = [_attempt(plan, trial) for trial in trials]
        searched = Searched(attempts, stopped, clock(), True, plan.learning.seed, learners)
        schedule = Record(plan.learning.seed, learners, recorded(trials)).to_json()
        return {**self._outputs(context, table, plan, searched, notes), "schedule": schedule}

    def _outputs(
        self, context: Context, table: Table, plan: ForecastPlan, searched: Searched, notes: Sequence[Text]
    ) -> dict[str, Any]:
        import numpy as np

        learning, step, seasons = plan.learning, plan.step, plan.seasons
        best = searched.best
        kind, params = best.choice.kind, best.choice.params
        context.progress(0.96, {"en": "Learning from all rows with the best", "zh-CN": "正在用最好的方法学习全部数据"})
        folder = context.temp_dir / "best"
        folds = [plan.errors({"kind": kind, "params": params}, fold, folder) for fold in range(len(plan.folds))]
        errors = np.concatenate(folds)
        made = learning.forecaster(kind, params, None, folder)
        made.options = {**made.options, **_ranges(errors)}
        base = learning.base
        features = [base["time"], *filter(None, [base["group"]]), *made.columns]
        sizes = np.nanmean(np.abs(errors), axis=0) * learning.typical
        about = {
            "kind": "forecast",
            "target": base["target"],
            "time": base["time"],
            "group": base["group"],
            "horizon": base["horizon"],
            "season": seasons[0] if seasons else 0,
            "step": step.as_json(),
            "choice": best.choice.name.as_json(),
            "error_by_step": sizes.tolist(),
        }
        model = Model.fitted(made, table, task="regression", features=features, operator=self.spec.key, about=about)
        values = {
            "rmse": best.score,
            "mae": float(np.nanmean(np.abs(errors)) * learning.typical),
            "rmse_of_baseline": searched.baseline.score,
            "trials": len(searched.attempts),
            "series": len(learning.lines),
            "rows": table.num_rows,
        }
        every = step.words(1)
        validation = {
            "method": "time",
            "column": base["time"],
            "folds": len(folds),
            "why": Text(
                f"Each forecast was judged on later times than it had learned from, {len(folds)} times over.",
                f"每次都用训练之后的时间来评判预测，共评判 {len(folds)} 轮。",
            ).as_json(),
        }
        more = {**about, "every": every.as_json(), "ahead": step.words(base["horizon"]).as_json(), "mae": values["mae"]}
        return {
            "model": replace(model, metrics=values),
            "leaderboard": told.leaderboard(searched),
            "metrics": Metrics(values, about=about),
            "summary": told.summary(searched, self.spec.key, "forecast", "rmse", validation, notes, more),
            "chart": told.chart(searched, _CHART, Text("Typical error", "典型误差")),
        }


@dataclass(frozen=True)
class _Wanted:
    """The params of the search."""

    target: str
    time: str
    group: str
    horizon: int
    exclude: Sequence[str]
    minutes: float
    trials: int
    patience: int


def _different(plan: ForecastPlan, trials: Sequence[Trial], context: Context) -> list[Trial]:
    """Each once, the baseline first: where it was given up for being behind, it is judged on all folds here."""
    baseline = next((trial for trial in trials if trial.params == BASELINE and trial.state == "complete"), None)
    if baseline is None:
        baseline = Trial(0, BASELINE, scores=list(plan.run(BASELINE, context.temp_dir / "baseline")))
    found: dict[str, Trial] = {}
    for trial in sorted([baseline, *trials], key=lambda trial: trial.state != "complete"):
        found.setdefault(json.dumps(trial.params, sort_keys=True), trial)
    return list(found.values())


def _attempt(plan: ForecastPlan, trial: Trial) -> Attempt:
    kind, params = trial.params["kind"], trial.params["params"]
    choice = Choice(kind, params, plan.name(kind, params), plan.group(kind, params))
    if trial.state == "complete":
        return Attempt(choice, trial.scores, trial.seconds)
    count = len(trial.scores)
    behind = Text(f"It fell behind the others on the first {count} folds.", f"在前 {count} 折上落后于其他方法。")
    return Attempt(choice, [], trial.seconds, Text(trial.error, trial.error) if trial.error else behind)


def _plan(context: Context, table: Table, wanted: _Wanted, record: Record | None) -> tuple[ForecastPlan, list[Text]]:
    """The series as origins and folds, with their step and seasons; and what was done to their times."""
    import numpy as np
    import polars as pl

    target, time, group, horizon = wanted.target, wanted.time, wanted.group, wanted.horizon
    table.require(target, *filter(None, [time, group]))
    time = time or _only_time(table, {target, group})
    if target in (time, group) or time == group:
        raise ParamError(
            Text(
                "target, time and group must be three different columns.",
                "要预测的列、时间列和序列列必须是三个不同的列。",
            ).as_json(),
            field="target",
        )
    names = table.polars()[group] if group else pl.Series([0] * table.num_rows, dtype=pl.Int8)
    step = Step.of(table.polars()[time], names)
    unwanted = {target, time, group, *wanted.exclude}
    others = [name for name in table.schema.of_kind("number") if name not in unwanted]
    read = read_lines(table, step, time, group, [target, *others])
    lines = [line for line in read.lines if line.seen.any()]
    if not lines:
        raise DataError(
            Text(
                f"target: {target!r} has too few values: none is known.",
                f"“{target}”没有任何已知的值，无法预测。请换一列。",
            ).as_json(),
            column=target,
        )
    notes = notes_of(read, step, time)
    for note in notes:
        context.warn(note.as_json())
    scales = [_scale(line) for line in lines]
    typical = float(np.sqrt(np.mean(np.square(scales))))
    stacked = np.concatenate([line.values[:, 1:] for line in lines])
    base = {
        "time": time,
        "group": group,
        "target": target,
        "others": others,
        "horizon": horizon,
        "step": step.as_json(),
        "scales": {str(line.name): scale for line, scale in zip(lines, scales, strict=True)},
        "scale": typical,
        "other_scales": [[float(part.mean()), float(part.std()) or 1.0] for part in stacked.T],
    }
    longest = max(lines, key=lambda line: len(line.values))
    seasons = find_seasons(longest.target, step)
    base["cycles"] = list(dict.fromkeys([*seasons, *clock_cycles(step)]))
    origins = find_origins(lines, scales, horizon)
    folds, seed = make_folds(origins, horizon), seed_of(context, record)
    check = partial(try_out, folder=context.temp_dir / "learners", seed=seed)
    found = find_learners(context, LEARNS_FORECASTS, record, check)
    learners = {learner.key: learner for learner in found}
    learning = Learning(lines, scales, typical, origins, folds, base, seed, learners)
    return ForecastPlan(learning, step, seasons), notes


def _only_time(table: Table, taken: set[str]) -> str:
    found = [name for name in table.schema.of_kind("time") if name not in taken]
    if len(found) != 1:
        which = Text("there is no column with times", "没有时间列")
        if found:
            which = Text(f"there are several: {', '.join(found)}", f"有多个时间列：“{'”、“'.join(found)}”")
        needed = Text(
            f"time: {which.en}. Name the column that says when each row was.", f"{which.zh}。请选择记录每行时间的列。"
        )
        raise DataError(needed.as_json())
    return found[0]


def _scale(line: Line) -> float:
    import numpy as np

    deviation = float(line.target[line.seen].std())
    return deviation if np.isfinite(deviation) and deviation > 0 else 1.0


def _ranges(errors: Array) -> Mapping[str, list[float]]:
    """How far below and above the forecast the truth lies in one case of ten, per step ahead, in deviations."""
    import numpy as np

    low, high = np.nanquantile(-errors, [0.1, 0.9], axis=0)
    return {"low": np.minimum(low, 0).tolist(), "high": np.maximum(high, 0).tolist()}
