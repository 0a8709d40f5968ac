"""Optuna's record of a tuning, on disk, so that it can go on after a kill."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.model._trials import Goal

if TYPE_CHECKING:
    import optuna

NAME = "tune"


def open_study(folder: Path, goal: Goal) -> tuple[optuna.Study, list[dict[str, Any]]]:
    """The study in a folder, made if there is none, and what was chosen for trials that were under way at a kill.

    These are given up in the study. Its log is only appended to; a line that was cut off is left out.
    """
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = JournalStorage(JournalFileBackend(str(folder / "optuna.log")))
    pruner = optuna.pruners.MedianPruner(n_startup_trials=4) if goal.early_stop else optuna.pruners.NopPruner()
    study = optuna.create_study(storage=storage, study_name=NAME, pruner=pruner, load_if_exists=True)
    broken_off = []
    for stored in study.trials:
        if stored.state == optuna.trial.TrialState.RUNNING:
            study.tell(stored.number, state=optuna.trial.TrialState.FAIL)
            broken_off.append(dict(stored.params))
    return study, broken_off
