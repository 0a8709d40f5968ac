"""Find good params for a model operator."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.candidate import (
    choose_candidate,
    inner_context,
    learned_before,
    rows_to_learn,
    too_good,
    try_fold,
)
from patchbay_operators.folds import make_folds
from patchbay_operators.model._trials import Goal, Trial, TrialPlan, choose_metric, defaults_of
from patchbay_operators.model._tuned import chart_of, metrics_of, table_of
from patchbay_sdk import Context, DataError, Operator, Outputs, ParamError, Table, search_space


class Tune(Operator):
    """Tries params of any model operator on held-out folds, and trains on all rows with the best.

    What is searched comes from the spec of the operator that is tuned (see `patchbay_sdk.search_space`).
    """

    def run(
        self,
        context: Context,
        table: Table,
        operator: str,
        metric: str,
        trials: int,
        early_stop: bool,
        patience: int,
        concurrency: int,
        method: str,
        folds: int,
        target: str = "",
        params: Mapping[str, Any] | None = None,
        search: Sequence[str] = (),
        column: str = "",
        minutes: float | None = None,
    ) -> Outputs:
        """One trial after the other in this process, chosen by Optuna; the same seed gives the same trials.

        Raises:
            ParamError: the operator trains no model, its params are wrong, or nothing of it can be searched.
            DataError: the rows cannot be divided so, or no trial succeeded.
        """
        from patchbay_operators.model._tune_local import tune_here

        plan = _plan(context, table, operator, target, params, search, method, column, folds, metric)
        goal = Goal(trials, None if minutes is None else minutes * 60, early_stop, patience)
        return _outputs(context, plan, tune_here(context, plan, goal).trials)

    def run_ray(
        self,
        context: Context,
        table: Table,
        operator: str,
        metric: str,
        trials: int,
        early_stop: bool,
        patience: int,
        concurrency: int,
        method: str,
        folds: int,
        target: str = "",
        params: Mapping[str, Any] | None = None,
        search: Sequence[str] = (),
        column: str = "",
        minutes: float | None = None,
    ) -> Outputs:
        """Trials side by side by Ray Tune: Optuna chooses, ASHA stops those that fall behind. Goes on after a kill.

        Raises:
            ParamError, DataError: as `run`.
        """
        from patchbay_operators.model._tune_ray import tune_on_ray

        plan = _plan(context, table, operator, target, params, search, method, column, folds, metric)
        goal = Goal(trials, None if minutes is None else minutes * 60, early_stop, patience)
        return _outputs(context, plan, tune_on_ray(context, plan, goal, concurrency).trials)


def _plan(
    context: Context,
    table: Table,
    operator: str,
    target: str,
    params: Mapping[str, Any] | None,
    search: Sequence[str],
    method: str,
    column: str,
    folds: int,
    metric: str,
) -> TrialPlan:
    candidate = choose_candidate(operator, table, target, params or {}, context.seed, searched=True)
    space = search_space(candidate.operator.spec, candidate.params, search)
    if not space.dimensions:
        nothing = Text(
            f"operator: nothing of {operator} can be searched beside the params given.",
            f"除已固定的参数外，{operator} 没有可搜索的参数；请少固定一些，或换一个模型算子。",
        )
        raise ParamError(nothing.as_json(), field="operator")
    context.log(f"Searching {', '.join(dimension.name for dimension in space.dimensions)} of {operator}.")
    if learned := learned_before(table):
        context.warn(too_good(learned).as_json())
    rows = rows_to_learn(context, table, target)
    divided = make_folds(rows, method, column or (target if method == "stratified" else ""), folds, context.seed)
    defaults = defaults_of(space)
    first = space.propose(lambda dimension: defaults.get(dimension.name, (*dimension.choices, dimension.low)[0]))
    tested = try_fold(replace(candidate, params=first), rows, divided[0], context.temp_dir / "first")
    return TrialPlan(candidate, space, rows, divided, choose_metric(metric, tested), first)


def _outputs(context: Context, plan: TrialPlan, trials: Sequence[Trial]) -> Outputs:
    """The best trial's params, trained on all rows, and what was tried."""
    finished = [trial for trial in trials if trial.state == "complete"]
    if not finished:
        reasons = [trial.error for trial in trials if trial.error]
        because = Text(" There was no time for one; give more minutes.", "时间不够；请给更多时间。")
        if reasons:
            because = Text(f" One failed: {reasons[0]}", f"其中一次失败的原因：{reasons[0]}")
        none = Text(
            f"None of {len(trials)} trials was finished.{because.en}",
            f"{len(trials)} 次尝试都没有完成。{because.zh}",
        )
        raise DataError(none.as_json())
    best = min(finished, key=lambda trial: (plan.badness(trial.score or 0.0), trial.number))
    context.log(f"Best is trial {best.number} with {plan.metric} {best.score:g}: {json.dumps(best.params)}")
    warnings: list[Text] = []
    context.check_cancelled()
    inner = inner_context(context.temp_dir / "best", context.seed, warnings)
    model, _ = plan.with_params(best.params).train(inner, plan.rows)
    for warning in warnings:
        context.warn(warning.as_json())
    return {
        "model": model,
        "params": json.dumps(best.params, ensure_ascii=False, indent=2),
        "trials": table_of(plan, trials),
        "metrics": metrics_of(plan, trials, best),
        "chart": chart_of(plan, trials),
    }
