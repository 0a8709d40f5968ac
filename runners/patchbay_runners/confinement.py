"""What a task of a published operator may touch: its temporary folder, its inputs, its data folders, and code.

Of the artifact store it can read its inputs, and write its own staging folder, out of which the worker takes its
outputs, and the folder of its checkpoints. Nothing else of the platform's folder can be read (database, keys, logs,
tokens) where the machine allows that wall (docs/publishing.md). Network stays open: an operator may fetch what it works
on.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.durable import storage_errors
from patchbay_runners.protocol import TaskRequest
from patchbay_runners.sandbox import Rules, confine, interpreter_folders
from patchbay_sdk.errors import ArtifactError
from patchbay_sdk.registry import specs_folder

PLATFORM = ("patchbay_sdk", "patchbay_runners", "patchbay_operators")
UNLIMITED = 1 << 46
"""Bytes; memory-mapped tables count as address space, however large they are. Pools bound what a task may use."""


def confine_task(request: TaskRequest) -> None:
    """Confine this process to what the attempt needs; there is no way back.

    Raises:
        SandboxError: the process has several threads, or a wall fell over half built.
        ArtifactError: a folder of the store cannot be made.
    """
    os.environ |= {"HOME": request.temp_dir, "TMPDIR": request.temp_dir}
    store, closed = ArtifactStore(request.store), [Path(path).resolve() for path in request.closed]
    data = [path for root in request.data_roots for path in around(Path(root), closed)]
    staging = store.staging(request.token)
    with storage_errors(f"make the artifact store {store.root}"):
        staging.mkdir(parents=True, exist_ok=True)
    confine(
        Rules(
            readable=(*_code(request), *_stored(store, chain(*request.inputs.values()))),
            writable=(Path(request.temp_dir), staging, *_checkpoints(request), *data),
            moves=True,
            network=True,
            own_user=False,  # the store belongs to the platform's user
            memory=UNLIMITED,
            cpu_seconds=1 << 31,
            file_size=UNLIMITED,
            processes=1 << 12,
            open_files=1 << 16,
        )
    )


def _checkpoints(request: TaskRequest) -> Iterator[Path]:
    if request.checkpoint_dir is not None:
        yield Path(request.checkpoint_dir)


def _stored(store: ArtifactStore, ids: Iterable[str]) -> Iterator[Path]:
    """The files of these artifacts, and of the transforms that tables among them have had.

    What is broken is left out: reading it says what is wrong.
    """
    waiting, seen = list(ids), set[str]()
    while waiting:
        id = waiting.pop()
        if id in seen:
            continue
        seen.add(id)
        with contextlib.suppress(ArtifactError):
            manifest = store.manifest(id)
            waiting += manifest.lineage
            yield from (store.manifest_file(id), *store.open(id).values())


def around(folder: Path, closed: Sequence[Path]) -> Iterator[Path]:
    """The folder; or, where one of `closed` (resolved) lies in it, everything else that is in it.

    A folder inside of a closed one is given as it is: whoever names it means it.
    """
    if not any(path.is_relative_to(folder.resolve()) for path in closed):
        yield folder
        return
    with contextlib.suppress(OSError):  # what cannot be listed cannot be read either
        for entry in sorted(folder.iterdir()):
            if not entry.is_symlink() and not any(entry.resolve().is_relative_to(path) for path in closed):
                yield from around(entry, closed)


def _code(request: TaskRequest) -> Iterator[Path]:
    """The interpreter, the platform's own packages, which an environment only links to, specs, and releases."""
    yield from interpreter_folders()
    for name in PLATFORM:
        found = importlib.util.find_spec(name)
        if found is not None:
            yield from (Path(folder).resolve() for folder in found.submodule_search_locations or ())
    yield specs_folder("patchbay_operators")
    yield Path(request.spec_path)
    if request.home is not None:
        yield Path(str(request.home["root"]))
    if request.published is not None:
        yield Path(request.published).parent
