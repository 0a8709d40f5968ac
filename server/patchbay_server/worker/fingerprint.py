"""Fingerprints of files: BLAKE3 of the content, remembered while path, size, time and inode stay the same."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from blake3 import blake3

from patchbay_sdk.context import Context
from patchbay_sdk.errors import PatchbayError

MISSING = "missing"
SETTLED = 2_000_000_000
"""Nanoseconds: a file changed more recently may change again without a new time stamp, so it is read every time."""

_remembered: dict[tuple[str, int, int, int], str] = {}
_LIMIT = 10_000


def file_fingerprint(path: Path) -> str:
    """BLAKE3 of a file's content in hex. Raises OSError when it cannot be read."""
    status = path.stat()
    key = (str(path), status.st_size, status.st_mtime_ns, status.st_ino)
    known = _remembered.get(key)
    if known is None:
        known = blake3(max_threads=blake3.AUTO).update_mmap(path).hexdigest()
        if time.time_ns() - status.st_mtime_ns > SETTLED:
            if len(_remembered) >= _LIMIT:
                _remembered.clear()
            _remembered[key] = known
    return known


def source_files(names: Iterable[str], params: Mapping[str, Any], data_roots: Iterable[str]) -> list[Path]:
    """The files that these params name; those that may not be read, or do not exist, are left out."""
    return [path for _, paths in _located(names, params, data_roots) for path in paths if path]


def source_fingerprints(names: Iterable[str], params: Mapping[str, Any], data_roots: Iterable[str]) -> dict[str, str]:
    """Param -> fingerprint of the file that it names, or of all files of a list.

    What cannot be read has the fingerprint ``missing``: the operator will say what is wrong.
    """
    found = {}
    for name, paths in _located(names, params, data_roots):
        marks = [_fingerprint(path) for path in paths]
        if marks:
            found[name] = marks[0] if len(marks) == 1 else blake3("\n".join(marks).encode()).hexdigest()
    return found


def _located(
    names: Iterable[str], params: Mapping[str, Any], data_roots: Iterable[str]
) -> Iterator[tuple[str, list[Path | None]]]:
    context = Context(temp_dir=Path(), data_roots=[Path(root) for root in data_roots])
    for name in names:
        value = params.get(name)
        paths = value if isinstance(value, list) else [value]
        yield name, [_data_path(context, path) for path in paths if isinstance(path, str) and path]


def _data_path(context: Context, path: str) -> Path | None:
    try:
        return context.data_path(path)
    except (PatchbayError, OSError):
        return None


def _fingerprint(path: Path | None) -> str:
    try:
        return MISSING if path is None else file_fingerprint(path)
    except OSError:
        return MISSING
