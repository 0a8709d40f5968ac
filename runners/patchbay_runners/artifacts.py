"""The artifact store: immutable values under the hash of their content (docs/artifacts.md)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from blake3 import blake3

from patchbay_runners.durable import hash_and_sync, hash_file, storage_errors, sync
from patchbay_sdk import ports
from patchbay_sdk.errors import ArtifactError
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform


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


class ArtifactStore:
    """Artifacts in a local folder: ``cas/<2 hex>/<hash>``, ``manifests/<2 hex>/<id>.json``, ``staging/<token>/``.

    Any number of processes may write at once, also the same content: a file gets its final name by a rename,
    after its content is on disk.
    """

    def __init__(self, root: Path | str) -> None:
        """Open the store in the folder `root`. Raises ArtifactError for a URL: only local folders work so far."""
        if "://" in str(root):
            raise ArtifactError(f"The artifact store {str(root)!r} is not a local folder; give the path of one.")
        self.root = Path(root).absolute()

    def save(self, value: Any, port_type: str, token: str, *, lineage: Sequence[str] = ()) -> str:
        """Store a value under its port type; `lineage` belongs to tables. Returns the artifact id.

        Raises:
            ArtifactError: the value does not fit the type, or cannot be written.
        """
        port_type = ports.port_type_of(value) if port_type == "any" else port_type
        folder = self.staging(token) / uuid4().hex
        try:
            with storage_errors(f"write a {port_type} to the artifact store {self.root}"):
                folder.mkdir(parents=True)
                meta = ports.save(value, port_type, folder)
            if port_type == "table":
                meta = {**meta, "lineage": list(lineage)}
            return self.put(folder, port_type, meta)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def load(self, id: str) -> Any:
        """The value of an artifact; a table is memory-mapped and loads the transforms of its lineage on demand.

        Raises:
            ArtifactError: it is not in the store, or broken.
        """
        manifest = self.manifest(id)
        value = ports.load(manifest.type, self._paths(id, manifest), manifest.meta, id=id)
        if isinstance(value, Table):
            value.lineage = StoredTransforms(self, manifest.lineage)
        return value

    def put(self, folder: Path, port_type: str, meta: Mapping[str, Any]) -> str:
        """Move the files of `folder` (below `staging`) into the store. Returns the artifact id.

        Once it returns, the artifact survives a power cut. Storing the same content again changes nothing.

        Raises:
            ArtifactError: it cannot be written; nothing partial is visible then.
        """
        with storage_errors(f"write a {port_type} to the artifact store {self.root}"):
            paths = sorted(path for path in folder.rglob("*") if path.is_file())
            files = [
                StoredFile(path.relative_to(folder).as_posix(), hash_and_sync(path), path.stat().st_size)
                for path in paths
            ]
            manifest = Manifest(port_type, tuple(files), dict(meta))
            id = manifest.id
            manifest_path = folder / f"{id}.json"
            manifest_path.write_text(manifest.to_json(), encoding="utf-8")
            sync(manifest_path)
            self._publish({path: self._blob(file.hash) for path, file in zip(paths, files, strict=True)})
            self._publish({manifest_path: self._manifest(id)})
            return id

    def _publish(self, moves: Mapping[Path, Path]) -> None:
        for source, target in moves.items():
            source.chmod(0o444)
            try:
                source.rename(target)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                for folder in (target.parents[1], self.root):
                    sync(folder)
                source.rename(target)
        for folder in {target.parent for target in moves.values()}:
            sync(folder)

    def manifest(self, id: str) -> Manifest:
        """The manifest of an artifact. Raises ArtifactError when it is not in the store."""
        try:
            return Manifest.from_json(self._manifest(id).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ArtifactError(
                f"Artifact {id} is not in the store {self.root}: run the step that makes it again.", artifact=id
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise ArtifactError(
                f"The manifest of artifact {id} is broken: run the step that makes it again.", artifact=id
            ) from error

    def exists(self, id: str) -> bool:
        """Whether the artifact is here, with all its files in full length."""
        try:
            self._paths(id, self.manifest(id))
        except ArtifactError:
            return False
        return True

    def open(self, id: str) -> dict[str, Path]:
        """The artifact's files by name, as local paths to read from.

        Raises:
            ArtifactError: it is not in the store, or a file is missing or cut short.
        """
        return self._paths(id, self.manifest(id))

    def verify(self, id: str) -> None:
        """Read every byte. Raises ArtifactError naming the file whose content is not what its hash says."""
        manifest = self.manifest(id)
        if manifest.id != id:
            raise ArtifactError(f"The manifest of artifact {id} was changed: its hash is {manifest.id}.", artifact=id)
        paths = self._paths(id, manifest)
        for file in manifest.files:
            found = hash_file(paths[file.name])
            if found != file.hash:
                raise ArtifactError(
                    f"File {file.name!r} of artifact {id} was changed: its hash is {found}, not {file.hash}. "
                    f"Delete {paths[file.name]} and run the step that makes it again.",
                    artifact=id,
                    file=file.name,
                )

    def staging(self, token: str) -> Path:
        """The folder in which an attempt prepares its outputs; it may not exist yet."""
        return self.root / "staging" / token

    def clean_staging(self, token: str) -> None:
        """Remove what an attempt left in its staging folder."""
        shutil.rmtree(self.staging(token), ignore_errors=True)

    def _paths(self, id: str, manifest: Manifest) -> dict[str, Path]:
        paths = {}
        for file in manifest.files:
            path = self._blob(file.hash)
            try:
                size = path.stat().st_size
            except FileNotFoundError:
                size = None
            if size != file.size:
                what = "missing" if size is None else f"{size} bytes long instead of {file.size}"
                raise ArtifactError(
                    f"File {file.name!r} of artifact {id} is {what} in the store {self.root}: "
                    "run the step that makes it again.",
                    artifact=id,
                    file=file.name,
                )
            paths[file.name] = path
        return paths

    def _blob(self, hash: str) -> Path:
        return self.root / "cas" / hash[:2] / hash

    def _manifest(self, id: str) -> Path:
        return self.root / "manifests" / id[:2] / f"{id}.json"


class StoredTransforms(Sequence[Transform]):
    """The transforms of a table's lineage, read from the store when they are looked at."""

    def __init__(self, store: ArtifactStore, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        self._store = store
        self._loaded: dict[str, Transform] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        id = self.ids[position]
        if id not in self._loaded:
            self._loaded[id] = self._store.load(id)
        return self._loaded[id]
