"""Takes in an operator package: checked, given its environment, tried, and kept as a release that never changes."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from patchbay_runners.durable import storage_errors
from patchbay_sdk.errors import ArtifactError
from patchbay_server.engine.submit import now_of
from patchbay_server.services.datasets.errors import DiskFull
from patchbay_server.services.errors import AlreadyExists, Forbidden
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing import environment, releases
from patchbay_server.services.publishing.content import content_digest
from patchbay_server.services.publishing.errors import ReleaseRefused
from patchbay_server.services.publishing.folder import OperatorsFolder, make_read_only, remove
from patchbay_server.services.publishing.lock import lock_digest, own_requirements, resolve
from patchbay_server.services.publishing.package import OperatorPackage, read_package
from patchbay_server.services.publishing.releases import Release
from patchbay_server.services.publishing.trial import try_package
from patchbay_server.services.publishing.versions import Brought, objections
from patchbay_server.store.database import Transaction
from patchbay_server.store.releases import package as package_table
from patchbay_server.store.releases import release as release_table
from patchbay_server.store.releases import release_operator


@dataclass(frozen=True, slots=True)
class _Tried:
    """A package that may be kept: its lock, if it has an environment of its own, and what its tests said."""

    package: OperatorPackage
    brought: tuple[Brought, ...]
    lock: str | None
    report: dict[str, Any]

    @property
    def digest(self) -> str:
        return release_digest(self.package.digest, self.lock)


def upload(platform: Platform, actor: Actor, archive: Path, *, submit: bool = False, wait: float = 0.0) -> Release:
    """Take in an archive as a draft, or `submit` it for review at once. The same content again: the release it is.

    This may take minutes: dependencies are resolved and installed, and all tests run. `wait`: seconds to wait for
    somebody else who publishes. When anything fails, nothing is kept.

    Raises:
        ReleaseRefused: `details["reasons"]` lists what is wrong.
        EnvironmentFailed: its dependencies cannot be resolved or installed.
        Forbidden: the package belongs to somebody else.
        AlreadyExists: this version of the package is there, with other content.
        PublishingBusy: somebody else publishes.
        DiskFull: there is no room for it.
        ArtifactError: the folder cannot be written.
    """
    folder = OperatorsFolder(platform.settings.operators)
    with _disk(folder), folder.held(wait), folder.draft() as draft:
        package = read_package(archive, draft)
        brought = _brought(package)
        known = _look(platform, actor, folder, package, brought)
        if known is not None:
            return known
        with _no_unused_environment(platform, folder, package) as lock:
            tried = _Tried(package, brought, lock, _try(folder, package, lock))
            return _keep(platform, actor, folder, tried, submit=submit)


@contextmanager
def _disk(folder: OperatorsFolder) -> Iterator[None]:
    try:
        with storage_errors(f"store the package in {folder.root}"):
            yield
    except ArtifactError as error:
        if error.details.get("errno") in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(error.message) from error
        raise


def release_digest(package: str, lock: str | None) -> str:
    """SHA-256 over the digest of a package's files and the lock of its environment."""
    return hashlib.sha256(f"{package}\n{lock or ''}".encode()).hexdigest()


def _brought(package: OperatorPackage) -> tuple[Brought, ...]:
    return tuple(
        Brought(
            operator=spec.id,
            version=spec.version,
            spec=dict(spec.raw),
            path=spec.path.relative_to(package.root).as_posix(),
            content=content_digest(package.root, spec),
        )
        for spec in package.specs
    )


