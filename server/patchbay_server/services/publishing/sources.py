"""A release's files, for people who review it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from patchbay_server.engine.errors import NotFound
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing import releases

MOST_SHOWN = 1 << 20
"""Bytes of a file that are shown."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a release: `path` with ``/``, `size` in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file; `text` is None where it is no text. `cut`: it is longer than what is shown."""

    path: str
    size: int
    text: str | None
    cut: bool


def files(platform: Platform, name: str, version: str) -> list[SourceFile]:
    """Every file of a release. Raises NotFound."""
    root = releases.get(platform, name, version).root
    return [SourceFile(path, file.stat().st_size) for path, file in sorted(_files(root).items())]


def source(platform: Platform, name: str, version: str, path: str) -> Source:
    """One file of a release. Raises NotFound, also for a path that leads out of it."""
    found = releases.get(platform, name, version)
    file = _files(found.root).get(path)  # looked up, never put together: no path leads anywhere else
    if file is None:
        raise NotFound(f"{found.title} has no file {path!r}.", path=path, reason="release_file")
    with file.open("rb") as stream:
        content = stream.read(MOST_SHOWN)
    size = file.stat().st_size
    return Source(path, size, _text(content), size > MOST_SHOWN)


def _files(root: Path) -> dict[str, Path]:
    return {file.relative_to(root).as_posix(): file for file in root.rglob("*") if file.is_file()}


def _text(content: bytes) -> str | None:
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content[: error.start].decode("utf-8") if len(content) == MOST_SHOWN else None
