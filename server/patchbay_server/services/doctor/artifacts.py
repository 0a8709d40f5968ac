"""Whether everything that runs have made is in the store, and is what its hash says."""

from __future__ import annotations

from collections.abc import Iterator

from patchbay_runners import garbage
from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.errors import ArtifactError
from patchbay_server.engine import collection
from patchbay_server.engine.mending import mend
from patchbay_server.services.doctor.finding import Finding
from patchbay_server.services.platform import Platform
from patchbay_server.store.statement import Statement

MOST = 20
"""Broken artifacts that are named."""

COLLECTED = Statement("SELECT id FROM collected_artifact")


def examine(platform: Platform, *, deep: bool, repair: bool) -> Iterator[Finding]:
    """`deep`: compare with hashes. `repair`: remove what is broken, so that running again makes it anew."""
    store = ArtifactStore(platform.settings.artifacts)
    with platform.database.read() as transaction:
        known = collection.known(transaction) - {row[0] for row in transaction.all(COLLECTED, {})}
    named, _ = garbage.closure(store, known)
    broken = {}
    for id in sorted(named):
        try:
            store.verify(id) if deep else store.open(id)
        except (ArtifactError, OSError) as error:
            broken[id] = str(error)
    for id, message in list(broken.items())[:MOST]:
        if repair:
            mend(platform.database, store, id)
        yield Finding(f"artifact {id[:12]}", "failed", f"{message} {_advice(platform, id, repaired=repair)}")
    if len(broken) > MOST:
        yield Finding("artifacts", "failed", f"{len(broken) - MOST} more are broken; look again after these")
    if not broken:
        checked = "complete and match their hashes" if deep else "complete; --deep compares their hashes, too"
        yield Finding("artifacts", "ok", f"{len(named)} are {checked}")


def _advice(platform: Platform, id: str, *, repaired: bool) -> str:
    with platform.database.read() as transaction:
        maker = transaction.one(collection.MAKER, {"artifact_id": id})
    where = f"It was made by {maker[1]} of run {maker[0]}." if maker else "A table that runs have made names it."
    if repaired:
        return f"{where} What was broken is removed now: the next run makes it again."
    return f"{where} `patchbay doctor --deep --repair` removes what is broken, so that the next run makes it again."
