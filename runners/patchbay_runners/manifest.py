"""What an artifact consists of, and where its parts lie in a store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blake3 import blake3


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of an artifact: `name` relative with ``/``, BLAKE3 `hash` in hex, `size` in bytes."""

    name: str
    hash: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an artifact consists of. `meta` holds what is worth knowing without opening it, and no time or host."""

    type: str
    files: tuple[StoredFile, ...]
    meta: Mapping[str, Any]

    @property
    def id(self) -> str:
        """BLAKE3 of the canonical JSON: the artifact's id."""
        return blake3(self.to_json().encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    @property
    def lineage(self) -> list[str]:
        """Ids of the transforms applied to the table since its source, in order."""
        return list(self.meta.get("lineage", ()))

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, files ordered by name."""
        files = [{"name": file.name, "hash": file.hash, "size": file.size} for file in self.files]
        manifest = {"type": self.type, "files": files, "meta": self.meta}
        return json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """The inverse of `to_json`."""
        raw = json.loads(text)
        return cls(raw["type"], tuple(StoredFile(**file) for file in raw["files"]), raw["meta"])


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of a store below `root`."""

    root: Path

    def blob(self, hash: str) -> Path:
        """Where the file with this content hash lies."""
        return self.root / "cas" / hash[:2] / hash

    def manifest(self, id: str) -> Path:
        """Where the manifest of this artifact lies."""
        return self.root / "manifests" / id[:2] / f"{id}.json"

    def replica(self, id: str) -> Path:
        """Where the Parquet copy of a table in Arrow IPC lies, once Spark has needed one."""
        return self.root / "replicas" / id[:2] / f"{id}.parquet"

    def staging(self, token: str) -> Path:
        """Where an attempt prepares its outputs."""
        return self.root / "staging" / token
