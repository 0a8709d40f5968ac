"""Find the best model: kinds of models times ways to prepare columns, honestly judged, within a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from patchbay_operators.advice import Text
from patchbay_operators.candidate import learned_before, too_good
from patchbay_operators.honest import Division, choose_division, honest_folds
from patchbay_operators.model._auto_plan import AutoPlan, metric_for
from patchbay_operators.model._columns_to_learn import columns_to_learn
from patchbay_operators.model._families import find_families
from patchbay_operators.model._few_enough import few_enough, most_rows
from patchbay_operators.model._judged import complete_baseline, ranked
from patchbay_operators.model._last_steps import take_last_steps
from patchbay_operators.model._preparation import Preparation
from patchbay_operators.model._recipe import Kitchen
from patchbay_operators.model._schedule import Schedule, recorded, replayed
from patchbay_operators.model._task import rows_and_task
from patchbay_operators.model._time_left import TimeLeft
from patchbay_operators.model._told import Outcome
from patchbay_operators.model._trials import Clock, Goal, Search, Searched
from patchbay_operators.one_thread import one_thread
from patchbay_sdk import Context, DataError, Operator, Outputs, Table

SEARCH_SHARE = 0.75
"""Of the time, until trials end; the rest is for judging the best ones again and for training the winner."""
FOLD_SHARE = 1 / 30
"""Of the time, at most for one fold of one trial: at least some dozens are tried."""
MIN_FOLD_SECONDS = 2.0
"""However little time there is, a fold may take this long."""


class Auto(Operator):
    """Searches for the best model and trains it on all rows; what learns, learns within each fold only."""

    def run(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        exclude: Sequence[str],
        text: str,
        minutes: float,
        method: str,
        families: Sequence[str],
        trials: int,
        patience: int,
        replay: str,
        positive: str = "",
        focus: float = 50.0,
        column: str = "",
    ) -> Outputs:
        """One trial after the other in this process, chosen by Optuna.

        Raises:
            DataError: the rows cannot be learned from: too few, one answer only, no usable column.
            ParamError: a param does not fit the rows.
        """
        from patchbay_operators.model._tune_local import tune_here

        wanted = _Wanted(
            task, target, positive, exclude, text, minutes, method, column, families, trials, patience, focus
        )
        return _found(context, table, wanted, replay, tune_here)

    def run_ray(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        exclude: Sequence[str],
        text: str,
        minutes: float,
        method: str,
        families: Sequence[str],
        trials: int,
        patience: int,
        replay: str,
        positive: str = "",
        focus: float = 50.0,
        column: str = "",
    ) -> Outputs:
        """Trials side by side by Ray Tune, those that fall behind given up by ASHA; otherwise as `run`."""
        from patchbay_operators.model._tune_ray import tune_on_ray

        wanted = _Wanted(
            task, target, positive, exclude, text, minutes, method, column, families, trials, patience, focus
        )
        return _found(context, table, wanted, replay, partial(tune_on_ray, concurrency=0))


@dataclass(frozen=True)
class _Wanted:
    """The params of the search."""

    task: str
    target: str
    positive: str
    exclude: Sequence[str]
    text: str
    minutes: float
    method: str
    column: str
    families: Sequence[str]
    trials: int
    patience: int
    focus: float


def _found(context: Context, table: Table, wanted: _Wanted, replay: str, search: Search) -> Outputs:
    with one_thread():
        return _outputs(context, table, wanted, replay, search)


def _outputs(context: Context, table: Table, wanted: _Wanted, replay: str, search: Search) -> Outputs:
    clock = Clock()
    schedule = Schedule.read(replay) if replay else None
    if schedule is not None:
        wanted = _as_then(wanted, schedule)
    seed = context.seed if schedule is None else schedule.seed
    if learned := learned_before(table):
        context.warn(too_good(learned).as_json())
    table.require(wanted.target, *wanted.exclude)
    fold_seconds = max(MIN_FOLD_SECONDS, wanted.minutes * 60 * FOLD_SHARE)
    most = most_rows(table, wanted.exclude, fold_seconds) if schedule is None else schedule.most_rows
    rows, task, positive = rows_and_task(
        context, few_enough(context, table, most, seed), wanted.task, wanted.target, wanted.positive
    )
    if schedule is not None and schedule.rows != rows.num_rows:
        differs = Text(
            f"The record was made on {schedule.rows} rows, these are {rows.num_rows}: the answer may differ.",
            f"记录是在 {schedule.rows} 行上产生的，现在有 {rows.num_rows} 行：结果可能不同。",
        )
        context.warn(differs.as_json())
    plan, division = _plan(context, rows, wanted, task, positive, seed, fold_seconds)
    if schedule is None:
        whole_folds = 1 if rows.num_rows >= 5_000 else 2
        seconds = max(0.0, wanted.minutes * 60 * SEARCH_SHARE - clock())
        least = min(2, wanted.trials)
        done = search(context, plan, Goal(wanted.trials, seconds, True, wanted.patience, whole_folds, least))
    else:
        done = Searched(replayed(context, replace(plan, fold_seconds=None), schedule.trials), "replay")

    complete_baseline(context, plan, done.trials)
    board = ranked(plan, done.trials)
    if not board:
        reasons = [trial.error for trial in done.trials if trial.error]
        none = Text(
            f"None of {len(done.trials)} attempts succeeded. {reasons[0] if reasons else ''}".strip(),
            f"{len(done.trials)} 次尝试都没有成功。请给更多时间，或检查数据。",
        )
        raise DataError(none.as_json())

    time_left = TimeLeft(context, clock, wanted.minutes * 60 if schedule is None else None)
    last = take_last_steps(context, plan, board, division, positive, wanted.focus, time_left, schedule)
    winner, threshold = last.board[0], last.threshold
    context.check_cancelled()
    context.progress(0.99, {"en": "Learning from all rows with the best one", "zh-CN": "正在用最好的方法学习全部数据"})
    warnings: list[Text] = []
    model = plan.train(winner.recipe, context.temp_dir / "best", warnings)
    for warning in warnings:
        context.warn(warning.as_json())
    outcome = Outcome(
        plan,
        task,
        division,
        done.trials,
        last.board,
        threshold,
        wanted.focus if threshold else None,
        last.random_split,
        last.learning_curve,
        done.ended,
        clock(),
        None if most is None else (most, table.num_rows),
    )
    if threshold is not None:
        model = model.with_threshold(threshold.value)
    record = Schedule(
        seed, task, wanted.target, positive, division.method, division.column, plan.preparation.columns.text,
        rows.num_rows, last.repeats, recorded(done.trials), last.threshold_folds, last.finalists,
        most,
    )  # fmt: skip
    return {
        "model": replace(model, about={**model.about, "recipe": outcome.recipe}),
        "leaderboard": outcome.leaderboard(),
        "metrics": outcome.metrics(),
        "summary": outcome.summary(),
        "schedule": record.to_json(),
        "chart": outcome.chart(),
    }


def _as_then(wanted: _Wanted, schedule: Schedule) -> _Wanted:
    schedule.require_target(wanted.target)
    return replace(
        wanted,
        task=schedule.task,
        positive=schedule.positive,
        method=schedule.method,
        column=schedule.column,
        text=schedule.text,
    )


def _plan(
    context: Context, rows: Table, wanted: _Wanted, task: str, positive: str, seed: int, fold_seconds: float
) -> tuple[AutoPlan, Division]:
    division = choose_division(rows, wanted.target, wanted.method, wanted.column)
    columns = columns_to_learn(rows, wanted.target, {*wanted.exclude, *_divides(rows, division)}, wanted.text)
    folds, division = honest_folds(context, rows, wanted.target, division, seed)
    context.log(division.why.en)
    values = rows.polars()[wanted.target]
    classes = [] if task == "regression" else sorted(values.unique().to_list(), key=str)
    metric = metric_for(task, len(classes), wanted.focus)
    families = find_families(context, task, classes, positive, wanted.families)
    context.log(f"Trying {', '.join(family.title.en for family in families)}.")
    preparation = Preparation.of(rows, columns, wanted.target, task, len(classes), division.method == "time")
    kitchen = Kitchen(rows, wanted.target, seed)
    return AutoPlan(kitchen, folds, metric, families, preparation, fold_seconds), division


def _divides(rows: Table, division: Division) -> list[str]:
    """The column of groups, or of times that are numbers: in use there are only new ones, so it says nothing."""
    column = rows.schema.get(division.column)
    if column is None or division.method not in ("group", "time"):
        return []
    return [column.name] if division.method == "group" or column.kind == "number" else []
