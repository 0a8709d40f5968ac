"""Tuning by Ray Tune, trials side by side: for trials that take longer than a few seconds.

What is done is kept in the task's folder for checkpoints: a journal of the trials that have ended, and Optuna's own
log. After a kill they are read, only what is missing is done, and trials that were under way begin anew. Ray Tune's
own state is not used for that: it is written in place, and a kill in that moment leaves an empty file, with which a
restored experiment ends at once, without a trial and without an error (Ray 2.60).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from patchbay_operators.model._study import NAME, drop_cut_line, open_study
from patchbay_operators.model._trials import NO_SCORE, Clock, Goal, Plan, Searched, Trial, suggest
from patchbay_operators.model._tuned import Live
from patchbay_operators.on_ray import places, pool_of
from patchbay_sdk import Cancelled, Context, DataError


def tune_on_ray(context: Context, plan: Plan, goal: Goal, concurrency: int) -> Searched:
    """Every trial in the order in which they ended: those to begin with, and what Optuna proposes.

    ASHA gives up trials that fall behind after each fold: https://arxiv.org/abs/1810.05934. At most `concurrency`
    trials run at once; 0: as many as the pool has places.

    Raises:
        Cancelled: the run was cancelled; the processes of the trials have ended.
    """
    logging.getLogger("ray.tune").setLevel(logging.ERROR)
    watch = _Watch(context, plan, goal, context.checkpoint_dir / "trials.jsonl")
    if watch.trials:
        context.log(f"Going on after {len(watch.trials)} trials that were done before.")
    if not watch.is_over():
        with _watching(watch):
            _tuner(context, plan, goal, concurrency or places(context), watch.trials).fit()
    context.check_cancelled()
    return Searched(watch.trials, watch.ended_by)


def _tuner(context: Context, plan: Plan, goal: Goal, concurrency: int, done: list[Trial]) -> Any:
    from ray import tune
    from ray.tune.schedulers import ASHAScheduler, FIFOScheduler

    folds, first = len(plan.folds), min(goal.whole_folds, len(plan.folds))
    halving = ASHAScheduler("training_iteration", max_t=folds, grace_period=first, reduction_factor=2)
    return tune.Tuner(
        tune.with_resources(
            tune.with_parameters(_trial, plan=plan),
            tune.PlacementGroupFactory([{"CPU": 1.0, **pool_of(context)}]),
        ),
        tune_config=tune.TuneConfig(
            metric="badness",
            mode="min",
            search_alg=_search(context, plan, goal, done),
            scheduler=halving if goal.early_stop else FIFOScheduler(),
            num_samples=goal.trials - len(done),
            max_concurrent_trials=concurrency,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(
            name=NAME,
            storage_path=str(context.temp_dir),
            verbose=0,
            stop=_stopper(),
            callbacks=[_callback()],
        ),
    )


def _search(context: Context, plan: Plan, goal: Goal, done: list[Trial]) -> Any:
    """Optuna with what it knows from earlier attempts; first come trials that were under way, or else the defaults."""
    from ray.tune.search.optuna import OptunaSearch

    study, broken_off = open_study(context.checkpoint_dir, goal)
    known = [trial.params for trial in done]
    again = [choices for choices in broken_off if plan.params_of(choices) not in known]
    return OptunaSearch(
        _Proposal(plan),
        metric="badness",
        mode="min",
        study_name=NAME,
        storage=study._storage,
        seed=(context.seed + len(done)) % 2**32,
        points_to_evaluate=again if done or again else plan.first(),
    )


class _Proposal:
    """What Optuna is asked for, as `OptunaSearch` calls it and keeps it on disk."""

    def __init__(self, plan: Plan) -> None:
        self._propose = plan.propose

    def __call__(self, trial: Any) -> None:
        self._propose(lambda dimension: suggest(trial, dimension))


def _trial(config: dict[str, Any], plan: Plan) -> None:
    """In a process of the trial's own: one report per fold; what an operator refuses is reported, not raised."""
    from tempfile import TemporaryDirectory

    from ray import tune

    params = plan.params_of(config)
    trial, clock = Trial(0, params), Clock()
    with TemporaryDirectory(prefix="patchbay-trial-") as temp_dir:
        try:
            for score in plan.run(params, Path(temp_dir)):
                trial.scores.append(score)
                tune.report(_facts(trial, clock(), plan.badness(trial.score or 0.0)))
        except DataError as error:
            trial.error = error.message
            tune.report({**_facts(trial, clock(), NO_SCORE), "done": True})


