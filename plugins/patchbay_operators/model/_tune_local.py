"""Tuning in this process, one trial after the other: for trials of a few seconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from patchbay_operators.model._study import open_study
from patchbay_operators.model._trials import NO_SCORE, Clock, Goal, Plan, Searched, Trial, suggest
from patchbay_operators.model._tuned import Live
from patchbay_sdk import Context, DataError

if TYPE_CHECKING:
    import optuna


def tune_here(context: Context, plan: Plan, goal: Goal) -> Searched:
    """Every trial, in order: those to begin with (the operator's defaults), then what Optuna's TPE proposes.

    A trial whose mean is worse than the median of the others after as many folds is stopped. Each trial's choices
    follow from the seed, its place in the order and those before it alone, so a tuning that was killed ends like one
    that was not; its time counts, too.
    """
    study, _ = open_study(context.checkpoint_dir, goal)
    trials = _done_before(study)
    if trials:
        context.log(f"Going on after {len(trials)} trials that were done before.")
    else:
        for choices in plan.first():
            study.enqueue_trial(choices)
    live = Live(context, plan, goal, trials)
    clock = Clock(sum(trial.seconds for trial in trials))
    while not live.is_over(clock() + _usual_fold(trials)):
        asked = _ask(study, context.seed + len(trials))
        trial = Trial(len(trials) + 1, plan.propose(partial(suggest, asked)))
        if not _run(context, plan, trial, asked, clock, goal, trials):
            _tell(plan, study, asked, trial, gave_up=True)
            live.is_over(max(clock(), goal.seconds or 0.0))  # there is time left, but not enough for its next fold
            break
        _tell(plan, study, asked, trial)
        trials.append(trial)
        live.done(trial, clock())
    return Searched(trials, live.ended)


def _usual_fold(trials: Sequence[Trial]) -> float:
    """Seconds that a fold took in half of the trials at most: a trial is not begun whose first fold could not end."""
    return median([trial.seconds / len(trial.scores) for trial in trials if trial.scores] or [0.0])


def _ask(study: optuna.Study, seed: int) -> optuna.Trial:
    import optuna

    study.sampler = optuna.samplers.TPESampler(seed=seed % 2**32)
    return study.ask()


def _run(
    context: Context,
    plan: Plan,
    trial: Trial,
    asked: optuna.Trial,
    clock: Clock,
    goal: Goal,
    done: Sequence[Trial],
) -> bool:
    """Run a trial as far as it goes; false: it cannot end in time, though others have been finished.

    What one of those `done` has scored with equal params is not computed again.
    """
    begin = before = clock()
    try:
        equal = next((other for other in done if other.state == "complete" and other.params == trial.params), None)
        for score in equal.scores if equal else plan.run(trial.params, context.temp_dir / str(trial.number)):
            context.check_cancelled()
            trial.scores.append(score)
            mean = trial.score or 0.0
            asked.report(plan.badness(mean), len(trial.scores))
            if len(trial.scores) == len(plan.folds):
                break
            now = clock()
            out_of_time = goal.seconds is not None and now + (now - before) > goal.seconds
            before = now
            if (out_of_time or context.finish_requested()) and trial.number > goal.least:
                return False
            if asked.should_prune():
                trial.state = "stopped"
                break
    except DataError as error:
        trial.state, trial.error = "failed", error.message
    trial.seconds = clock() - begin
    return True


def _tell(plan: Plan, study: optuna.Study, asked: optuna.Trial, trial: Trial, gave_up: bool = False) -> None:
    from optuna.trial import TrialState

    for name in ("params", "state", "scores", "seconds", "error"):
        asked.set_user_attr(name, getattr(trial, name))
    if gave_up:
        asked.set_user_attr("gave_up", gave_up)
        study.tell(asked, state=TrialState.FAIL)
    elif trial.state == "failed":
        asked.report(NO_SCORE, 0)  # so that Optuna counts it among the bad ones; it would take no notice of a failure
        study.tell(asked, state=TrialState.PRUNED)
    elif trial.state == "stopped":
        study.tell(asked, state=TrialState.PRUNED)
    else:
        study.tell(asked, plan.badness(trial.score or 0.0))


def _done_before(study: optuna.Study) -> list[Trial]:
    """The trials that an earlier attempt has finished."""
    trials: list[Trial] = []
    for stored in study.trials:
        known: dict[str, Any] = stored.user_attrs
        if "seconds" in known and not known.get("gave_up"):
            facts = (known["params"], known["state"], known["scores"], known["seconds"], known["error"])
            trials.append(Trial(len(trials) + 1, *facts))
    return trials
