"""The artifact store: immutable values under the hash of their content (docs/artifacts.md)."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from patchbay_runners.artifact_writer import ArtifactWriter
from patchbay_runners.durable import hash_file, mark_wanted, storage_errors
from patchbay_runners.manifest import Layout, Manifest, StoredFile
from patchbay_runners.scratch import remove_tree
from patchbay_sdk import ports
from patchbay_sdk.errors import ArtifactCorrupt, ArtifactError, ArtifactLost
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform

HASH = re.compile(r"[0-9a-f]{64}")

CHECKED = 1 << 16
"""Bytes of a file that is compared with its hash whenever it is loaded."""


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
        self._layout = Layout(self.root)

    def writer(self, token: str) -> ArtifactWriter:
        """For several artifacts of one attempt, which then become durable together."""
        return ArtifactWriter(self._layout, token)

    def save(self, value: Any, port_type: str, token: str, *, lineage: Sequence[str] = ()) -> str:
        """Store one value under its port type; `lineage` belongs to tables. Returns the artifact id.

        Raises:
            ArtifactError: the value does not fit the type, or cannot be written.
        """
        with self.writer(token) as writer:
            id = writer.save(value, port_type, lineage=lineage)
            writer.publish()
            return id

    def load(self, id: str) -> Any:
        """The value of an artifact; a table is memory-mapped and loads the transforms of its lineage on demand.

        Files of at most `CHECKED` bytes are compared with their hashes; of larger ones only the size is looked at.

        Raises:
            ArtifactLost, ArtifactCorrupt: it is not in the store, or broken.
        """
        manifest = self.manifest(id)
        paths = self._paths(id, manifest)
        self._compare(id, (file for file in manifest.files if file.size <= CHECKED), paths)
        value = ports.load(manifest.type, paths, manifest.meta, id=id)
        if isinstance(value, Table):
            value.lineage = StoredTransforms(self, manifest.lineage)
            value.replica = self._layout.replica(id)
        return value

    def put(self, folder: Path, port_type: str, meta: Mapping[str, Any], token: str) -> str:
        """Store the files of a folder, which has to lie below `staging`. Returns the artifact id.

        Raises:
            ArtifactError: it cannot be written; nothing partial is visible then.
        """
        with self.writer(token) as writer:
            id = writer.put(folder, port_type, meta)
            writer.publish()
            return id

    def manifest(self, id: str) -> Manifest:
        """The manifest of an artifact. Raises ArtifactLost when it is not in the store, ArtifactCorrupt."""
        try:
            return Manifest.from_json(self._layout.manifest(id).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ArtifactLost(
                f"Artifact {id} is not in the store {self.root}: run the step that makes it again.", artifact=id
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise ArtifactCorrupt(
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
        """Read every byte. Raises ArtifactLost, or ArtifactCorrupt naming the file that is not what its hash says."""
        manifest = self.manifest(id)
        if manifest.id != id:
            raise ArtifactCorrupt(
                f"The manifest of artifact {id} was changed, its hash is {manifest.id}: "
                "run the step that makes it again.",
                artifact=id,
            )
        self._compare(id, manifest.files, self._paths(id, manifest))

    def _compare(self, id: str, files: Iterable[StoredFile], paths: Mapping[str, Path]) -> None:
        for file in files:
            found = hash_file(paths[file.name])
            if found != file.hash:
                raise ArtifactCorrupt(
                    f"File {file.name!r} of artifact {id} was changed, its hash is {found}, not {file.hash}: "
                    "run the step that makes it again.",
                    artifact=id,
                    file=file.name,
                )

    def faults(self, id: str) -> dict[Path, int | None]:
        """The files of an artifact that are missing (None), or not what their hash says (their inode).

        Reads every byte, and trusts nothing that lies there: no link, no pipe, no manifest.
        """
        path = self._layout.manifest(id)
        found = _fault(path, id)
        if found:
            return found
        try:
            manifest = Manifest.from_json(path.read_text(encoding="utf-8"))
            files = {self._layout.blob(file.hash): file.hash for file in manifest.files if HASH.fullmatch(file.hash)}
            if len(files) < len({file.hash for file in manifest.files}):
                raise ValueError
        except FileNotFoundError:
            return {path: None}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {path: path.lstat().st_ino}
        for blob, hash in files.items():
            found |= _fault(blob, hash)
        return found

    def confirm(self, ids: Iterable[str]) -> None:
        """Be sure that artifacts are here, and mark all their files as wanted.

        Raises:
            ArtifactLost: one is not here any more.
            ArtifactError: one is broken, or belongs to another user of this machine.
        """
        for id in ids:
            paths = self._paths(id, self.manifest(id))
            with storage_errors(f"keep artifact {id} in the store {self.root}"):
                for path in (self.manifest_file(id), *paths.values()):
                    try:
                        mark_wanted(path)
                    except FileNotFoundError:
                        raise ArtifactLost(f"Artifact {id} was just removed from the store.", artifact=id) from None

    def manifest_file(self, id: str) -> Path:
        """Where the manifest of an artifact lies."""
        return self._layout.manifest(id)

    def staging(self, token: str) -> Path:
        """The folder in which an attempt prepares its outputs; it may not exist yet."""
        return self._layout.staging(token)

    def clean_staging(self, token: str) -> None:
        """Remove what an attempt left in its staging folder."""
        with suppress(OSError):
            remove_tree(str(self.staging(token)))

    def _paths(self, id: str, manifest: Manifest) -> dict[str, Path]:
        paths = {}
        for file in manifest.files:
            path = self._layout.blob(file.hash)
            try:
                size = path.stat().st_size
            except FileNotFoundError:
                size = None
            if size != file.size:
                what = "missing" if size is None else f"{size} bytes long instead of {file.size}"
                raise ArtifactLost(
                    f"File {file.name!r} of artifact {id} is {what} in the store {self.root}: "
                    "run the step that makes it again.",
                    artifact=id,
                    file=file.name,
                )
            paths[file.name] = path
        return paths


def _fault(path: Path, hash: str) -> dict[Path, int | None]:
    try:
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and hash_file(path) == hash:
            return {}
    except FileNotFoundError:
        return {path: None}
    return {path: found.st_ino}


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
