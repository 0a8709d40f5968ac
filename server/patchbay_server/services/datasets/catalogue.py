"""The catalogue of well-known public datasets: what there is, under which licence, and how it gets here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import patchbay_server
from patchbay_server.config import Settings
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.datasets import datasets, uploads
from patchbay_server.services.datasets.uploads import Upload
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import upload

FILE = Path(patchbay_server.__file__).with_name("datasets_catalogue.json")
KIND = "catalogue"
"""`kind` of the source of an upload that comes from here."""
MAX_LOADING = 8
"""Files that are on their way here at once, in all projects."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one file is: `file` within the catalogue folder, or `url`. `options`: params that only this copy needs."""

    sha256: str
    size: int
    file: str | None = None
    url: str | None = None
    options: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a dataset. `dataset`: its name here. `source`, `options`: the operator that reads it, its params.

    `meta`: what the dataset's meta says beside that of the entry.
    """

    dataset: str
    source: str
    options: Mapping[str, Any]
    meta: Mapping[str, str]
    rows: int
    local: Place | None
    net: Place | None

    def place(self, settings: Settings) -> Place | None:
        """The copy to load: that of the catalogue folder if it is there, else the one on the net."""
        if self.local is not None and _local_file(settings, self.local) is not None:
            return self.local
        return self.net


@dataclass(frozen=True, slots=True)
class Entry:
    """A public dataset; texts by language. `meta`: dataset_meta of its tables. `note`: what is special about it."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    task: str
    licence: Mapping[str, str]
    homepage: str | None
    simulated: bool
    note: Mapping[str, str] | None
    meta: Mapping[str, str]
    tables: tuple[Table, ...]


@cache
def entries() -> tuple[Entry, ...]:
    """The whole catalogue."""
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Entry(**{**entry, "tables": tuple(map(_table, entry["tables"]))}) for entry in raw["datasets"])


def entry(name: str) -> Entry:
    """Raises NotFound."""
    for known in entries():
        if known.name == name:
            return known
    names = ", ".join(known.name for known in entries())
    raise NotFound(f"The catalogue has no dataset {name!r}; it has: {names}.", dataset=name)


def begin(platform: Platform, actor: Actor, project_id: int, name: str, *, tables: Sequence[str] = ()) -> list[Upload]:
    """Announce the files of a public dataset; `fetch.fetch` then brings each here and imports it.

    `tables`: only these. A file that is on its way already is not announced again.

    Raises:
        NotFound: the catalogue has no such dataset.
        Invalid: a table is unknown, or can be had neither from the folder nor from the net.
        Conflict: too many files are on their way.
    """
    wanted = entry(name)
    known = {table.dataset: table for table in wanted.tables}
    if unknown := sorted(set(tables) - set(known)):
        raise Invalid(f"{name!r} has no table {unknown[0]!r}; it has: {', '.join(known)}.", field="tables")
    chosen = [table for table in wanted.tables if not tables or table.dataset in tables]
    places = [_place(platform.settings, wanted, table) for table in chosen]
    if not chosen:
        raise Invalid(
            f"{name!r} cannot be loaded: {wanted.note['en'] if wanted.note else ''}",
            dataset=name,
            reason="not_loadable",
        )
    loading = _loading(platform)
    if len(loading) + len(chosen) > MAX_LOADING:
        raise Conflict(
            f"{len(loading)} files of the catalogue are on their way: wait until some have arrived.",
            reason="loading_many",
            loading=len(loading),
        )
    return [
        loading.get((project_id, table.dataset)) or _announce(platform, actor, project_id, wanted, table, place)
        for table, place in zip(chosen, places, strict=True)
    ]


def path_of(settings: Settings, file: str) -> Path | None:
    """A file of the catalogue folder, or None when there is no folder, or no such file in it."""
    if settings.catalogue_folder is None:
        return None
    path = (settings.catalogue_folder / file).resolve()
    return path if path.is_file() and path.is_relative_to(settings.catalogue_folder) else None


def _local_file(settings: Settings, place: Place) -> Path | None:
    return None if place.file is None else path_of(settings, place.file)


def _place(settings: Settings, wanted: Entry, table: Table) -> Place:
    place = table.place(settings)
    if place is None:
        where = f"in the folder {settings.catalogue_folder}" if settings.catalogue_folder else "on the net"
        raise Invalid(
            f"{table.dataset!r} is not {where}. {wanted.note['en'] if wanted.note else ''} "
            f"PATCHBAY_CATALOGUE_FOLDER names a folder that holds {table.local.file if table.local else 'it'}.",
            dataset=table.dataset,
            reason="not_loadable",
        )
    return place


def _loading(platform: Platform) -> dict[tuple[int, str], Upload]:
    """(project id, dataset) -> the open upload that brings it here."""
    with platform.database.read() as transaction:
        statement = sa.select(upload.c.project_id, upload.c.id, upload.c.source).where(
            upload.c.state == "open", upload.c.source.is_not(None)
        )
        rows = transaction.core.execute(statement).all()
        return {
            (project_id, source["dataset"]): uploads.get(transaction, project_id, id)
            for project_id, id, source in rows
            if source["kind"] == KIND
        }


def _announce(platform: Platform, actor: Actor, project_id: int, wanted: Entry, table: Table, place: Place) -> Upload:
    texts = {"title": wanted.title["en"], "description": wanted.description["en"], "licence": wanted.licence["en"]}
    with suppress(AlreadyExists):
        datasets.create(platform, actor, project_id, name=table.dataset, meta={**texts, **wanted.meta, **table.meta})
    address = place.file or place.url or ""
    source = {
        "kind": KIND,
        "entry": wanted.name,
        "dataset": table.dataset,
        "from": address,
        "licence": wanted.licence["en"],
        "operator": table.source,
        "options": {**table.options, **(place.options or {})},
    }
    return uploads.create(
        platform,
        actor,
        project_id,
        file_name=address.rsplit("/", 1)[-1],
        size=place.size,
        sha256=place.sha256,
        source=source,
    )


def _table(raw: Mapping[str, Any]) -> Table:
    places = {name: None if raw[name] is None else Place(**raw[name]) for name in ("local", "net")}
    return Table(**{**raw, **places})
