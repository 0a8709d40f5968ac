"""Published operators: an index file names them, and it changes while processes run.

::

    {"format": 1,
     "operators": [{"spec": {...}, "path", "release", "root", "python", "digest", "state"}],
     "withdrawn": {"id@version": "why, and what to use instead"}}

Paths are relative to the index's folder; `python` is null where the platform's own environment runs the operator.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from patchbay_sdk.errors import SpecError
from patchbay_sdk.registry import Catalogue, installed_catalogue
from patchbay_sdk.spec import Home, OperatorSpec

FORMAT = 1
Stamp = tuple[int, int, int]
"""Time of change, size and inode of the index: another one means another content."""


class CurrentCatalogue:
    """What is installed, and what the index names at this moment. Safe to share between threads."""

    def __init__(self, index: Path | None) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._catalogue: Catalogue | None = None

    def __call__(self) -> Catalogue:
        """The catalogue of now; costs a `stat` while the index stays the same."""
        stamp = _stamp(self._index)
        with self._lock:
            if self._catalogue is None or stamp != self._stamp:
                self._catalogue = self._read(self._catalogue)
                self._stamp = stamp
            return self._catalogue

    def _read(self, before: Catalogue | None) -> Catalogue:
        installed = installed_catalogue()
        if self._index is None or not self._index.exists():
            return installed
        try:
            return with_published(installed, self._index, known=before or ())
        except SpecError as error:
            return Catalogue(installed, [*installed.broken, error])


def with_published(installed: Catalogue, index: Path, known: Iterable[OperatorSpec] = ()) -> Catalogue:
    """The installed operators and those of an index file. `known`: specs that are used again where nothing changed.

    Raises:
        SpecError: the index cannot be read.
    """
    earlier = {spec.key: spec for spec in known if spec.home is not None}
    try:
        raw = json.loads(index.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise ValueError(f"it has format {raw['format']}, this version of Patchbay reads {FORMAT}")
        entries = raw["operators"]
        specs = [_spec(entry, index.parent, earlier) for entry in entries if _key(entry["spec"]) not in installed]
        deprecated = {_key(entry["spec"]) for entry in entries if entry["state"] == "deprecated"}
        return Catalogue([*installed, *specs], installed.broken, deprecated, raw["withdrawn"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SpecError(f"The index of published operators, {index}, cannot be read: {error}.") from error


def _spec(entry: Mapping[str, Any], folder: Path, earlier: Mapping[str, OperatorSpec]) -> OperatorSpec:
    home = home_of(entry, folder)
    known = earlier.get(_key(entry["spec"]))
    if known is not None and known.home == home and known.raw == entry["spec"]:
        return known  # with its compiled validators
    return OperatorSpec.from_json(entry["spec"], folder / entry["path"], home)


def home_of(entry: Mapping[str, Any], folder: Path) -> Home:
    """Where the code of an entry of the index lies."""
    python = entry["python"]
    return Home(entry["release"], folder / entry["root"], folder / python if python else None, entry["digest"])


def _key(spec: Mapping[str, Any]) -> str:
    return f"{spec['id']}@{spec['version']}"


def _stamp(index: Path | None) -> Stamp | None:
    try:
        status = index.stat() if index is not None else None
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if status is not None else None


_current = CurrentCatalogue(None)


def use_index(index: Path | None) -> None:
    """From now on, `current_catalogue` of this process holds the operators of this index too."""
    global _current
    if _current._index != index:
        _current = CurrentCatalogue(index)


def current_catalogue() -> Catalogue:
    """The operators that this process can name: installed ones, and those of the index that it was told of."""
    return _current()
