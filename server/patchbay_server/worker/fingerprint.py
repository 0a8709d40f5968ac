"""Fingerprints of files: BLAKE3 of the content, remembered while path, size, time and inode stay the same."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
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


def source_fingerprints(names: Iterable[str], params: Mapping[str, Any], data_roots: Iterable[str]) -> dict[str, str]:
    """Param -> fingerprint of the file that it names, or of all files of a list.

    What cannot be read has the fingerprint ``missing``: the operator will say what is wrong.
    """
    context = Context(temp_dir=Path(), data_roots=[Path(root) for root in data_roots])
    found = {}
    for name in names:
        value = params.get(name)
        paths = value if isinstance(value, list) else [value]
        marks = [_fingerprint(context, path) for path in paths if isinstance(path, str) and path]
        if marks:
            found[name] = marks[0] if len(marks) == 1 else blake3("\n".join(marks).encode()).hexdigest()
    return found


def _fingerprint(context: Context, path: str) -> str:
    try:
        return file_fingerprint(context.data_path(path))
    except (PatchbayError, OSError):
        return MISSING
