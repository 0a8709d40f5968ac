"""Garbage collection of the artifact store: by age and by what refers to what; see `engine.collection`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from patchbay_runners import garbage
from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.errors import ArtifactError
from patchbay_server.engine import collection
from patchbay_server.engine.collection import Overtaken
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction

BATCH = 200
"""Artifacts that are marked in one transaction."""


@dataclass(frozen=True, slots=True)
class Unneeded:
    """An artifact that goes. `size` in bytes, shared files included; `run_id`, `path`: its latest maker, if known."""

    id: str
    type: str
    size: int
    run_id: int | None
    path: str | None


@dataclass(slots=True)
class Collection:
    """What has gone, or would go. `files`, `bytes`: of everything, leftovers of attempts that have ended included."""

    artifacts: list[Unneeded] = field(default_factory=list)
    files: int = 0
    leftovers: int = 0
    """Staging folders of attempts that do not run any more."""
    bytes: int = 0


def collect(platform: Platform, actor: Actor, *, keep_days: float | None, dry_run: bool = False) -> Collection:
    """Remove what nobody needs; what `engine.collection.needed` names stays, with the files it consists of.

    `keep_days`: days for which what runs have made stays; None: for ever, only what no run names goes. `dry_run`
    only tells. Safe to repeat, to kill and to run twice at once, beside tasks that run.
    """
    before = time.time() - collection.GRACE
    if dry_run:
        return _plan(platform, keep_days, before)[1]
    epoch = platform.database.transact(collection.begin)
    found, planned = _plan(platform, keep_days, before)
    collected = Collection()
    try:
        _mark(platform, epoch, list(found.manifests.items()), before)
        for paths in (list(found.manifests.values()), found.blobs):
            _remove(platform, epoch, paths, before, collected)
    except Overtaken:
        return collected
    left = garbage.remove_staging(found.staging)
    collected.leftovers, collected.bytes = left.files, collected.bytes + left.bytes
    collected.artifacts = [each for each in planned.artifacts if not found.manifests[each.id].exists()]
    platform.database.transact(_end, epoch, actor, collected, keep_days)
    return collected


def _plan(platform: Platform, keep_days: float | None, before: float) -> tuple[garbage.Garbage, Collection]:
    """What is to go. Of what it looks at, everything that is needed is in the database by now."""
    store = ArtifactStore(platform.settings.artifacts)
    with platform.database.read() as transaction:
        needed = collection.needed(transaction, keep_days)
        running = {row[0] for row in transaction.all(collection.RUNNING_TOKENS, {})}
    found = garbage.find(store, needed, running, before)
    paths = [*found.manifests.values(), *found.blobs]
    with platform.database.read() as transaction:
        artifacts = [_unneeded(transaction, store, id) for id in sorted(found.manifests)]
    size = sum(map(garbage.size_of, [*paths, *found.staging]))
    return found, Collection(artifacts, len(paths), len(found.staging), size)


def _unneeded(transaction: Transaction, store: ArtifactStore, id: str) -> Unneeded:
    maker = transaction.one(collection.MAKER, {"artifact_id": id}) or (None, None)
    try:
        manifest = store.manifest(id)
    except ArtifactError:
        return Unneeded(id, "?", 0, *maker)
    return Unneeded(id, manifest.type, manifest.size, *maker)


def _mark(platform: Platform, epoch: int, manifests: Sequence[tuple[str, Path]], before: float) -> None:
    """First it is known that they are collected, then they go. What was wanted meanwhile stays."""
    with platform.database.read() as transaction:
        known = collection.known(transaction)
    ours = [(id, path) for id, path in manifests if id in known]
    for first in range(0, len(ours), BATCH):
        platform.database.transact(_mark_some, epoch, ours[first : first + BATCH], before)


def _mark_some(transaction: Transaction, epoch: int, some: Sequence[tuple[str, Path]], before: float) -> None:
    ids = collection.alone(transaction, epoch, lambda: [id for id, path in some if not garbage.is_wanted(path, before)])
    collection.mark(transaction, ids)


def _remove(platform: Platform, epoch: int, paths: Sequence[Path], before: float, collected: Collection) -> None:
    """Remove files, a few in each transaction, and count them. Raises Overtaken."""
    while paths:
        rest = paths
        removed = platform.database.transact(collection.alone, epoch, lambda rest=rest: garbage.remove(rest, before))
        collected.files, collected.bytes = collected.files + removed.files, collected.bytes + removed.bytes
        paths = paths[removed.looked_at :]
        time.sleep(garbage.BATCH_SECONDS if paths else 0)  # it is the others' turn


def _end(transaction: Transaction, epoch: int, actor: Actor, collected: Collection, keep_days: float | None) -> None:
    collection.end(transaction, epoch)
    if collected.files or collected.leftovers:
        after = {
            "artifacts": len(collected.artifacts),
            "files": collected.files,
            "leftovers": collected.leftovers,
            "bytes": collected.bytes,
            "keep_days": keep_days,
        }
        audit.append(transaction, actor, "artifact.collected", "artifacts", after=after)
