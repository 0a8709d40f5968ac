"""Uploads: files that arrive in chunks, and go on where they stopped.

SQL says how much has arrived, and is told only after the bytes are on disk. So after a crash the file may be longer
than `received`, never shorter, and is cut to it before the next chunk.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from patchbay_server.config import Settings
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.datasets.errors import ChecksumMismatch, DiskFull, TooLarge
from patchbay_server.services.datasets.folders import sync_folder, uploads_folder
from patchbay_server.services.datasets.formats import ending_of
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import upload
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import flow, run

IMPORT_FLOW = "import:"
"""Begins the names of the flows that import; a dataset has one, each way of reading is a revision of it."""
MAX_CHUNK = 8 << 20
"""Bytes of one chunk."""
LIFETIME = 24 * 3600.0
"""Seconds after its last chunk until an upload is forgotten."""
MAX_NAME = 255
MAX_OPEN = 100
"""Uploads of one project that are not complete."""
SPARE = 256 << 20
"""Bytes of the disk that uploads leave free."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in, or arrived. `state`: ``open``, ``complete``, ``used`` (imported), ``failed`` (`error`).

    `source`: None for a person's upload, else where the platform gets the file. `run_id`: the latest import of it,
    with its `run_state` and the `dataset` that it is to become a version of.
    """

    id: str
    file_name: str
    size: int
    received: int
    sha256: str | None
    state: str
    source: dict[str, Any] | None
    error: str | None
    run_id: int | None
    run_state: str | None
    dataset: str | None
    created_at: float
    created_by: str | None
    expires_at: float


def create(
    platform: Platform,
    actor: Actor,
    project_id: int,
    *,
    file_name: str,
    size: int,
    sha256: str | None = None,
    source: Mapping[str, Any] | None = None,
) -> Upload:
    """Announce a file of `size` bytes; `sha256`: what the whole has, checked at the end.

    Raises:
        Invalid: the name or the checksum cannot be used.
        TooLarge: it has more bytes than PATCHBAY_MAX_UPLOAD allows.
        DiskFull: there is no room for it beside the other uploads.
        Conflict: the project has too many open uploads.
    """
    name, limit = clean_name(file_name), platform.settings.max_upload
    if not 0 < size <= limit:
        kind = Invalid if size < 1 else TooLarge
        raise kind(f"File {name!r} has {size} bytes; allowed are 1 to {limit}.", field="size", limit=limit)
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise Invalid("sha256 is 64 digits 0-9 a-f.", field="sha256")
    folder = uploads_folder(platform.settings, project_id)

    def write(transaction: Transaction) -> Upload:
        _check_room(transaction, folder, project_id, size)
        now = now_of(transaction)
        id = secrets.token_hex(16)
        transaction.core.execute(
            upload.insert().values(
                id=id,
                project_id=project_id,
                file_name=name,
                size=size,
                sha256=sha256,
                state="open",
                source=source,
                created_at=now,
                created_by=actor.user_id,
                expires_at=now + LIFETIME,
            )
        )
        after = {"file_name": name, "size": size}
        audit.append(transaction, actor, "upload.created", f"upload:{id}", project_id=project_id, after=after)
        return get(transaction, project_id, id)

    return platform.database.transact(write)


def find(platform: Platform, project_id: int, id: str) -> Upload:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return get(transaction, project_id, id)


def find_complete(platform: Platform, project_id: int, id: str) -> Upload:
    """An upload that can be read. Raises NotFound, or Conflict when it is not complete."""
    known = find(platform, project_id, id)
    if known.state not in ("complete", "used"):
        raise Conflict(
            f"Upload {known.id!r} is {known.state}, with {known.received} of {known.size} bytes.",
            state=known.state,
            received=known.received,
            reason="upload_state",
        )
    return known


def get(transaction: Transaction, project_id: int, id: str) -> Upload:
    """`find` within a transaction."""
    statement = _select().where(upload.c.id == id, upload.c.project_id == project_id)
    row = transaction.core.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(
            f"There is no upload {id!r}: it was never begun, was given up, or has expired.", upload=id, reason="upload"
        )
    return _view(row)


def listed(
    platform: Platform, project_id: int, *, pending: bool = False, cursor: str | None = None, limit: int = 50
) -> Page[Upload]:
    """The uploads of a project; `pending`: but for those that have been imported. Raises CursorError."""
    statement = _select().where(upload.c.project_id == project_id)
    if pending:
        statement = statement.where(sa.or_(upload.c.run_id.is_(None), run.c.state != "done"))
    with platform.database.read() as transaction:
        found = page(transaction, statement, upload.c.id, cursor=cursor, limit=limit)
    return found.map(_view)


def append(
    platform: Platform, actor: Actor, project_id: int, id: str, *, offset: int, data: bytes, sha256: str | None = None
) -> Upload:
    """Add a chunk that begins at byte `offset`; the last one completes the upload, which is recorded.

    Raises:
        NotFound: there is no such upload.
        Conflict: it does not go on at `offset` (`details["received"]` says where it does), another client is
            writing, or it is complete.
        TooLarge: the chunk is too long, or reaches beyond the announced size.
        ChecksumMismatch: the chunk, or at the end the whole file, has another SHA-256.
        DiskFull: it could not be written; nothing of it counts.
    """
    if not 0 < len(data) <= MAX_CHUNK:
        kind = Invalid if not data else TooLarge
        raise kind(f"A chunk has 1 to {MAX_CHUNK} bytes, not {len(data)}.", limit=MAX_CHUNK)
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256.lower():
        raise ChecksumMismatch("The chunk does not have the checksum that was sent with it: send it again.")
    known = find(platform, project_id, id)
    with _only_writer(path_of(platform.settings, project_id, known), id) as file:
        known = find(platform, project_id, id)  # as it is now that nobody else writes
        if known.state != "open":
            raise Conflict(
                f"Upload {id!r} is {known.state}.", state=known.state, received=known.received, reason="upload_state"
            )
        if offset != known.received:
            raise Conflict(
                f"Upload {id!r} goes on at byte {known.received}, not {offset}.",
                received=known.received,
                reason="upload_offset",
            )
        end = offset + len(data)
        if end > known.size:
            raise TooLarge(f"Upload {id!r} has {known.size} bytes; this chunk would end at {end}.", limit=known.size)
        _write_at(file, offset, data)
        state, error = _checked(file, known) if end == known.size else ("open", None)
        platform.database.transact(_advance, actor, project_id, known, end, state, error)
        if error:
            path_of(platform.settings, project_id, known).unlink(missing_ok=True)
            raise ChecksumMismatch(error)
    return find(platform, project_id, id)


def discard(platform: Platform, actor: Actor, project_id: int, id: str) -> None:
    """Give an upload up and remove what has arrived. A run that imports it fails. Raises NotFound."""

    def write(transaction: Transaction) -> Upload:
        known = get(transaction, project_id, id)
        if not transaction.core.execute(upload.delete().where(upload.c.id == id)).rowcount:
            raise NotFound(
                f"There is no upload {id!r}.", upload=id, reason="upload"
            )  # on PostgreSQL another may have been quicker
        before = {"file_name": known.file_name, "received": known.received}
        audit.append(transaction, actor, "upload.discarded", f"upload:{id}", project_id=project_id, before=before)
        return known

    path_of(platform.settings, project_id, platform.database.transact(write)).unlink(missing_ok=True)


def fail(platform: Platform, project_id: int, id: str, error: str) -> None:
    """Say why an open upload will not be completed, and remove what has arrived."""

    def write(transaction: Transaction) -> Upload:
        wanted = upload.c.id == id, upload.c.state.in_(("open", "complete"))
        transaction.core.execute(upload.update().where(*wanted).values(state="failed", error=error))
        return get(transaction, project_id, id)

    path_of(platform.settings, project_id, platform.database.transact(write)).unlink(missing_ok=True)


def path_of(settings: Settings, project_id: int, known: Upload) -> Path:
    """Where an upload lies: under its own id; only a known ending is taken from its name."""
    return uploads_folder(settings, project_id) / (known.id + ending_of(known.file_name))


def clean_name(file_name: str) -> str:
    """A file's name without folders and characters that cannot be seen.

    Raises:
        Invalid: nothing is left, or too much.
    """
    last = re.split(r"[/\\]", file_name)[-1]
    name = "".join(char for char in last if not unicodedata.category(char).startswith("C")).strip()
    if not name.strip(".") or len(name) > MAX_NAME:
        raise Invalid(
            f"file_name: give the name of a file, of 1 to {MAX_NAME} characters.", field="file_name", reason="file_name"
        )
    return name


def _select() -> sa.Select[Any]:
    others = {
        "created_by": user_account.c.name.label("created_by"),
        "run_state": run.c.state.label("run_state"),
        "dataset": flow.c.name.label("dataset"),
    }
    return (
        sa.select(*(others[name] if name in others else upload.c[name] for name in Upload.__slots__))
        .outerjoin(user_account, user_account.c.id == upload.c.created_by)
        .outerjoin(run, run.c.id == upload.c.run_id)
        .outerjoin(flow, flow.c.id == run.c.flow_id)
    )


def _view(row: sa.RowMapping) -> Upload:
    flow_name = row["dataset"]
    return Upload(**{**row, "dataset": flow_name and flow_name.removeprefix(IMPORT_FLOW)})


def _check_room(transaction: Transaction, folder: Path, project_id: int, size: int) -> None:
    is_open = upload.c.state == "open"
    count = sa.select(sa.func.count()).where(is_open, upload.c.project_id == project_id)
    if transaction.core.execute(count).scalar_one() >= MAX_OPEN:
        raise Conflict(
            f"The project has {MAX_OPEN} open uploads: complete some, or give them up.",
            limit=MAX_OPEN,
            reason="upload_many",
        )
    promised = transaction.core.execute(sa.select(sa.func.sum(upload.c.size - upload.c.received)).where(is_open))
    free = shutil.disk_usage(folder).free - int(promised.scalar_one() or 0) - SPARE
    if size > free:
        raise DiskFull(f"The file has {size} bytes, but there is room for {max(free, 0)}.", room=max(free, 0))


@contextmanager
def _only_writer(path: Path, id: str) -> Iterator[int]:
    """The file's descriptor, held against other writers, of this process or of others. Raises Conflict, DiskFull."""
    is_new = not path.exists()
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise DiskFull(f"Upload {id!r} cannot be written: {error.strerror}.") from error
    try:
        if is_new:
            sync_folder(path.parent)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another client is writing upload {id!r} at this moment.", reason="upload_busy") from None
        yield file
    finally:
        os.close(file)


