"""A table that a run made, as a file to import: so a result becomes a dataset without running anything again."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from patchbay_runners.artifacts import ArtifactStore
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.datasets import uploads
from patchbay_server.services.datasets.folders import uploads_folder
from patchbay_server.services.datasets.uploads import LIFETIME, Upload
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.unreadable import explained
from patchbay_server.store.data import upload
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import flow, output, task


def as_upload(platform: Platform, actor: Actor, project_id: int, *, run: int, node: str, port: str) -> Upload:
    """A complete upload with the rows of output `port` of node `node` (its path) of a run of this project.

    The steps that prepared the table are not kept with it, as with `export.dataset`.

    Raises:
        NotFound: there is no such output.
        Invalid: it is no table.
        Collected, ArtifactError, TableReaderError: it cannot be read; see `unreadable.explained`.
    """
    artifact, flow_name = _artifact(platform, project_id, run, node, port)
    store = ArtifactStore(platform.settings.artifacts)
    with explained(platform, artifact, run, node):
        kind = store.manifest(artifact).type
    if kind != "table":
        raise Invalid(
            f"Output {port!r} of node {node!r} is of type {kind}; only a table can become a dataset.",
            reason="only_tables",
        )
    id, name = secrets.token_hex(16), f"run-{run}.parquet"
    target = uploads_folder(platform.settings, project_id) / f"{id}.parquet"
    with explained(platform, artifact, run, node):
        platform.tables.export(list(store.open(artifact).values()), target, "parquet")
    source = {"kind": "run", "run": run, "flow": flow_name, "node": node, "port": port, "artifact": artifact}

    def write(transaction: Transaction) -> Upload:
        now, size = now_of(transaction), target.stat().st_size
        row = {"id": id, "project_id": project_id, "file_name": name, "size": size, "received": size}
        times = {"created_at": now, "expires_at": now + LIFETIME}
        transaction.core.execute(
            upload.insert().values(**row, **times, state="complete", source=source, created_by=actor.user_id)
        )
        audit.append(transaction, actor, "upload.created", f"upload:{id}", project_id=project_id, after=source)
        return uploads.get(transaction, project_id, id)

    return platform.database.transact(write)


def _artifact(platform: Platform, project_id: int, run: int, node: str, port: str) -> tuple[str, str]:
    """The id of the artifact, and the name of the flow."""
    statement = (
        sa.select(output.c.artifact_id, flow.c.name)
        .join(task, task.c.id == output.c.task_id)
        .join(flow, flow.c.id == task.c.flow_id)
        .where(task.c.project_id == project_id, task.c.run_id == run, task.c.path == node, output.c.port == port)
        .order_by(task.c.id)
        .limit(1)
    )
    with platform.database.read() as transaction:
        row = transaction.core.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"Run {run} has no output {port!r} of a node {node!r}.", run=run, reason="output")
    return row.artifact_id, row.name
