"""Between the tables and the process that serves: what is wanted, and what there is, with slots given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from patchbay_runners.serving.wanted import AppStatus, Wanted, WantedApp, WantedVersion
from patchbay_server.engine.submit import now_of
from patchbay_server.services.people.keys import digest
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import door, slots, traffic
from patchbay_server.store.database import Transaction
from patchbay_server.store.models import deployment, deployment_minute, model_version, registered_model
from patchbay_server.store.tables import project

LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of a deployment, as far as noting needs it."""

    id: int
    pool: str
    cpu_milli: int
    memory: int
    replicas: int
    held: int
    removed: bool
    version_id: int
    live_version_id: int | None
    live_replicas: int
    state: str
    message: str
    latencies: list[int]
    seen: dict[str, Any]


def is_any(platform: Platform) -> bool:
    """Whether there is a deployment, also one that is being removed."""
    with platform.database.read() as transaction:
        return transaction.core.execute(sa.select(deployment.c.id).limit(1)).first() is not None


def wanted(platform: Platform, serial: int) -> Wanted:
    """Everything that is to answer now; `serial`: which list this is."""
    c, live = deployment.c, model_version.alias()
    owner = registered_model.alias()
    statement = (
        sa.select(
            c.id, project.c.name.label("project"), c.name, c.key_digest, c.replicas, c.cpu_milli, c.memory,
            model_version.c.id.label("version_id"), registered_model.c.name.label("model"), model_version.c.number,
            model_version.c.artifact_id, live.c.id.label("live_id"), owner.c.name.label("live_model"),
            live.c.number.label("live_number"), live.c.artifact_id.label("live_artifact"),
        )
        .join(project, project.c.id == c.project_id)
        .join(model_version, model_version.c.id == c.version_id)
        .join(registered_model, registered_model.c.id == model_version.c.model_id)
        .outerjoin(live, live.c.id == c.live_version_id)
        .outerjoin(owner, owner.c.id == live.c.model_id)
        .where(sa.not_(c.removed))
        .order_by(c.id)
    )  # fmt: skip
    with platform.database.read() as transaction:
        apps = tuple(_app(row) for row in transaction.core.execute(statement).mappings())
    store = str(Path(platform.settings.artifacts).absolute())
    return Wanted(serial, store, slots.POOL, digest(door.own_key(platform.settings)), apps)


def note(platform: Platform, statuses: Mapping[int, AppStatus]) -> None:
    """Keep what there is of every deployment. One that is to go and has gone is taken away, its slots are free."""
    with platform.database.read() as transaction:
        statement = sa.select(*(deployment.c[name] for name in Row.__slots__)).order_by(deployment.c.id)
        rows = [Row(**row) for row in transaction.core.execute(statement).mappings()]
    for row in rows:
        status = statuses.get(row.id)
        if row.removed and (status is None or not status.replicas):
            if status is None:
                platform.database.transact(_take_away, row.id)
        elif status is not None:
            platform.database.transact(_note, row.id, status)


def _note(transaction: Transaction, id: int, status: AppStatus) -> None:
    row = _lock(transaction, id)
    if row is None:
        return
    kept = status.replicas if row.removed else max(row.replicas, min(row.held, status.replicas))
    slots.give(transaction, row.pool, row.held - kept, row.cpu_milli, row.memory)
    state, message = _state(row, status)
    values: dict[str, Any] = {
        "held": kept,
        "state": state,
        "message": message[:LONGEST_MESSAGE],
        "live_replicas": status.replicas,
        "live_version_id": row.live_version_id if status.version is None else status.version,
    }
    if state != row.state or values["live_version_id"] != row.live_version_id:
        values["changed_at"] = now_of(transaction)
    if values["live_version_id"] is not None and not _is_version(transaction, values["live_version_id"]):
        del values["live_version_id"]
    added, seen = traffic.added(row.seen, status.counts)
    if added.requests or seen != row.seen:
        values |= {"seen": seen, **traffic.totals(row.latencies, added)}
        traffic.note(transaction, id, added)
    transaction.core.execute(deployment.update().where(deployment.c.id == id).values(values))


def _state(row: Row, status: AppStatus) -> tuple[str, str]:
    if row.removed:
        return "stopping", ""
    if status.failure is not None:
        return "failing", status.failure
    if status.version == row.version_id and status.replicas == row.replicas:
        return "serving", ""
    if row.live_version_id is None and status.version is None:
        return "starting", ""
    return "changing", "" if status.replicas else "No replica answers at the moment; Ray Serve starts one."


def _take_away(transaction: Transaction, id: int) -> None:
    row = _lock(transaction, id)
    if row is not None and row.removed:
        slots.give(transaction, row.pool, row.held, row.cpu_milli, row.memory)
        transaction.core.execute(deployment_minute.delete().where(deployment_minute.c.deployment_id == id))
        transaction.core.execute(deployment.delete().where(deployment.c.id == id))


def _lock(transaction: Transaction, id: int) -> Row | None:
    columns = (deployment.c[name] for name in Row.__slots__)
    found = transaction.core.execute(sa.select(*columns).where(deployment.c.id == id).with_for_update())
    row = found.mappings().one_or_none()
    return None if row is None else Row(**row)


def _is_version(transaction: Transaction, id: int) -> bool:
    return transaction.core.execute(sa.select(model_version.c.id).where(model_version.c.id == id)).first() is not None


def _app(row: sa.RowMapping) -> WantedApp:
    version = WantedVersion(row["version_id"], row["model"], row["number"], row["artifact_id"])
    live = None
    if row["live_id"] is not None:
        live = WantedVersion(row["live_id"], row["live_model"], row["live_number"], row["live_artifact"])
    return WantedApp(
        id=row["id"],
        path=f"/{row['project']}/{row['name']}",
        digest=row["key_digest"],
        replicas=row["replicas"],
        cpu=row["cpu_milli"] / 1000,
        memory=row["memory"],
        version=version,
        live=live,
    )
