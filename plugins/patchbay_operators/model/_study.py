"""Optuna's record of a tuning, on disk, so that it can go on after a kill."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.model._trials import Goal

if TYPE_CHECKING:
    import optuna

NAME = "tune"


def open_study(folder: Path, goal: Goal) -> tuple[optuna.Study, list[dict[str, Any]]]:
    """The study in a folder, made if there is none, and what was chosen for trials that were under way at a kill.

    These are given up in the study. Nobody else may have the folder open.
    """
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    log = folder / "optuna.log"
    drop_cut_line(log)
    log.with_name(f"{log.name}.lock").unlink(missing_ok=True)  # Optuna would wait 30 s for whoever was killed with it
    storage = JournalStorage(JournalFileBackend(str(log)))
    pruner: optuna.pruners.BasePruner = optuna.pruners.NopPruner()
    if goal.early_stop:
        pruner = optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=goal.whole_folds)
    study = optuna.create_study(storage=storage, study_name=NAME, pruner=pruner, load_if_exists=True)
    broken_off = []
    for stored in study.trials:
        if stored.state == optuna.trial.TrialState.RUNNING:
            study.tell(stored.number, state=optuna.trial.TrialState.FAIL)
            broken_off.append(dict(stored.params))
    return study, broken_off


def drop_cut_line(file: Path) -> None:
    """Remove what stands behind the last line's end: a kill has cut it off, and the next line would be joined to it."""
    if file.exists():
        content = file.read_bytes()
        os.truncate(file, content.rfind(b"\n") + 1)
