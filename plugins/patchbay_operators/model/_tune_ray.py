"""Tuning by Ray Tune, trials side by side: for trials that take longer than a few seconds.

Ray Tune keeps what it knows in the attempt's folder for checkpoints, so that after a kill the trials that were done are
not done again; one that was under way begins anew.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from patchbay_operators.model._trials import Clock, Goal, Trial, TrialPlan, defaults_of, suggest
from patchbay_operators.model._tuned import Live
from patchbay_operators.on_ray import places, pool_of
from patchbay_sdk import Context, DataError, SearchSpace

NAME = "tune"
NO_SCORE = 1e30
"""The badness of a trial that failed: worse than any score, and a number that ASHA can average."""
SETTINGS = {
    "TUNE_GLOBAL_CHECKPOINT_S": "0",  # what is done is noted at once, not every 10 s
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_RESULT_BUFFER_LENGTH": "0",
}
"""Ray Tune reads these from the environment of the driver."""


def tune_on_ray(context: Context, plan: TrialPlan, goal: Goal, concurrency: int) -> list[Trial]:
    """Every trial in the order in which Ray Tune made it: the operator's defaults first, then what Optuna proposes.

    ASHA gives up trials that fall behind after each fold: https://arxiv.org/abs/1810.05934. At most `concurrency`
    trials run at once; 0: as many as the pool has places.

    Raises:
        Cancelled: the run was cancelled; the processes of the trials have ended.
    """
    import optuna
    from ray import tune

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    logging.getLogger("ray.tune").setLevel(logging.ERROR)
    folder = Path(getattr(context, "checkpoint_dir", None) or context.temp_dir)
    watch = _Watch(context, plan, goal, folder / "trials.jsonl")
    trainable = tune.with_resources(
        tune.with_parameters(_trial, plan=plan, done=watch.in_order()),
        tune.PlacementGroupFactory([{"CPU": 1.0, **pool_of(context)}]),
    )
    with _settings(), _watching(watch):
        before = str(folder / NAME)
        if tune.Tuner.can_restore(before):
            tuner = tune.Tuner.restore(before, trainable, restart_errored=False, resume_unfinished=True)
            context.log("Going on with the trials of an earlier attempt.")
        else:
            tuner = _tuner(trainable, context, plan, goal, folder, concurrency or places(context))
        tuner.fit()
    context.check_cancelled()
    return watch.in_order()


def _tuner(
    trainable: Any, context: Context, plan: TrialPlan, goal: Goal, folder: Path, concurrency: int
) -> Any:
    from ray import tune
    from ray.tune.schedulers import ASHAScheduler, FIFOScheduler
    from ray.tune.search.optuna import OptunaSearch

    search = OptunaSearch(
        _Proposal(plan.space),
        metric="badness",
        mode="min",
        seed=context.seed % 2**32,
        points_to_evaluate=[defaults_of(plan.space)],
    )
    halving = ASHAScheduler("training_iteration", max_t=len(plan.folds), grace_period=1, reduction_factor=2)
    return tune.Tuner(
        trainable,
        tune_config=tune.TuneConfig(
            metric="badness",
            mode="min",
            search_alg=search,
            scheduler=halving if goal.early_stop else FIFOScheduler(),
            num_samples=goal.trials,
            max_concurrent_trials=concurrency,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(
            name=NAME,
            storage_path=str(folder),
            verbose=0,
            stop=_stopper(),
            callbacks=[_callback()],
        ),
    )


class _Proposal:
    """What Optuna is asked for, as `OptunaSearch` calls it and keeps it on disk."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space

    def __call__(self, trial: Any) -> None:
        self._space.propose(lambda dimension: suggest(trial, dimension))


def _trial(config: dict[str, Any], plan: TrialPlan, done: list[Trial]) -> None:
    """In a process of the trial's own: one report per fold; what an operator refuses is reported, not raised.

    A trial that is among those `done` had ended when Ray Tune did not know it yet: it is not run again.
    """
    from tempfile import TemporaryDirectory

    from ray import tune

    params = plan.space.propose(lambda dimension: config[dimension.name])
    if known := next((trial for trial in done if trial.params == params), None):
        badness = NO_SCORE if known.score is None else plan.badness(known.score)
        tune.report({**_facts(known, known.seconds, badness), "done": True})
        return
    trial, clock = Trial(0, params), Clock()
    with TemporaryDirectory(prefix="patchbay-trial-") as temp_dir:
        try:
            for score in plan.run(params, Path(temp_dir)):
                trial.scores.append(score)
                tune.report(_facts(trial, clock(), plan.badness(trial.score or 0.0)))
        except DataError as error:
            trial.state, trial.error = "failed", error.message
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

    Args:
        journal: a file with a JSON line for each trial that has ended; those that are there ended before.
    """

    def __init__(self, context: Context, plan: TrialPlan, goal: Goal, journal: Path) -> None:
        self._context = context
        self._plan = plan
        self._goal = goal
        self._journal = journal
        self._clock = Clock()
        self._running: dict[int, Trial] = {}
        self._ended = {trial.number: trial for trial in _read(journal)}
        self._live = Live(context, plan, goal, self._ended.values())

    def started(self, number: int) -> None:
        """A trial begins."""
        self._running[number] = Trial(number, {}, state="unfinished")
        if number not in self._ended:
            self._context.log(f"Trial {number} begins.")

    def reported(self, number: int, result: dict[str, Any]) -> None:
        """A trial has done a fold, or failed."""
        trial = self._running[number]
        trial.params, trial.scores = result["params"], list(result["scores"])
        trial.seconds, trial.error = result["seconds"], result["error"]
        whole = len(trial.scores) == len(self._plan.folds)
        trial.state = "failed" if trial.error else "complete" if whole else "unfinished"

    def ended(self, number: int) -> None:
        """A trial is over: it has done all folds, failed, or was given up."""
        trial = self._running.pop(number, None)
        if trial is None or number in self._ended:
            return
        if trial.state == "unfinished":
            trial.state = "stopped"
        self._ended[number] = trial
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(trial)) + "\n")
        self._live.done(trial)

    def is_over(self) -> bool:
        """Whether all trials are to end now."""
        return self._context.cancelled() or self._live.is_over(self._clock())

    def in_order(self) -> list[Trial]:
        """The trials that are over, by number."""
        return [self._ended[number] for number in sorted(self._ended)]


def _read(journal: Path) -> list[Trial]:
    """The trials of a journal, whose last line may have been cut off."""
    if not journal.exists():
        return []
    lines = journal.read_text(encoding="utf-8").split("\n")
    return [Trial(**json.loads(line)) for line in lines[:-1]]


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

        def on_trial_start(self, iteration: int, trials: Any, trial: Any, **info: Any) -> None:
            _current().started(_number(trial))

        def on_trial_result(self, iteration: int, trials: Any, trial: Any, result: Any, **info: Any) -> None:
            _current().reported(_number(trial), result)

        def on_trial_complete(self, iteration: int, trials: Any, trial: Any, **info: Any) -> None:
            _current().ended(_number(trial))

    return Report()


def _number(trial: Any) -> int:
    """Ray Tune counts its trials from 1, and keeps the number when it goes on after a kill."""
    return int(trial.experiment_tag.partition("_")[0])


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


@contextmanager
def _settings() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update(SETTINGS)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
