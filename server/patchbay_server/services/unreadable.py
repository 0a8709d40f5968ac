"""An artifact that cannot be read says why; what is broken of it is removed, so that running again makes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.errors import ArtifactCorrupt, ArtifactError, ArtifactLost
from patchbay_server.engine.collection import WAS_COLLECTED
from patchbay_server.engine.mending import mend
from patchbay_server.services.errors import Collected
from patchbay_server.services.platform import Platform
from patchbay_server.table_reader import TableReaderError


@contextmanager
def explained(platform: Platform, id: str, run: int, path: str) -> Iterator[None]:
    """Read an artifact that node `path` of a run has made, within this context.

    Raises:
        Collected: it was removed from the store, since nothing needed it any more.
        ArtifactLost: a part of it is not in the store any more.
        ArtifactCorrupt: it was not what its hash says; it is removed.
        ArtifactError, TableReaderError: it is what it was, and yet cannot be read.
    """
    try:
        yield
    except (ArtifactError, TableReaderError) as error:
        with platform.database.read() as transaction:
            collected = transaction.one(WAS_COLLECTED, {"artifact_id": id})
        again = f"run {path} of run {run} again to have it back"
        details = {"artifact": id, "run": run, "path": path}
        faults = mend(platform.database, ArtifactStore(platform.settings.artifacts), id)
        if collected is not None and any(inode is None for inode in faults.values()):
            day = datetime.fromtimestamp(collected[0], UTC).date().isoformat()
            message = f"Artifact {id} was collected on {day}, since nothing needed it any more: {again}."
            raise Collected(message, at=collected[0], **details) from error
        if any(inode is not None for inode in faults.values()):
            message = f"Artifact {id} was changed on disk since it was made, and is removed now: {again}."
            raise ArtifactCorrupt(message, **details) from error
        if faults:
            raise ArtifactLost(f"Artifact {id} is not complete in the store any more: {again}.", **details) from error
        raise
