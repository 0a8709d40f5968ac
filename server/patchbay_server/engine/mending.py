"""What is broken in the artifact store is removed, so that whoever runs next makes it anew.

As long as a broken file has its name, nobody writes it again: the store seems to hold it already.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from patchbay_runners.artifacts import ArtifactStore
from patchbay_server.engine import collection
from patchbay_server.store.database import Database


def mend(database: Database, store: ArtifactStore, id: str) -> Mapping[Path, int | None]:
    """Remove what is broken of an artifact, and the cache entries of the results that it is a part of.

    Returns what `ArtifactStore.faults` found; nothing: the artifact is sound, and nothing was done.
    """
    faults = store.faults(id)
    if faults:
        database.transact(collection.forget, id)
        with suppress(collection.Overtaken):  # somebody collects: whoever meets it next removes it
            epoch = database.transact(collection.begin)
            database.transact(collection.alone, epoch, lambda: _remove(faults))
            database.transact(collection.end, epoch)
    return faults


def _remove(faults: Mapping[Path, int | None]) -> None:
    for path, inode in faults.items():
        with suppress(OSError):  # it is gone, or a folder
            if inode is not None and path.lstat().st_ino == inode:  # else somebody has made it anew
                path.unlink()
