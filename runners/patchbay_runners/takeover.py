"""Takes the outputs of a confined task into the store. Its code may have written and said anything.

Such a task does not reach the store: it has one of its own, its *outbox*, in its staging folder. When nothing of it
runs any more, the worker reads what lies there as it would read an upload, and copies it in as its own: names are
computed here, from contents that nobody else has open, and nothing that was not in the outbox gets a name. So a task
can give away neither what it may not read, nor something else under the hash of what others will make.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

from patchbay_runners.artifact_writer import ArtifactWriter
from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.durable import storage_errors
from patchbay_runners.manifest import Layout, Manifest
from patchbay_runners.protocol import TaskRequest
from patchbay_sdk import ports
from patchbay_sdk.errors import OperatorError
from patchbay_sdk.spec import OperatorSpec

LARGEST_MANIFEST = 16 << 20
"""Bytes."""
MOST_EXTRA = 1000
"""Extra artifacts of one attempt."""
_HASH = re.compile(r"[0-9a-f]{64}")


def outbox(store: ArtifactStore, token: str) -> ArtifactStore:
    """The store of a confined attempt's own, which `ArtifactStore.clean_staging` removes."""
    return ArtifactStore(store.staging(token) / "outbox")


def take_over(store: ArtifactStore, request: TaskRequest, finished: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a ``finished`` event as the spec has it, once its artifacts are in the store.

    Call it when no process of the attempt is left.

    Raises:
        OperatorError: what the task said or left is not what its spec declares.
        ArtifactError: the store cannot be written.
    """
    spec = OperatorSpec.from_json(json.loads(Path(request.spec_path).read_text("utf-8")), Path(request.spec_path))
    try:
        return _take_over(store, request, spec, finished)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, OSError) as error:
        raise OperatorError(f"{spec.key} left outputs that are none ({type(error).__name__}: {error}).") from error


def _take_over(
    store: ArtifactStore, request: TaskRequest, spec: OperatorSpec, finished: Mapping[str, Any]
) -> dict[str, Any]:
    types = {port.name: port.type for port in spec.outputs}
    outputs, extra = _names(finished["outputs"]), _names(finished["artifacts"])
    if outputs.keys() != types.keys() or len(extra) > MOST_EXTRA:
        raise ValueError("other outputs than it declares")
    wanted = {id: types.get(port, "any") for port, id in (*extra.items(), *outputs.items())}
    box = Layout(outbox(ArtifactStore(store.root.resolve()), request.token).root)
    manifests = {id: _manifest(box, id, port_type) for id, port_type in wanted.items()}
    known = {*_transforms(manifests), *_of_inputs(store, request)}
    with store.writer(request.token) as writer:
        for number, (id, manifest) in enumerate(manifests.items()):
            if not known.issuperset(manifest.lineage):
                raise ValueError("a table with steps that it did not have")
            _copy(box, manifest, writer, store.staging(request.token) / f"taken-{number}", id)
        writer.publish()
    return {
        "outputs": outputs,
        "artifacts": extra,
        "metrics": {_declared(port, types): _numbers(values) for port, values in finished["metrics"].items()},
        "rows": {_declared(port, types): _count(rows) for port, rows in finished["rows"].items()},
    }


def _names(raw: Mapping[str, str]) -> dict[str, str]:
    """Name -> artifact id."""
    for name, id in raw.items():
        if not (isinstance(id, str) and _HASH.fullmatch(id)) or len(name) > 200 or "\0" in name:
            raise ValueError(f"no artifact {id!r}")
    return dict(raw)


def _manifest(box: Layout, id: str, port_type: str) -> Manifest:
    path = _regular(box, box.manifest(id))
    if path.stat().st_size > LARGEST_MANIFEST:
        raise ValueError("a manifest without end")
    manifest = Manifest.from_json(path.read_text(encoding="utf-8"))
    if manifest.type not in (ports.PYTHON_TYPES if port_type == "any" else (port_type,)):
        raise ValueError(f"a {manifest.type} where it declares a {port_type}")
    for file in manifest.files:
        name = PurePosixPath(file.name)
        if name.is_absolute() or ".." in name.parts or not _HASH.fullmatch(file.hash):
            raise ValueError(f"a file {file.name!r}")
    return manifest


def _transforms(manifests: Mapping[str, Manifest]) -> Iterator[str]:
    yield from (id for id, manifest in manifests.items() if manifest.type == "transform")


def _of_inputs(store: ArtifactStore, request: TaskRequest) -> Iterator[str]:
    """The inputs, and the steps that they have had."""
    for id in (id for ids in request.inputs.values() for id in ids):
        yield id
        yield from store.manifest(id).lineage


def _copy(box: Layout, manifest: Manifest, writer: ArtifactWriter, folder: Path, id: str) -> None:
    """Stage a copy: the task may have left a second name of a file, or an open descriptor with somebody else."""
    with storage_errors(f"take over a {manifest.type} from {box.root}"):
        folder.mkdir(parents=True)
        for file in manifest.files:
            target = folder / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_regular(box, box.blob(file.hash)), target)
    if writer.put(folder, manifest.type, manifest.meta) != id:
        raise ValueError("a file that is not what its name says")


def _regular(box: Layout, path: Path) -> Path:
    """A path of the outbox, unless it is missing or a link leads out of it."""
    if path.resolve() != path or not path.is_file():
        raise ValueError("a file that is not there")
    return path


def _declared(port: str, types: Iterable[str]) -> str:
    if port not in types:
        raise ValueError(f"an output {port!r}")
    return port


def _count(rows: Any) -> int:
    if not isinstance(rows, int) or not 0 <= rows < 1 << 63:
        raise ValueError(f"{rows!r} rows")
    return rows


def _numbers(values: Mapping[str, Any]) -> dict[str, float | None]:
    if any(not isinstance(value, int | float | None) or "\0" in name for name, value in values.items()):
        raise ValueError("metrics that are no numbers")
    return cast("dict[str, float | None]", dict(values))
