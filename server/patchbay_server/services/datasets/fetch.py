"""Brings a file of the catalogue here and imports it. Runs in a process of its own: a web thread is too dear for it.

The upload is the progress and the way to cancel: `received` grows, and giving the upload up ends the process.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from patchbay_sdk.errors import PatchbayError
from patchbay_server.config import child_environment
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.datasets import catalogue, imports, uploads
from patchbay_server.services.datasets.uploads import Upload
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.people.sessions import actor_of
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import upload

CHUNK = 1 << 20

logger = logging.getLogger(__name__)


def start(platform: Platform, wanted: list[Upload]) -> subprocess.Popen[bytes]:
    """Fetch announced uploads in one process of their own, one after the other. It ends with this process."""
    command = (sys.executable, "-m", "patchbay_server.cli", "datasets", "fetch", *(known.id for known in wanted))
    process = subprocess.Popen(command, env=child_environment(platform.settings), stdin=subprocess.DEVNULL)
    threading.Thread(target=process.wait, daemon=True, name="fetch").start()  # so that no zombie stays
    return process


def fetch(platform: Platform, upload_id: str) -> int | None:
    """Bring one announced file here and start its import; the run's id.

    None: it was given up, or another process fetches it. What fails is said in the upload's `error`.
    """
    found = _find(platform, upload_id)
    if found is None:
        return None
    project_id, known, source, actor = found
    try:
        for data in _from(_content(platform, source["from"]), known.received):
            known = uploads.append(platform, actor, project_id, known.id, offset=known.received, data=data)
        return imports.start(
            platform,
            actor,
            project_id,
            name=source["dataset"],
            upload_id=known.id,
            source=source["operator"],
            options=source["options"],
        )
    except (NotFound, Conflict) as error:
        logger.info("upload %s: %s", upload_id, error)
    except (PatchbayError, OSError) as error:
        message = error.message if isinstance(error, PatchbayError) else str(error)
        logger.warning("upload %s: %s", upload_id, message)
        uploads.fail(platform, project_id, known.id, message)
    return None


def _find(platform: Platform, id: str) -> tuple[int, Upload, dict[str, Any], Actor] | None:
    """The project, the upload, its source and who asked for it; None: there is nothing to fetch, or nobody for whom."""
    with platform.database.read() as transaction:
        row = transaction.core.execute(
            sa.select(upload.c.project_id, upload.c.created_by, upload.c.source).where(upload.c.id == id)
        ).one_or_none()
        if row is None or row.source is None or row.source["kind"] != catalogue.KIND:
            return None
        known = uploads.get(transaction, row.project_id, id)
        actor = COMMAND if row.created_by is None else actor_of(transaction, row.created_by, via="platform", address="")
    return None if actor is None else (row.project_id, known, row.source, actor)


def _content(platform: Platform, address: str) -> Iterator[bytes]:
    if address.startswith("https://"):
        from patchbay_server.services.datasets.download import download  # requests is no part of the web process

        return download(address, CHUNK)
    path = catalogue.path_of(platform.settings, address)
    if path is None:
        raise Invalid(f"{address!r} is not in the folder that PATCHBAY_CATALOGUE_FOLDER names.")
    return _read(path)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            yield data


def _from(chunks: Iterator[bytes], skip: int) -> Iterator[bytes]:
    """The content without its first `skip` bytes, which are here already; ends when the parent process has."""
    parent = os.getppid()
    for data in chunks:
        if os.getppid() != parent:
            raise Conflict("The process that wanted this file has ended.")
        if rest := data[skip:]:
            yield rest
        skip = max(0, skip - len(data))