def _write_at(file: int, offset: int, data: bytes) -> None:
    try:
        os.ftruncate(file, offset)
        os.lseek(file, offset, os.SEEK_SET)
        view = memoryview(data)
        while view:
            view = view[os.write(file, view) :]
        os.fsync(file)
    except OSError as error:
        os.ftruncate(file, offset)
        raise DiskFull(
            f"The chunk cannot be written: {error.strerror}. Nothing of it counts; send it later."
        ) from error


def _checked(file: int, known: Upload) -> tuple[str, str | None]:
    """The state of an upload whose last byte is there, and what is wrong with it."""
    if known.sha256 is None:
        return "complete", None
    with os.fdopen(os.dup(file), "rb") as whole:
        whole.seek(0)
        digest = hashlib.file_digest(whole, "sha256").hexdigest()
    if digest == known.sha256:
        return "complete", None
    return "failed", f"File {known.file_name!r} has SHA-256 {digest}, not {known.sha256}: upload it again."


def _advance(
    transaction: Transaction, actor: Actor, project_id: int, known: Upload, end: int, state: str, error: str | None
) -> None:
    where = upload.c.id == known.id, upload.c.state == "open", upload.c.received == known.received
    values = {"received": end, "state": state, "error": error, "expires_at": now_of(transaction) + LIFETIME}
    if not transaction.core.execute(upload.update().where(*where).values(**values)).rowcount:
        raise NotFound(f"Upload {known.id!r} was given up meanwhile.", upload=known.id, reason="upload")
    if state != "open":
        action, thing, after = "failed" if error else "completed", f"upload:{known.id}", {"size": end, "error": error}
        audit.append(transaction, actor, f"upload.{action}", thing, project_id=project_id, after=after)
