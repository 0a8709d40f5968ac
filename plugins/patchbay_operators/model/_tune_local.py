"""Tuning in this process, one trial after the other: for trials of a few seconds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_operators.model._study import open_study
from patchbay_operators.model._trials import Clock, Goal, Trial, TrialPlan, defaults_of, suggest
from patchbay_operators.model._tuned import Live
from patchbay_sdk import Context, DataError

if TYPE_CHECKING:
    import optuna


def tune_here(context: Context, plan: TrialPlan, goal: Goal) -> list[Trial]:
    """Every trial, in order: the operator's defaults first, then what Optuna's TPE proposes.

    A trial whose mean is worse than the median of the others after as many folds is stopped. Each trial's choices
    follow from the seed, its place in the order and those before it alone, so a tuning that was killed ends like one
    that was not.
    """
    study, _ = open_study(context.checkpoint_dir, goal)
    trials = _done_before(study)
    if trials:
        context.log(f"Going on after {len(trials)} trials that were done before.")
    else:
        study.enqueue_trial(defaults_of(plan.space))
    live, clock = Live(context, plan, goal, trials), Clock()
    while not live.is_over(clock()):
        asked = _ask(study, context.seed + len(trials))
        trial = Trial(len(trials) + 1, plan.space.propose(partial(suggest, asked)))
        if not _run(context, plan, trial, asked, clock, goal):
            _tell(plan, study, asked, trial, gave_up=True)
            break
        _tell(plan, study, asked, trial)
        trials.append(trial)
        live.done(trial)
    return trials


def _ask(study: optuna.Study, seed: int) -> optuna.Trial:
    import optuna

    study.sampler = optuna.samplers.TPESampler(seed=seed % 2**32)
    return study.ask()


def _run(context: Context, plan: TrialPlan, trial: Trial, asked: optuna.Trial, clock: Clock, goal: Goal) -> bool:
    """Run a trial as far as it goes; false: time was over before its end, though others had been finished."""
    begin = clock()
    try:
        for score in plan.run(trial.params, context.temp_dir / str(trial.number)):
            context.check_cancelled()
            trial.scores.append(score)
            mean = trial.score or 0.0
            asked.report(plan.badness(mean), len(trial.scores))
            if len(trial.scores) == len(plan.folds):
                break
            if goal.seconds is not None and clock() >= goal.seconds and trial.number > 1:
                return False
            if asked.should_prune():
                trial.state = "stopped"
                break
    except DataError as error:
        trial.state, trial.error = "failed", error.message
    trial.seconds = clock() - begin
    return True


def _tell(plan: TrialPlan, study: optuna.Study, asked: optuna.Trial, trial: Trial, gave_up: bool = False) -> None:
    from optuna.trial import TrialState

    for name in ("params", "scores", "seconds", "error"):
        asked.set_user_attr(name, getattr(trial, name))
    if gave_up or trial.state == "failed":
        asked.set_user_attr("gave_up", gave_up)
        study.tell(asked, state=TrialState.FAIL)
    elif trial.state == "stopped":
        study.tell(asked, state=TrialState.PRUNED)
    else:
        study.tell(asked, plan.badness(trial.score or 0.0))


def _done_before(study: optuna.Study) -> list[Trial]:
    """The trials that an earlier attempt has finished."""
    states = {"COMPLETE": "complete", "PRUNED": "stopped", "FAIL": "failed"}
    trials: list[Trial] = []
    for stored in study.trials:
        known: dict[str, Any] = stored.user_attrs
        if "seconds" in known and not known.get("gave_up"):
            facts = (known["params"], states[stored.state.name], known["scores"], known["seconds"], known["error"])
            trials.append(Trial(len(trials) + 1, *facts))
    return trials
