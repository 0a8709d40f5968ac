"""A forecast of a series, found by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.auto import told
from patchbay_operators.auto.learners import find_learners
from patchbay_operators.auto.search import Choice, Record, Searched, search, seed_of
from patchbay_operators.series.choices import Proposals, name_of
from patchbay_operators.series.learning import Learning, try_out
from patchbay_operators.series.lines import Line, notes_of, read_lines
from patchbay_operators.series.origins import find_origins, make_folds
from patchbay_operators.series.seasons import clock_cycles, find_seasons
from patchbay_operators.series.steps import Step
from patchbay_sdk import Context, DataError, Metrics, Model, Operator, Outputs, ParamError, Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_CHART = Text("Typical error of each way to forecast", "每种预测方法的典型误差")

LEARNS_FORECASTS = "forecast"
"""What the wizard block of a spec says of an operator that learns what comes next from values before it."""


class AutoForecast(Operator):
    """Tries ways to forecast, judges each on later rows than it learned from, and keeps the best."""

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
        replay: str,
    ) -> Outputs:
        """The best forecaster, learned from all rows, and what was tried.

        Raises:
            DataError: no column with times or too few of them, a target that is no number, too few rows.
            ParamError: columns that are named twice, or a replay that is no schedule.
        """
        record = Record.read(replay)
        learning, notes, step, seasons = _learning(context, table, target, time, group, horizon, exclude, record)
        longest = max(len(line.values) for line in learning.lines)
        propose = Proposals(step, seasons, horizon, longest, len(learning.base["others"]), learning.learners)

        def judge(choice: Choice) -> list[float]:
            errors = learning.judge(choice.kind, choice.params)
            return [_rmse(error) * learning.typical for error in errors]

        searched = search(
            context,
            propose,
            judge,
            minutes=minutes,
            record=record,
            name=partial(name_of, step, learning.learners),
            learners=list(learning.learners),
        )
        return self._outputs(context, table, learning, searched, notes, step, seasons)

    def _outputs(
        self,
        context: Context,
        table: Table,
        learning: Learning,
        searched: Searched,
        notes: Sequence[Text],
        step: Step,
        seasons: Sequence[int],
    ) -> Outputs:
        import numpy as np

        best = searched.best
        kind, params = best.choice.kind, best.choice.params
        context.progress(0.96, {"en": "Learning from all rows with the best", "zh-CN": "正在用最好的方法学习全部数据"})
        errors = np.concatenate(learning.judge(kind, params))
        made = learning.forecaster(kind, params, None)
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
            "folds": len(learning.folds),
            "why": Text(
                f"Each forecast was judged on later times than it had learned from, {len(learning.folds)} times over.",
                f"每次都用训练之后的时间来评判预测，共评判 {len(learning.folds)} 轮。",
            ).as_json(),
        }
        more = {**about, "every": every.as_json(), "ahead": step.words(base["horizon"]).as_json(), "mae": values["mae"]}
        return {
            "model": replace(model, metrics=values),
            "leaderboard": told.leaderboard(searched),
            "metrics": Metrics(values, about=about),
            "summary": told.summary(searched, self.spec.key, "forecast", "rmse", validation, notes, more),
            "schedule": searched.schedule(),
            "chart": told.chart(searched, _CHART, Text("Typical error", "典型误差")),
        }


def _learning(
    context: Context,
    table: Table,
    target: str,
    time: str,
    group: str,
    horizon: int,
    exclude: Sequence[str],
    record: Record | None,
) -> tuple[Learning, list[Text], Step, list[int]]:
    """The series as origins and folds, what was done to their times, their step and seasons."""
    import numpy as np
    import polars as pl

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
    unwanted = {target, time, group, *exclude}
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
    folds, seed, folder = make_folds(origins, horizon), seed_of(context, record), context.temp_dir / "forecast"
    found = find_learners(context, LEARNS_FORECASTS, record, partial(try_out, folder=folder, seed=seed))
    learners = {learner.key: learner for learner in found}
    learning = Learning(lines, scales, typical, origins, folds, base, seed, learners, folder)
    return learning, notes, step, seasons


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


def _rmse(errors: Array) -> float:
    import numpy as np

    return float(np.sqrt(np.nanmean(errors**2)))


def _ranges(errors: Array) -> Mapping[str, list[float]]:
    """How far below and above the forecast the truth lies in one case of ten, per step ahead, in deviations."""
    import numpy as np

    low, high = np.nanquantile(-errors, [0.1, 0.9], axis=0)
    return {"low": np.minimum(low, 0).tolist(), "high": np.maximum(high, 0).tolist()}
