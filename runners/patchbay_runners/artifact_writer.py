"""Writes artifacts so that they are complete, on disk, and only then visible."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from blake3 import blake3

from patchbay_runners.durable import LARGE, hash_file, mark_wanted, storage_errors, sync
from patchbay_runners.kill_points import reach
from patchbay_runners.manifest import Layout, Manifest, StoredFile
from patchbay_runners.scratch import remove_tree
from patchbay_sdk import ports
from patchbay_sdk.values import Chart, Metrics

PARALLEL_SYNCS = 16
"""The disk writes what several threads ask for at once in one go: ten fsyncs then take about as long as one."""

SETTLED = 10.0
"""Seconds after which a file in the store counts as safely there."""


class ArtifactWriter:
    """Stages the artifacts of one attempt and publishes them together; used in a ``with`` block.

    Syncing starts as soon as a file is staged, and goes on while it is hashed and the next one is written.
    """

    def __init__(self, layout: Layout, token: str) -> None:
        self._layout = layout
        self._folder = layout.staging(token)
        self._pool = ThreadPoolExecutor(PARALLEL_SYNCS, thread_name_prefix="fsync")
        self._syncs: list[Future[None]] = []
        self._moves: dict[Path, Path] = {}
        self._saved = 0

    def __enter__(self) -> ArtifactWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        with suppress(OSError):
            remove_tree(str(self._folder))

    def save(self, value: Any, port_type: str, *, lineage: Sequence[str] = ()) -> str:
        """Stage a value under its port type; `lineage` belongs to tables. Returns the artifact id.

        Raises:
            ArtifactError: the value does not fit the type, or cannot be written.
        """
        port_type = ports.port_type_of(value) if port_type == "any" else port_type
        if isinstance(value, ports.SMALL) and port_type == ports.port_type_of(value):
            return self._save_small(value, port_type)
        self._saved += 1
        folder = self._folder / str(self._saved)
        with storage_errors(f"write a {port_type} to the artifact store {self._layout.root}"):
            folder.mkdir(parents=True)
            meta = ports.save(value, port_type, folder)
        if port_type == "table":
            meta = {**meta, "lineage": list(lineage)}
        return self.put(folder, port_type, meta)

    def _save_small(self, value: str | Metrics | Chart, port_type: str) -> str:
        """Without touching the disk, when the same value is in the store already."""
        with storage_errors(f"write a {port_type} to the artifact store {self._layout.root}"):
            name, content, meta = ports.encode(value)
            file = StoredFile(name, blake3(content).hexdigest(), len(content))
            self._stage_content(content, self._layout.blob(file.hash))
            return self._stage_manifest(Manifest(port_type, (file,), meta))

    def put(self, folder: Path, port_type: str, meta: Mapping[str, Any]) -> str:
        """Stage the files of a folder, which has to lie in the store's staging. Returns the artifact id.

        Raises:
            ArtifactError: a file cannot be read or the manifest not be written.
        """
        with storage_errors(f"write a {port_type} to the artifact store {self._layout.root}"):
            paths = sorted(path for path in folder.rglob("*") if path.is_file())
            self._sync(path for path in paths if path.stat().st_size >= LARGE)
            files = [
                StoredFile(path.relative_to(folder).as_posix(), hash_file(path), path.stat().st_size) for path in paths
            ]
            for path, file in zip(paths, files, strict=True):
                self._stage(path, self._layout.blob(file.hash), synced=file.size >= LARGE)
            return self._stage_manifest(Manifest(port_type, tuple(files), dict(meta)))

    def _stage_manifest(self, manifest: Manifest) -> str:
        id = manifest.id
        self._stage_content(manifest.to_json().encode(), self._layout.manifest(id))
        return id

    def _stage_content(self, content: bytes, target: Path) -> None:
        if not _is_settled(target):
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / target.name
            path.write_bytes(content)
            self._stage(path, target)

    def _stage(self, path: Path, target: Path, *, synced: bool = False) -> None:
        """Have a file published, unless the same content is in the store already."""
        if _is_settled(target):
            return
        if not synced:
            self._sync([path])
        self._moves[path] = target

    def publish(self) -> None:
        """Make everything staged visible. Once it returns, the artifacts survive a power cut.

        Raises:
            ArtifactError: the disk refused something; what is visible then is complete nevertheless.
        """
        with storage_errors(f"write to the artifact store {self._layout.root}"):
            self._await_syncs()
            reach("stage")
            for source, target in self._moves.items():
                os.utime(source)  # it may have been written hours ago: for whoever collects garbage it is new
                source.chmod(0o444)
                _rename(source, target)
                reach("rename")
            self._sync({target.parent for target in self._moves.values()})
            self._await_syncs()
            self._moves.clear()

    def _sync(self, paths: Iterable[Path]) -> None:
        self._syncs += [self._pool.submit(sync, path) for path in paths]

    def _await_syncs(self) -> None:
        for pending in self._syncs:
            pending.result()
        self._syncs.clear()


def _is_settled(target: Path) -> bool:
    """Whether the file was published so long ago that whoever did it has synced its folder as well.

    It is marked as wanted, so that nobody collects it meanwhile; one that somebody else owns is written anew.
    """
    try:
        return mark_wanted(target) > SETTLED
    except (FileNotFoundError, PermissionError):
        return False


def _rename(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        sync(target.parents[1])
        sync(target.parents[2])
        source.rename(target)
