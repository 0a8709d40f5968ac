"""A release's way: draft -> in review -> published -> deprecated -> withdrawn, and back to draft with a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import Conflict, Forbidden
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing import index, releases
from patchbay_server.services.publishing.errors import ReleaseRefused
from patchbay_server.services.publishing.folder import OperatorsFolder
from patchbay_server.services.publishing.releases import Release, State
from patchbay_server.services.publishing.versions import claim, objections, take_turn
from patchbay_server.store.database import Transaction
from patchbay_server.store.releases import release

Check = Callable[[Transaction, Release], Mapping[str, Any]]
"""Refuses the step by raising, or says what else to write and to audit."""


def submit(platform: Platform, actor: Actor, name: str, version: str, *, expected: int) -> Release:
    """Ask for a review of a draft.

    Raises:
        Forbidden: the package belongs to somebody else.
        NotFound, Conflict: there is none, or it is in another state.
    """

    def check(transaction: Transaction, found: Release) -> Mapping[str, Any]:
        if not releases.is_own(found, actor):
            raise Forbidden(f"Package {name!r} belongs to somebody else.", reason="package_owner")
        return {}

    return _move(platform, actor, name, version, expected, "submitted", ("draft",), "in_review", check)


def approve(
    platform: Platform, actor: Actor, name: str, version: str, *, expected: int, alone: bool = False
) -> Release:
    """Publish a release that is in review: in seconds everybody can use its operators.

    `alone`: nobody else looks at it, which only the command line may say, and the audit keeps.

    Raises:
        Forbidden: authors do not approve their own releases.
        ReleaseRefused: meanwhile another package or release has published one of its operators.
        NotFound, Conflict: there is none, or it is in another state.
    """

    def check(transaction: Transaction, found: Release) -> Mapping[str, Any]:
        own = actor.user_id == found.summary.created_by
        if own and not (alone and actor.via == "command"):
            hint = " Where nobody else is: approve it with --alone." if actor.via == "command" else ""
            raise Forbidden(f"Somebody other than the author has to approve a release.{hint}", reason="four_eyes")
        take_turn(transaction)
        if reasons := objections(transaction, name, found.operators):
            raise ReleaseRefused(reasons)
        claim(transaction, found.package_id, found.operators)
        return {"reviewed_by_somebody_else": not own}

    return _move(platform, actor, name, version, expected, "approved", ("in_review",), "published", check)


def reject(platform: Platform, actor: Actor, name: str, version: str, *, expected: int, note: str) -> Release:
    """Give a release back to its author. Raises NotFound, Conflict."""
    return _move(platform, actor, name, version, expected, "rejected", ("in_review",), "draft", note=note)


def deprecate(platform: Platform, actor: Actor, name: str, version: str, *, expected: int, note: str) -> Release:
    """Offer it no more; flows that use it go on. Raises NotFound, Conflict."""
    return _move(platform, actor, name, version, expected, "deprecated", ("published",), "deprecated", note=note)


def withdraw(platform: Platform, actor: Actor, name: str, version: str, *, expected: int, note: str) -> Release:
    """Let nobody run it any more; flows that use it say so and name what takes its place. Raises NotFound, Conflict."""
    return _move(platform, actor, name, version, expected, "withdrawn", index.VISIBLE, "withdrawn", note=note)


def _nothing(transaction: Transaction, found: Release) -> Mapping[str, Any]:
    return {}


def _move(
    platform: Platform,
    actor: Actor,
    name: str,
    version: str,
    expected: int,
    done: str,
    sources: tuple[str, ...],
    target: State,
    check: Check = _nothing,
    *,
    note: str = "",
) -> Release:
    folder = OperatorsFolder(platform.settings.operators)

    def write(transaction: Transaction) -> Release:
        found = releases.read(transaction, folder, name, version)
        before = found.summary
        if before.state not in sources:
            raise Conflict(
                f"{found.title} is {before.state.replace('_', ' ')}; only what is "
                f"{' or '.join(sources).replace('_', ' ')} can be {done}.",
                state=before.state,
                reason="release_state",
            )
        more = check(transaction, found)
        values: dict[str, Any] = {"state": target, "note": note, "etag": expected + 1}
        if done in ("approved", "rejected"):
            values |= {"reviewed_at": now_of(transaction), "reviewed_by": actor.user_id}
        guarded = release.update().where(release.c.id == before.id, release.c.etag == expected)
        if not transaction.core.execute(guarded.values(values)).rowcount:
            raise Conflict(f"{found.title} was changed meanwhile.", version=before.etag, reason="changed")
        audit.append(
            transaction,
            actor,
            f"release.{done}",
            f"release:{name}@{version}",
            before={"state": before.state},
            after={"state": target, **({"note": note} if note else {}), **more},
        )
        return releases.read(transaction, folder, name, version)

    moved = platform.database.transact(write)
    index.rewrite(platform)
    return moved
