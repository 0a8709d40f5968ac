"""Reads the artifact store as something that the code of others has written: links, sizes and names are not trusted."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any, BinaryIO

from blake3 import blake3

from patchbay_runners.manifest import Layout, Manifest, StoredFile
from patchbay_sdk.errors import ArtifactCorrupt, ArtifactError, ArtifactLost

HASH = re.compile(r"[0-9a-f]{64}")

LARGEST_MANIFEST = 4 << 20
"""Bytes."""

CHUNK = 1 << 20
"""Bytes that are read at once."""


def manifest_of(layout: Layout, id: str) -> Manifest:
    """The manifest of an artifact. Raises ArtifactError."""
    content = _content(layout.manifest(id), LARGEST_MANIFEST, f"The manifest of artifact {id}")
    try:
        manifest = Manifest.from_json(content.decode())
        json.dumps([manifest.type, dict(manifest.meta)], allow_nan=False, ensure_ascii=False).encode()
        if manifest.id != id or not all(HASH.fullmatch(file.hash) for file in manifest.files):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ArtifactCorrupt(
            f"The manifest of artifact {id} is broken: run the step that makes it again.", artifact=id
        ) from None
    return manifest


def path_of(layout: Layout, file: StoredFile) -> Path:
    """Where a file of an artifact lies. Raises ArtifactError unless it is a file, of the right size."""
    path = layout.blob(file.hash)
    with _opened(path, f"File {file.name!r}") as opened:
        _check_size(opened, file)
    return path


def open_file(layout: Layout, file: StoredFile) -> BinaryIO:
    """A file of an artifact, to be read. Raises ArtifactError."""
    opened = _opened(layout.blob(file.hash), f"File {file.name!r}")
    try:
        _check_size(opened, file)
    except ArtifactError:
        opened.close()
        raise
    return opened


def open_sound(layout: Layout, file: StoredFile) -> BinaryIO:
    """A file of an artifact whose every byte was read and is what its hash says. Raises ArtifactError."""
    opened = open_file(layout, file)
    try:
        digest = blake3()
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
        check_hash(file, digest.hexdigest())
        opened.seek(0)
    except ArtifactError:
        opened.close()
        raise
    return opened


def check_hash(file: StoredFile, hash: str) -> None:
    """Raises ArtifactCorrupt when what was read of a file has another hash."""
    if hash != file.hash:
        raise ArtifactCorrupt(
            f"File {file.name!r} was changed, its hash is {hash}, not {file.hash}: run the step that makes it again."
        )


def json_of(layout: Layout, file: StoredFile, largest: int) -> Any:
    """The value of a JSON file. Raises ArtifactError."""
    content = _content(layout.blob(file.hash), largest, f"File {file.name!r}")
    check_hash(file, blake3(content).hexdigest())
    try:
        value = json.loads(content)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ArtifactError(f"File {file.name!r} is broken: run the step that makes it again.") from None
    return value


def _content(path: Path, largest: int, what: str) -> bytes:
    with _opened(path, what) as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ArtifactError(f"{what} is larger than {largest >> 20} MiB and cannot be shown; download it.")
    return content


def _opened(path: Path, what: str) -> BinaryIO:
    """Never through a link, and never a pipe or device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ArtifactLost(f"{what} is not in the store: run the step that makes it again.") from None
    except OSError:
        raise ArtifactError(f"{what} cannot be opened: run the step that makes it again.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ArtifactError(f"{what} is no file: run the step that makes it again.")
    return os.fdopen(descriptor, "rb")


def _check_size(opened: BinaryIO, file: StoredFile) -> None:
    size = os.fstat(opened.fileno()).st_size
    if size != file.size:
        raise ArtifactLost(
            f"File {file.name!r} is {size} bytes long instead of {file.size}: run the step that makes it again."
        )
