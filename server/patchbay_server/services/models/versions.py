"""Versions of a registered model: immutable and numbered; a run's model output becomes one by being registered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_runners.artifacts import ArtifactStore
from patchbay_server.engine import collection
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.flows import shown_name
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.models import document, lineage, registry
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.unreadable import explained
from patchbay_server.store.database import Transaction
from patchbay_server.store.models import model_alias, model_version, registered_model
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import flow, flow_revision, output, run, task

ALIAS = re.compile(r"[a-z][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Version:
    """A version. `about`: see `document.ABOUT`. `metrics`: of training, and of steps behind it as ``node.metric``.

    `input_schema`: columns that a row needs, as `Schema.to_json`. `run_id`, `node`, `index`, `port`: the output that it
    was; `flow`, `revision`: of that run. `lineage`: see `lineage.lineage_of`. `aliases`: names that point to it.
    `archived_at`: it cannot be deployed any more since then.
    """

    id: int
    model: str
    number: int
    artifact_id: str
    about: dict[str, Any]
    metrics: dict[str, float]
    input_schema: dict[str, Any]
    run_id: int
    node: str
    index: str
    port: str
    flow: str
    revision: int
    lineage: dict[str, Any]
    note: str
    created_at: float
    created_by: str | None
    archived_at: float | None
    aliases: list[str]

    @property
    def operators(self) -> list[str]:
        """The operators that it was made with, with their versions."""
        return sorted({step["operator"] for step in self.lineage["steps"]})


def register(
    platform: Platform,
    actor: Actor,
    project_id: int,
    name: str,
    *,
    run_id: int,
    node: str,
    index: str = "",
    port: str | None = None,
    note: str = "",
) -> Version:
    """Make a run's model output the next version of a model, which is made when it is new.

    `node`, `index`: the task that made it. `port`: its output; None: the only one that is a model.

    Raises:
        NotFound: the run has no such task, or the task has no such output.
        Invalid: the name cannot be used, or the output is no model.
        Conflict: the model has this very version already, or is archived.
        Collected, ArtifactError: the output cannot be read any more.
    """
    registry.check_name(name)
    with platform.database.read() as transaction:
        task_id, port, artifact = _output(transaction, platform, project_id, run_id, node, index, port)
    with explained(platform, artifact, run_id, node):
        described = document.read(platform.settings, artifact)
    store = ArtifactStore(platform.settings.artifacts)

    def write(transaction: Transaction) -> Version:
        registry.take_turn(transaction, project_id)
        if registry.row_of(transaction, project_id, name) is None:
            registry.insert(transaction, actor, project_id, name)
        known = registry.get(transaction, project_id, name)
        _check_new(transaction, known, artifact)
        transaction.one(collection.HOLD, {})
        store.confirm([artifact])
        made_with = lineage.lineage_of(transaction, run_id, task_id)
        measured = lineage.evaluations_of(transaction, platform.settings, run_id, task_id)
        number = (known.latest or 0) + 1
        row = {
            "model_id": known.id,
            "number": number,
            "artifact_id": artifact,
            "about": described.about,
            "metrics": {**described.metrics, **measured},
            "input_schema": described.input_schema,
            "run_id": run_id,
            "task_id": task_id,
            "port": port,
            "lineage": made_with,
            "note": note,
            "created_at": now_of(transaction),
            "created_by": actor.user_id,
        }
        transaction.core.execute(model_version.insert().values(row))
        registry.has_changed(transaction, known.id)
        after = {"artifact": artifact, "run": run_id, "node": node}
        registry.record(transaction, actor, "model_version.registered", project_id, f"{name}@{number}", after=after)
        return get(transaction, project_id, name, number)

    with explained(platform, artifact, run_id, node):
        return platform.database.transact(write)


def listed(
    platform: Platform, project_id: int, name: str, *, cursor: str | None = None, limit: int = 50
) -> Page[Version]:
    """The versions of a model, newest first. Raises NotFound, CursorError."""
    with platform.database.read() as transaction:
        known = registry.get(transaction, project_id, name)
        statement = _select().where(model_version.c.model_id == known.id)
        found = page(transaction, statement, model_version.c.number, cursor=cursor, limit=limit, descending=True)
        return found.map(lambda row: _view(transaction, row))


def find(platform: Platform, project_id: int, name: str, number: int) -> Version:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return get(transaction, project_id, name, number)


def get(transaction: Transaction, project_id: int, name: str, number: int) -> Version:
    """`find` within a transaction."""
    known = registry.get(transaction, project_id, name)
    statement = _select().where(model_version.c.model_id == known.id, model_version.c.number == number)
    row = transaction.core.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"Model {name!r} has no version {number}.", model=name, reason="model_version")
    return _view(transaction, row)


def by_id(transaction: Transaction, version_id: int) -> Version:
    """The version with this id, which there is."""
    row = transaction.core.execute(_select().where(model_version.c.id == version_id)).mappings().one()
    return _view(transaction, row)


def resolve(transaction: Transaction, project_id: int, name: str, wanted: int | str | None) -> Version:
    """A version by its number or an alias; None: the newest. Raises NotFound."""
    known = registry.get(transaction, project_id, name)
    number = known.aliases.get(wanted) if isinstance(wanted, str) else (wanted or known.latest)
    if number is None:
        what = f"alias {wanted!r}" if wanted else "version yet"
        raise NotFound(f"Model {name!r} has no {what}.", model=name, reason="model_version")
    return get(transaction, project_id, name, number)


def set_alias(platform: Platform, actor: Actor, project_id: int, name: str, alias: str, number: int) -> Version:
    """Let a name such as ``champion`` point to a version, from wherever it pointed.

    Raises NotFound, Invalid or Conflict.
    """
    if not ALIAS.fullmatch(alias):
        raise Invalid(
            f"{alias!r} is no alias: small letters, digits, '-' and '_', a letter first, at most 63.",
            field="alias",
            reason="model_alias",
        )

    def write(transaction: Transaction) -> Version:
        wanted = get(transaction, project_id, name, number)
        if wanted.archived_at is not None:
            raise Conflict(f"Version {number} of {name!r} is archived.", reason="archived")
        known = registry.get(transaction, project_id, name)
        _remove_alias(transaction, known.id, alias)
        transaction.core.execute(model_alias.insert().values(model_id=known.id, name=alias, version_id=wanted.id))
        registry.has_changed(transaction, known.id)
        before, after = {alias: known.aliases.get(alias)}, {alias: number}
        registry.record(transaction, actor, "model.alias_set", project_id, name, before=before, after=after)
        return get(transaction, project_id, name, number)

    return platform.database.transact(write)


def remove_alias(platform: Platform, actor: Actor, project_id: int, name: str, alias: str) -> None:
    """Raises NotFound."""

    def write(transaction: Transaction) -> None:
        known = registry.get(transaction, project_id, name)
        if alias not in known.aliases:
            raise NotFound(f"Model {name!r} has no alias {alias!r}.", model=name, reason="model_alias")
        _remove_alias(transaction, known.id, alias)
        registry.has_changed(transaction, known.id)
        before = {alias: known.aliases[alias]}
        registry.record(transaction, actor, "model.alias_removed", project_id, name, before=before)

    platform.database.transact(write)


def archive(
    platform: Platform, actor: Actor, project_id: int, name: str, number: int, *, archived: bool, note: str
) -> Version:
    """Set the note of a version, archive it or bring it back.

    Raises:
        NotFound: there is no such version.
        Conflict: it is deployed or has an alias, so that it cannot be archived.
    """
    from patchbay_server.services.serving.deployments import refuse_while_deployed

    def write(transaction: Transaction) -> Version:
        before = get(transaction, project_id, name, number)
        if archived and before.archived_at is None:
            refuse_while_deployed(transaction, version_id=before.id)
            if before.aliases:
                raise Conflict(
                    f"Version {number} of {name!r} is {before.aliases[0]!r}: let that point to another first.",
                    reason="aliased",
                )
        since = (before.archived_at or now_of(transaction)) if archived else None
        values = {"archived_at": since, "note": note}
        transaction.core.execute(model_version.update().where(model_version.c.id == before.id).values(values))
        old = {key: getattr(before, key) for key in values}
        thing = f"{name}@{number}"
        registry.record(transaction, actor, "model_version.changed", project_id, thing, before=old, after=values)
        return get(transaction, project_id, name, number)

    return platform.database.transact(write)


def _output(
    transaction: Transaction,
    platform: Platform,
    project_id: int,
    run_id: int,
    node: str,
    index: str,
    port: str | None,
) -> tuple[int, str, str]:
    """(task, port, artifact) of a run's output. Raises NotFound, Invalid."""
    here = task.c.run_id == run_id, task.c.path == node, task.c.task_index == index
    statement = (
        sa.select(task.c.id, output.c.port, output.c.artifact_id)
        .join(output, output.c.task_id == task.c.id)
        .where(task.c.project_id == project_id, *here)
        .order_by(output.c.port)
    )
    rows = transaction.core.execute(statement).all()
    chosen = [row for row in rows if port is None or row.port == port]
    if not chosen:
        what = f"output {port!r} of {node!r}" if port else f"output of {node!r}"
        raise NotFound(f"Run {run_id} has no {what}.", run=run_id, reason="output")
    if len(chosen) > 1:
        layout = document.layout_of(platform.settings)
        chosen = [row for row in chosen if document.type_of(layout, row.artifact_id) == "model"]
    if len(chosen) != 1:
        raise Invalid(
            f"{node!r} of run {run_id} has {len(chosen) or 'no'} models as outputs: name the port.", field="port"
        )
    return chosen[0].id, chosen[0].port, chosen[0].artifact_id


