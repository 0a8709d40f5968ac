"""Train and test a model operator on several divisions of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.candidate import (
    Candidate,
    Tested,
    choose_candidate,
    learned_before,
    rows_to_learn,
    too_good,
    try_fold,
)
from patchbay_operators.evaluate._across_folds import chart_of, metrics_of, predictions_of
from patchbay_operators.folds import Fold, make_folds
from patchbay_sdk import Context, Operator, Outputs, Table


class CrossValidation(Operator):
    """How good a model operator is on rows that it has not seen, and how much that depends on which rows they are."""

    def run(
        self,
        context: Context,
        table: Table,
        operator: str,
        method: str,
        folds: int,
        target: str = "",
        params: Mapping[str, Any] | None = None,
        column: str = "",
    ) -> Outputs:
        """One fold after the other in this process.

        Raises:
            ParamError: the operator trains no model, or its params are wrong.
            DataError: the rows cannot be divided so, or the operator cannot learn from a fold.
        """
        candidate, rows, divided = _divided(context, table, operator, params, target, method, column, folds)
        tested = []
        for fold in divided:
            context.check_cancelled()
            tested.append(try_fold(candidate, rows, fold, context.temp_dir / str(fold.number)))
            context.progress(len(tested) / len(divided), _told(len(tested), len(divided)).as_json())
        return _outputs(context, candidate, rows, divided, tested)

    def run_ray(
        self,
        context: Context,
        table: Table,
        operator: str,
        method: str,
        folds: int,
        target: str = "",
        params: Mapping[str, Any] | None = None,
        column: str = "",
    ) -> Outputs:
        """The same with the folds side by side, each in a Ray task.

        Raises:
            ParamError, DataError: as `run`.
        """
        from patchbay_operators.on_ray import run_parallel

        candidate, rows, divided = _divided(context, table, operator, params, target, method, column, folds)
        tested = run_parallel(context, _try_elsewhere, divided, candidate, rows, told=_told)
        return _outputs(context, candidate, rows, divided, tested)


def _try_elsewhere(fold: Fold, candidate: Candidate, rows: Table) -> Tested:
    """A fold in a process of an engine, with a folder for temporary files there."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="patchbay-fold-") as folder:
        return try_fold(candidate, rows, fold, Path(folder))


def _told(done: int, folds: int) -> Text:
    return Text(f"{done} of {folds} folds", f"已完成 {done} 折，共 {folds} 折")


def _divided(
    context: Context,
    table: Table,
    operator: str,
    params: Mapping[str, Any] | None,
    target: str,
    method: str,
    column: str,
    folds: int,
) -> tuple[Candidate, Table, list[Fold]]:
    candidate = choose_candidate(operator, table, target, params or {}, context.seed)
    rows = rows_to_learn(context, table, target)
    if learned := learned_before(table):
        context.warn(too_good(learned).as_json())
    divided = make_folds(rows, method, column or (target if method == "stratified" else ""), folds, context.seed)
    for fold in divided:
        context.log(f"Fold {fold.number}: {len(fold.train)} training rows, {len(fold.test)} test rows.")
    return candidate, rows, divided


def _outputs(
    context: Context, candidate: Candidate, rows: Table, divided: Sequence[Fold], tested: Sequence[Tested]
) -> Outputs:
    for warning in dict.fromkeys(warning for outcome in tested for warning in outcome.warnings):
        context.warn(warning.as_json())
    return {
        "table": predictions_of(rows, divided, tested),
        "metrics": metrics_of(candidate, divided, tested),
        "chart": chart_of(tested),
    }
