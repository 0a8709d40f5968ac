"""Files that flows of a project may name: those of its own folder, and of PATCHBAY_DATA_ROOTS."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from patchbay_server.services.datasets import uploads
from patchbay_server.services.datasets.folders import files_folder, sync_folder
from patchbay_server.services.errors import Conflict
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import data_roots, project_folder
from patchbay_server.store.paging import Page

OTHERS = {"datasets", "uploads"}
"""Folders of a project that hold no files for flows."""
DEEPEST = 6
"""Folders below a data folder that are looked into."""
MOST = 20_000
"""Files that are looked at."""
LONGEST = 200
"""Bytes of a kept file's name."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """`path`: what a param of a flow says. `size` in bytes; `modified_at` in seconds since 1970."""

    path: str
    size: int
    modified_at: float


def listed(
    platform: Platform, project_id: int, *, q: str = "", cursor: str | None = None, limit: int = 50
) -> Page[DataFile]:
    """Files by path; `q`: only those in whose path this text occurs. The cursor is the last path before."""
    own = project_folder(platform.settings, project_id)
    found: dict[str, DataFile] = {}
    for root in map(Path, data_roots(platform.settings, project_id)):
        for file in _files(root, OTHERS if root == own else set()):
            # Two folders may have the same path: operators take the first of them, too.
            found.setdefault(file.path, file)
    wanted = sorted(path for path in found if q.lower() in path.lower() and (cursor is None or path > cursor))
    more = len(wanted) > limit
    return Page([found[path] for path in wanted[:limit]], wanted[limit - 1] if more else None)


def keep(platform: Platform, actor: Actor, project_id: int, *, upload_id: str) -> DataFile:
    """Make an upload a file of the project, for as long as nobody removes it.

    Raises:
        NotFound: there is no such upload.
        Conflict: it is not complete.
    """
    known = uploads.find(platform, project_id, upload_id)
    if known.state not in ("complete", "used"):
        message = f"Upload {known.id!r} is {known.state}, with {known.received} of {known.size} bytes."
        raise Conflict(message, state=known.state, received=known.received, reason="upload_state")
    folder = files_folder(platform.settings, project_id)
    file = _linked(uploads.path_of(platform.settings, project_id, known), folder, known.file_name)
    sync_folder(folder)
    path = f"{folder.name}/{file.name}"
    after = {"upload": known.id, "size": known.size}
    platform.database.transact(
        lambda transaction: audit.append(
            transaction, actor, "file.added", f"file:{path}", project_id=project_id, after=after
        )
    )
    if known.state == "complete":
        uploads.discard(platform, actor, project_id, known.id)
    return DataFile(path, known.size, file.stat().st_mtime)


def _linked(source: Path, folder: Path, name: str) -> Path:
    """The upload under its own name, or with a number where there is such a file."""
    stem, dot, ending = name.lstrip(".").partition(".")
    tail = _cut(dot + ending, LONGEST // 2)
    short = _cut(stem, LONGEST // 2)
    number = 1
    while True:
        target = folder / (f"{short}{tail}" if number == 1 else f"{short}-{number}{tail}")
        try:
            os.link(source, target)
        except FileExistsError:
            number += 1
        else:
            return target


def _cut(text: str, bytes: int) -> str:
    return text.encode()[:bytes].decode(errors="ignore")


def _files(root: Path, without: set[str]) -> Iterator[DataFile]:
    """Files below a folder, but for hidden ones and links."""
    seen = 0
    for folder, folders, names in os.walk(root):
        here = Path(folder).relative_to(root)
        skipped = without if folder == str(root) else set()
        deep = len(here.parts) >= DEEPEST
        folders[:] = [] if deep else sorted(one for one in folders if one not in skipped and not one.startswith("."))
        for name in sorted(names):
            if name.startswith("."):
                continue
            seen += 1
            if seen > MOST:
                return
            try:
                status = os.lstat(os.path.join(folder, name))
            except OSError:
                continue  # it has just gone
            if stat.S_ISREG(status.st_mode):
                yield DataFile((here / name).as_posix(), status.st_size, status.st_mtime)