def _check_new(transaction: Transaction, known: registry.Model, artifact: str) -> None:
    if known.archived_at is not None:
        raise Conflict(f"Model {known.name!r} is archived: bring it back first.", reason="archived")
    c = model_version.c
    same = sa.select(c.number).where(c.model_id == known.id, c.artifact_id == artifact)
    number = transaction.core.execute(same).scalars().first()
    if number is not None:
        raise Conflict(f"Version {number} of {known.name!r} is this very model.", number=number, reason="same_model")


def _remove_alias(transaction: Transaction, model_id: int, alias: str) -> None:
    here = model_alias.c.model_id == model_id, model_alias.c.name == alias
    transaction.core.execute(model_alias.delete().where(*here))


def _select() -> sa.Select[Any]:
    c = model_version.c
    names = (
        "id", "number", "artifact_id", "about", "metrics", "input_schema", "run_id", "port", "lineage", "note",
        "created_at", "archived_at",
    )  # fmt: skip
    return (
        sa.select(
            *(c[name] for name in names),
            registered_model.c.name.label("model"),
            task.c.path.label("node"),
            task.c.task_index.label("index"),
            flow.c.name.label("flow"),
            flow_revision.c.number.label("revision"),
            user_account.c.name.label("created_by"),
        )
        .join(registered_model, registered_model.c.id == c.model_id)
        .join(task, task.c.id == c.task_id)
        .join(run, run.c.id == c.run_id)
        .join(flow_revision, flow_revision.c.id == run.c.revision_id)
        .join(flow, flow.c.id == run.c.flow_id)
        .outerjoin(user_account, user_account.c.id == c.created_by)
    )


def _view(transaction: Transaction, row: sa.RowMapping) -> Version:
    named = sa.select(model_alias.c.name).where(model_alias.c.version_id == row["id"]).order_by(model_alias.c.name)
    aliases = list(transaction.core.execute(named).scalars())
    return Version(**{**row, "flow": shown_name(row["flow"])}, aliases=aliases)
