"""Imports: a file becomes a version of a dataset through an ordinary run, source -> `export.dataset`.

So the file is read in a task process with its limits, with the very operators that flows use, and progress, log and
cancel are those of the run. Its flow belongs to the platform (`flow.system`) and is not listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_server.engine import flows
from patchbay_server.engine.settle import Wake
from patchbay_server.graph.reader import parse
from patchbay_server.services import runs
from patchbay_server.services.datasets import uploads
from patchbay_server.services.datasets.adopt import WRITER, insert_dataset
from patchbay_server.services.datasets.datasets import check_name
from patchbay_server.services.datasets.formats import Reader, params_of, reader_for
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import project_folder
from patchbay_server.store.data import upload
from patchbay_server.store.database import Transaction

READ, SAVE = "read", "save"
"""Nodes of the flow."""


def start(
    platform: Platform,
    actor: Actor,
    project_id: int,
    *,
    name: str,
    upload_id: str,
    source: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> int:
    """Start the run that makes an upload the next version of dataset `name`, which is made if it is new; its id.

    `source`: the operator that reads it, by default that for the file's ending. `options`: its params but the file.

    Raises:
        NotFound: there is no such upload.
        Conflict: it is not complete.
        Invalid: the name, the operator or an option cannot be used.
        Forbidden: the project lets only others use the operator.
    """
    check_name(name)
    known = uploads.find_complete(platform, project_id, upload_id)
    reader = reader_for(platform.catalogue, known.file_name, source)
    folder = project_folder(platform.settings, project_id)
    path = uploads.path_of(platform.settings, project_id, known).relative_to(folder)
    document = flow_of(name, reader, params_of(reader, str(path), options or {}), platform.catalogue.latest(WRITER).key)
    request = runs.RunRequest(data_roots=[str(folder)])
    prepared = runs.prepare(parse(document), request, platform.catalogue)

    def write(transaction: Transaction) -> tuple[int, Wake]:
        insert_dataset(transaction, project_id, name, actor.user_id)
        revision = flows.save_revision(transaction, project_id, document, actor.user_id, system=True)
        run_id, wake = runs.insert(transaction, platform, actor, project_id, prepared, request, revision.id)
        transaction.core.execute(upload.update().where(upload.c.id == known.id).values(state="used", run_id=run_id))
        after = {"file_name": known.file_name, "upload": known.id, "operator": reader.spec.key, "run": run_id}
        thing = f"dataset:{name}"
        audit.append(transaction, actor, "dataset.import_started", thing, project_id=project_id, after=after)
        return run_id, wake

    run_id, wake = platform.database.transact(write)
    platform.ring(wake)
    return run_id


def flow_of(name: str, reader: Reader, params: Mapping[str, Any], writer: str) -> dict[str, Any]:
    """The flow document of an import."""
    return {
        "format": 1,
        "name": f"{uploads.IMPORT_FLOW}{name}",
        "nodes": [
            {"id": READ, "operator": reader.spec.key, "params": dict(params)},
            {"id": SAVE, "operator": writer, "params": {"name": name}},
        ],
        "edges": [{"from": f"{READ}.{reader.table_port}", "to": f"{SAVE}.table"}],
    }