def _facts(trial: Trial, seconds: float, badness: float) -> dict[str, Any]:
    return {
        "badness": badness,
        "params": dict(trial.params),
        "scores": list(trial.scores),
        "seconds": seconds,
        "error": trial.error,
    }


class _Watch:
    """What the driver sees of the trials, and when it has seen enough.

    `trials`: those that have ended, in that order, numbered so.

    Args:
        journal: a file with a JSON line for each trial that has ended; those that are there ended before.
    """

    def __init__(self, context: Context, plan: Plan, goal: Goal, journal: Path) -> None:
        self._context = context
        self._plan = plan
        self._goal = goal
        self._journal = journal
        self._clock = Clock()
        self._running: dict[str, Trial] = {}
        self.trials = _read(journal)
        self._live = Live(context, plan, goal, self.trials)

    def reported(self, id: str, result: dict[str, Any]) -> None:
        """A trial has done a fold, or failed."""
        trial = self._running.setdefault(id, Trial(0, result["params"]))
        trial.scores = list(result["scores"])
        trial.seconds, trial.error = result["seconds"], result["error"]
        whole = len(trial.scores) == len(self._plan.folds)
        trial.state = "failed" if trial.error else "complete" if whole else "stopped"

    def ended(self, id: str) -> None:
        """A trial is over: it has done all folds, failed, or was given up. One that never reported does not count."""
        trial = self._running.pop(id, None)
        if trial is None or self._context.cancelled():
            return
        trial.number = len(self.trials) + 1
        self.trials.append(trial)
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(trial)) + "\n")
        self._live.done(trial, self._clock())

    @property
    def ended_by(self) -> str:
        """What ended the search."""
        return self._live.ended

    def is_over(self) -> bool:
        """Whether all trials are to end now."""
        try:
            return self._context.cancelled() or self._live.is_over(self._clock())
        except Cancelled:  # just now; raised within Ray Tune it would be an error of the trials
            return True


def _read(journal: Path) -> list[Trial]:
    """The trials of a journal, whose last line may have been cut off."""
    drop_cut_line(journal)
    if not journal.exists():
        return []
    return [Trial(**json.loads(line)) for line in journal.read_text(encoding="utf-8").splitlines()]


_watch: _Watch | None = None
"""The one of this process, because Ray Tune writes callbacks and stoppers to disk: those below only name it."""


@contextmanager
def _watching(watch: _Watch) -> Iterator[None]:
    global _watch
    _watch = watch
    try:
        yield
    finally:
        _watch = None


def _callback() -> Any:
    from ray.tune import Callback

    class Report(Callback):  # type: ignore[misc]
        """Hands on to the watch what happens to trials."""

        def on_trial_result(self, iteration: int, trials: Any, trial: Any, result: Any, **info: Any) -> None:
            _current().reported(trial.trial_id, result)

        def on_trial_complete(self, iteration: int, trials: Any, trial: Any, **info: Any) -> None:
            _current().ended(trial.trial_id)

    return Report()


def _stopper() -> Any:
    from ray.tune import Stopper

    class Enough(Stopper):  # type: ignore[misc]
        """Ends all trials when the watch says so."""

        def __call__(self, trial_id: str, result: Any) -> bool:
            return False

        def stop_all(self) -> bool:
            return _current().is_over()

    return Enough()


def _current() -> _Watch:
    assert _watch is not None
    return _watch