def _look(
    platform: Platform, actor: Actor, folder: OperatorsFolder, package: OperatorPackage, brought: tuple[Brought, ...]
) -> Release | None:
    """The release that this is already, if any; raises what refuses it before anything is built."""
    with platform.database.read() as transaction:
        owner = transaction.core.execute(
            sa.select(package_table.c.owner_id).where(package_table.c.name == package.name)
        ).first()
        if owner is not None and not actor.is_admin and owner[0] != actor.user_id:
            raise Forbidden(
                f"Package {package.name!r} belongs to somebody else: choose another name.", reason="package_owner"
            )
        known = releases.find(transaction, folder, package.name, package.version)
        if known is not None:
            if known.digest == release_digest(package.digest, known.lock):
                return known
            raise AlreadyExists(
                f"There is a release {package.version} of {package.name} already, with other content: "
                "releases never change, so give this one a new version.",
                reason="release",
            )
        if reasons := objections(transaction, package.name, brought):
            raise ReleaseRefused(reasons)
    return None


@contextmanager
def _no_unused_environment(
    platform: Platform, folder: OperatorsFolder, package: OperatorPackage
) -> Iterator[str | None]:
    """The package's lock, its environment built; removed again when the package is refused and nobody else has it."""
    requirements = own_requirements(package.dependencies)
    if not requirements:
        yield None
        return
    lock = resolve(requirements)
    environment.built(folder, lock)
    try:
        yield lock
    except BaseException:
        digest = lock_digest(lock)
        with platform.database.read() as transaction:
            statement = sa.select(release_table.c.id).where(release_table.c.environment == digest).limit(1)
            in_use = transaction.core.execute(statement).first() is not None
        if not in_use:
            remove(folder.environment(digest))
        raise


def _try(folder: OperatorsFolder, package: OperatorPackage, lock: str | None) -> dict[str, Any]:
    """The report of its tests. Raises ReleaseRefused when one of them failed."""
    python = environment.python_of(folder.environment(lock_digest(lock))) if lock else None
    report = try_package(package, python)
    if report.failures:
        raise ReleaseRefused(report.failures)
    return report.to_json()


def _keep(platform: Platform, actor: Actor, folder: OperatorsFolder, tried: _Tried, *, submit: bool) -> Release:
    """Move the files into place, then say so in SQL: what SQL does not know, nobody sees, and the next one replaces."""
    package = tried.package
    root = folder.release(package.name, package.version)
    remove(root)
    root.parent.mkdir(parents=True, exist_ok=True)
    package.root.rename(root)
    make_read_only(root)
    try:
        return platform.database.transact(_insert, actor, folder, tried, submit=submit)
    except BaseException:
        remove(root)
        raise


def _insert(transaction: Transaction, actor: Actor, folder: OperatorsFolder, tried: _Tried, *, submit: bool) -> Release:
    package, state = tried.package, "in_review" if submit else "draft"
    values = {
        "package_id": _package_id(transaction, actor, package.name),
        "version": package.version,
        "state": state,
        "digest": tried.digest,
        "lock": tried.lock,
        "environment": lock_digest(tried.lock) if tried.lock else None,
        "report": tried.report,
        "created_at": now_of(transaction),
        "created_by": actor.user_id,
    }
    insertion = release_table.insert().values(values).returning(release_table.c.id)
    release_id = transaction.core.execute(insertion).scalar_one()
    for brought in tried.brought:
        row = {name: getattr(brought, name) for name in Brought.__slots__}
        transaction.core.execute(release_operator.insert().values(release_id=release_id, **row))
    audit.append(
        transaction,
        actor,
        "release.uploaded",
        f"release:{package.name}@{package.version}",
        after={"state": state, "digest": tried.digest, "operators": [brought.key for brought in tried.brought]},
    )
    return releases.read(transaction, folder, package.name, package.version)


def _package_id(transaction: Transaction, actor: Actor, name: str) -> int:
    """The package of that name, made when it is new: then it belongs to this actor."""
    statement = sa.select(package_table.c.id).where(package_table.c.name == name)
    known = transaction.core.execute(statement).scalar_one_or_none()
    if known is not None:
        return int(known)
    values = {"name": name, "owner_id": actor.user_id, "created_at": now_of(transaction)}
    insertion = package_table.insert().values(values).returning(package_table.c.id)
    return int(transaction.core.execute(insertion).scalar_one())
