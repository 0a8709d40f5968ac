"""Operators as data: installed, published, and those that were withdrawn but still stand in flows."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from patchbay_sdk.errors import UnknownOperator
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import LANGUAGES, OperatorSpec
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing.versions import number
from patchbay_server.store.paging import CursorError, Page
from patchbay_server.store.releases import package, release, release_operator

State = Literal["installed", "published", "deprecated", "withdrawn"]
STATES: tuple[State, ...] = ("installed", "published", "deprecated", "withdrawn")


@dataclass(frozen=True, slots=True)
class OperatorView:
    """One version of one operator. `release`: ``package@version``; `notice`: why it was withdrawn, what to use."""

    key: str
    spec: Mapping[str, Any]
    state: State
    release: str | None
    notice: str | None


def listed(
    platform: Platform,
    *,
    q: str = "",
    category: str | None = None,
    latest: bool = True,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OperatorView]:
    """Operators by id, newest version first. `q`: a part of id or title; `latest`: one version of each.

    Raises:
        CursorError: the cursor is not one that this list gave.
    """
    catalogue = platform.catalogue
    wanted = [spec for spec in catalogue if category in (None, spec.category) and _mentions(spec, q)]
    wanted.sort(key=_order)
    if latest:
        wanted = list(_newest_only(wanted, catalogue))
    start = 0
    if cursor is not None:
        if cursor not in catalogue:
            raise CursorError("The cursor is not one that this list gave: begin without one.")
        start = bisect_right(wanted, _order(catalogue.get(cursor)), key=_order)
    found = wanted[start : start + limit]
    more = start + limit < len(wanted)
    return Page([_view(spec, catalogue) for spec in found], found[-1].key if more else None)


def broken(platform: Platform) -> list[dict[str, str]]:
    """What is wrong with packages and specs that could not be read."""
    return [{"message": error.message} for error in platform.catalogue.broken]


def get(platform: Platform, key: str) -> OperatorView:
    """An operator by ``id@version``. Raises UnknownOperator."""
    catalogue = platform.catalogue
    if key in catalogue.withdrawn:
        id = key.partition("@")[0]
        found = next((view for view in _withdrawn(platform, id, catalogue) if view.key == key), None)
        if found is not None:
            return found
    return _view(catalogue.get(key), catalogue)


def versions(platform: Platform, id: str) -> list[OperatorView]:
    """Every version of an operator, newest first. Raises NotFound."""
    catalogue = platform.catalogue
    found = [_view(spec, catalogue) for spec in catalogue if spec.id == id] + _withdrawn(platform, id, catalogue)
    if not found:
        try:
            catalogue.latest(id)
        except UnknownOperator as error:
            raise NotFound(error.message) from None
    return sorted(found, key=lambda view: number(view.key.partition("@")[2]), reverse=True)


def etag_of(view: OperatorView) -> str:
    """Changes with the operator's state; its spec never does."""
    return hashlib.sha256(f"{view.key} {view.state} {view.release} {view.notice}".encode()).hexdigest()[:16]


def _order(spec: OperatorSpec) -> tuple[str, list[int]]:
    return spec.id, [-part for part in number(spec.version)]


def _mentions(spec: OperatorSpec, q: str) -> bool:
    texts = (spec.id, *(spec.text("$t.title", language) for language in LANGUAGES))
    return any(q.casefold() in text.casefold() for text in texts)


def _newest_only(specs: Iterable[OperatorSpec], catalogue: Catalogue) -> Iterable[OperatorSpec]:
    """`specs` come newest first."""
    seen: set[str] = set()
    for spec in specs:
        if spec.id not in seen and spec.key not in catalogue.deprecated:
            seen.add(spec.id)
            yield spec


def _view(spec: OperatorSpec, catalogue: Catalogue) -> OperatorView:
    if spec.home is None:
        return OperatorView(spec.key, spec.raw, "installed", None, None)
    state: State = "deprecated" if spec.key in catalogue.deprecated else "published"
    return OperatorView(spec.key, spec.raw, state, spec.home.release, None)


def _withdrawn(platform: Platform, id: str, catalogue: Catalogue) -> list[OperatorView]:
    columns = (package.c.name, release.c.version.label("release_version"))
    statement = (
        sa.select(*columns, release_operator.c.version, release_operator.c.spec)
        .select_from(release_operator.join(release).join(package))
        .where(release_operator.c.operator == id, release.c.state == "withdrawn")
        .order_by(release.c.id)
    )
    with platform.database.read() as transaction:
        rows = transaction.core.execute(statement).mappings().all()
    found = {}
    for row in rows:
        key = f"{id}@{row['version']}"
        if key in catalogue.withdrawn:
            release_name = f"{row['name']}@{row['release_version']}"
            found[key] = OperatorView(key, row["spec"], "withdrawn", release_name, catalogue.withdrawn[key])
    return list(found.values())
