"""Removes the checkpoints of tasks that nobody goes on from; see `engine.checkpoints`."""

from __future__ import annotations

from pathlib import Path

from patchbay_runners import checkpoints as folders
from patchbay_server.engine import checkpoints
from patchbay_server.services.platform import Platform


def tidy(platform: Platform) -> list[str]:
    """Remove what is not needed any more; the names. Safe to repeat, and beside tasks that run."""
    store = Path(platform.settings.artifacts)
    kept = list(folders.kept(store))
    with platform.database.read() as transaction:
        unneeded = set(checkpoints.unneeded(transaction, kept))
    now = {each.name: each for each in folders.kept(store)}
    names = [
        each.name for each in kept if each.name in unneeded and now.get(each.name) == each
    ]  # nobody began meanwhile
    for name in names:
        folders.remove(store, name)
    return names
