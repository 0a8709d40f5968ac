"""Retention: old versions lose their rows and keep their description; what is used stays."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from patchbay_server.engine.submit import now_of
from patchbay_server.services.datasets.adopt import adopt_everywhere
from patchbay_server.services.datasets.folders import DATA, deleted_folder, version_folder
from patchbay_server.services.datasets.pins import pins_of
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import PLATFORM
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import project_folder
from patchbay_server.store.data import dataset, dataset_version, upload
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import project, run

DAY = 24 * 3600.0
DELETED_KEPT = 7
"""Days for which the rows of a deleted dataset stay on disk."""
STRAY = 3600.0
"""Seconds after which a file of no upload is removed."""


@dataclass(frozen=True, slots=True)
class Expired:
    """A version whose rows are gone, or would go. `reason`: for people."""

    project_id: int
    dataset: str
    number: int
    reason: str


def expire(platform: Platform, *, dry_run: bool = False, project_id: int | None = None) -> list[Expired]:
    """Remove the rows of versions whose time is over, and uploads that nobody went on with; what has gone.

    The newest version stays, and those that a flow pins or a schedule reads. `dry_run` only tells. Safe to repeat
    and to run twice at once: the files go first, so that one that ends early is taken up by the next.
    """
    if not dry_run:
        adopt_everywhere(platform)
        _expire_uploads(platform)
    with platform.database.read() as transaction:
        ids = sa.select(project.c.id) if project_id is None else sa.select(sa.literal(project_id))
        projects = list(transaction.core.execute(ids).scalars())
        found = [expired for id in projects for expired in _over(transaction, platform, id)]
    if not dry_run:
        for expired in found:
            folder = version_folder(platform.settings, expired.project_id, expired.dataset, expired.number)
            (folder / DATA).unlink(missing_ok=True)
            platform.database.transact(_mark, expired)
        _remove_deleted(platform)
    return found


def _over(transaction: Transaction, platform: Platform, project_id: int) -> Iterator[Expired]:
    """The versions that are to go, newest first within a dataset."""
    rows = transaction.core.execute(
        sa.select(
            dataset.c.name,
            dataset.c.keep_versions,
            dataset.c.keep_days,
            dataset_version.c.number,
            dataset_version.c.created_at,
            dataset_version.c.expired_at,
        )
        .join(dataset_version, dataset_version.c.dataset_id == dataset.c.id)
        .where(
            dataset.c.project_id == project_id,
            dataset.c.deleted_at.is_(None),
            sa.or_(dataset.c.keep_versions.is_not(None), dataset.c.keep_days.is_not(None)),
        )
        .order_by(dataset.c.name, dataset_version.c.number.desc())
    ).all()
    if not rows:
        return
    pinned = {(pin.dataset, pin.number) for pin in pins_of(transaction, project_id, platform.catalogue)}
    now, place, name = now_of(transaction), 0, None
    for row in rows:
        place = place + 1 if row.name == name else 1
        name = row.name
        if place == 1 or row.expired_at is not None or (row.name, row.number) in pinned:
            continue
        if row.keep_versions is not None and place > row.keep_versions:
            yield Expired(project_id, row.name, row.number, f"only {row.keep_versions} versions are kept")
        elif row.keep_days is not None and row.created_at < now - row.keep_days * DAY:
            yield Expired(project_id, row.name, row.number, f"versions are kept for {row.keep_days} days")


def _mark(transaction: Transaction, expired: Expired) -> None:
    """Mark a version as expired, unless somebody just did."""
    of = sa.select(dataset.c.id).where(
        dataset.c.project_id == expired.project_id, dataset.c.name == expired.dataset, dataset.c.deleted_at.is_(None)
    )
    wanted = (
        dataset_version.c.dataset_id.in_(of),
        dataset_version.c.number == expired.number,
        dataset_version.c.expired_at.is_(None),
    )
    statement = dataset_version.update().where(*wanted).values(expired_at=now_of(transaction))
    if not transaction.core.execute(statement).rowcount:
        return
    audit.append(
        transaction,
        PLATFORM,
        "dataset.version_expired",
        f"dataset:{expired.dataset}",
        project_id=expired.project_id,
        after={"version": expired.number, "reason": expired.reason},
    )


def _remove_deleted(platform: Platform) -> None:
    """The rows of datasets that were deleted some days ago."""
    with platform.database.read() as transaction:
        over = now_of(transaction) - DELETED_KEPT * DAY
        gone = transaction.core.execute(
            sa.select(dataset.c.project_id, dataset.c.id)
            .join(dataset_version, dataset_version.c.dataset_id == dataset.c.id)
            .where(dataset.c.deleted_at < over, dataset_version.c.expired_at.is_(None))
            .distinct()
        ).all()
    for project_id, id in gone:
        shutil.rmtree(deleted_folder(platform.settings, project_id, id), ignore_errors=True)
        platform.database.transact(_mark_all, id)


def _mark_all(transaction: Transaction, dataset_id: int) -> None:
    wanted = dataset_version.c.dataset_id == dataset_id, dataset_version.c.expired_at.is_(None)
    transaction.core.execute(dataset_version.update().where(*wanted).values(expired_at=now_of(transaction)))


def _expire_uploads(platform: Platform) -> None:
    """Uploads whose time is over, unless their import still runs, and files of no upload."""
    with platform.database.read() as transaction:
        projects = list(transaction.core.execute(sa.select(project.c.id)).scalars())
    platform.database.transact(_forget_uploads)
    with platform.database.read() as transaction:
        known = set(transaction.core.execute(sa.select(upload.c.id)).scalars())
    for project_id in projects:
        folder = project_folder(platform.settings, project_id) / "uploads"
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name.partition(".")[0] not in known and _age(file) > STRAY:
                file.unlink(missing_ok=True)


def _forget_uploads(transaction: Transaction) -> None:
    running = sa.select(run.c.id).where(run.c.ended_at.is_(None))
    unused = sa.or_(upload.c.run_id.is_(None), upload.c.run_id.not_in(running))
    transaction.core.execute(upload.delete().where(upload.c.expires_at < now_of(transaction), unused))


def _age(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
