"""Schedules: flows that are started again and again, with the rights that who saved the schedule last has then.

Moving on `next_at` and making the run are one transaction, guarded by the `next_at` that was read: so each due time
gives exactly one run, however many processes look, and a crash in between gives it later. Times that were missed while
the platform was down give one run together.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_sdk.errors import PatchbayError
from patchbay_server.engine import flows as saved
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.settle import Wake
from patchbay_server.engine.submit import now_of
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.limits import check_expansion
from patchbay_server.graph.reader import parse
from patchbay_server.services import cron, runs
from patchbay_server.services.errors import AlreadyExists, Conflict, Forbidden, Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND, PLATFORM, Actor
from patchbay_server.services.people.sessions import actor_of
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import data_roots
from patchbay_server.services.runs import PreparedRun, RunRequest, StartedRun
from patchbay_server.store.data import schedule
from patchbay_server.store.database import DatabaseError, Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import flow

logger = logging.getLogger(__name__)

NAME = re.compile(r"(?!\.{1,2}$)[^/\x00-\x1f\x7f]{1,100}")
PREVIEW = 5
"""Times that are told in advance."""
AT_ONCE = 100
"""Schedules that one look starts."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """What a schedule does: which flow, when, with which values for its params."""

    flow: str
    cron: str
    timezone: str
    params: Mapping[str, Any]
    enabled: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule. Times: seconds since 1970. `next_at`: None while it is not enabled. `owner`: a user's name.

    `last_error`: why the latest start failed; None: it did not.
    """

    id: int
    project_id: int
    name: str
    timetable: Timetable
    next_at: float | None
    last_run_id: int | None
    last_error: str | None
    version: int
    created_at: float
    owner_id: int | None
    owner: str | None

    def next_times(self) -> list[float]:
        """The next times at which it is due; none while it is not enabled."""
        if self.next_at is None:
            return []
        table = self.timetable
        return [self.next_at, *cron.next_times(table.cron, table.timezone, after=self.next_at, count=PREVIEW - 1)]


_SCHEDULES = (
    sa.select(schedule, flow.c.name.label("flow"), user_account.c.name.label("owner"))
    .join(flow, flow.c.id == schedule.c.flow_id)
    .outerjoin(user_account, user_account.c.id == schedule.c.created_by)
)


def listed(platform: Platform, project_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Schedule]:
    """The schedules of a project by name. Raises CursorError."""
    with platform.database.read() as transaction:
        statement = _SCHEDULES.where(schedule.c.project_id == project_id)
        return page(transaction, statement, schedule.c.name, cursor=cursor, limit=limit).map(_schedule)


def find(platform: Platform, project_id: int, name: str) -> Schedule:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return _get(transaction, project_id, name)


def create(platform: Platform, actor: Actor, project_id: int, name: str, table: Timetable) -> Schedule:
    """A new schedule.

    Raises:
        Invalid: the name, the time zone or the cron expression cannot be used.
        NotFound: there is no such flow.
        FlowParamError: a param is unknown or has a value of another type.
        AlreadyExists: there is a schedule of that name.
        Forbidden: the actor may not start runs.
    """
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} is no name for a schedule: 1 to 100 characters, no '/'.", field="name", reason="schedule_name"
        )
    _check(actor, project_id, table)

    def write(transaction: Transaction) -> Schedule:
        here = schedule.c.project_id == project_id, schedule.c.name == name
        if transaction.core.execute(sa.select(schedule.c.id).where(*here)).first():
            raise AlreadyExists(f"There is a schedule {name!r} already.", field="name")
        row = _row(transaction, actor, project_id, table)
        own = {"project_id": project_id, "name": name, "created_at": now_of(transaction)}
        transaction.core.execute(schedule.insert().values(row | own))
        _record(transaction, actor, "schedule.created", project_id, name, after=_audited(table))
        return _get(transaction, project_id, name)

    return platform.database.transact(write)


def change(
    platform: Platform, actor: Actor, project_id: int, name: str, table: Timetable, *, expected: int
) -> Schedule:
    """Replace what a schedule does; from now on it starts with the rights of who changes it.

    Raises:
        NotFound: there is no such schedule or flow.
        Conflict: it was changed meanwhile.
        Invalid, FlowParamError, Forbidden: as in `create`.
    """
    _check(actor, project_id, table)

    def write(transaction: Transaction) -> Schedule:
        before = _get(transaction, project_id, name)
        row = _row(transaction, actor, project_id, table) | {"version": expected + 1, "last_error": None}
        guarded = schedule.update().where(schedule.c.id == before.id, schedule.c.version == expected)
        if not transaction.core.execute(guarded.values(row)).rowcount:
            raise Conflict(f"Schedule {name!r} was changed meanwhile.", version=before.version, reason="changed")
        old, new = _audited(before.timetable), _audited(table)
        _record(transaction, actor, "schedule.changed", project_id, name, before=old, after=new)
        return _get(transaction, project_id, name)

    return platform.database.transact(write)


def delete(platform: Platform, actor: Actor, project_id: int, name: str, *, expected: int) -> None:
    """Raises NotFound, or Conflict when it was changed meanwhile."""

    def write(transaction: Transaction) -> None:
        before = _get(transaction, project_id, name)
        gone = schedule.delete().where(schedule.c.id == before.id, schedule.c.version == expected)
        if not transaction.core.execute(gone).rowcount:
            raise Conflict(f"Schedule {name!r} was changed meanwhile.", version=before.version, reason="changed")
        _record(transaction, actor, "schedule.deleted", project_id, name, before=_audited(before.timetable))

    platform.database.transact(write)


def run_now(platform: Platform, actor: Actor, project_id: int, name: str) -> StartedRun:
    """Start the run of a schedule at once, with the rights of the actor. Raises NotFound, and as `runs.start`."""
    known = find(platform, project_id, name)
    request = RunRequest(params=known.timetable.params)
    started = runs.start(platform, actor, project_id, flow=known.timetable.flow, request=request)
    latest = schedule.update().where(schedule.c.id == known.id).values(last_run_id=started.id)
    platform.database.transact(lambda transaction: transaction.core.execute(latest).rowcount)
    return started


def start_due(platform: Platform) -> None:
    """Start what is due. Safe to call by any number of processes, at any time."""
    with platform.database.read() as transaction:
        c, now = schedule.c, now_of(transaction)
        due = _SCHEDULES.where(c.enabled, c.next_at <= now).order_by(c.next_at).limit(AT_ONCE)
        found = [_schedule(row) for row in transaction.core.execute(due).mappings()]
    for known in found:
        try:
            _start(platform, known)
        except DatabaseError:
            raise
        except Exception as error:  # whatever it is, it must not keep the others from starting
            if not isinstance(error, PatchbayError):
                logger.exception("schedule %s", known.name)
            message = error.message if isinstance(error, PatchbayError) else f"Patchbay made a mistake: {error}"
            platform.database.transact(_note_failure, known, message)


def _start(platform: Platform, known: Schedule) -> None:
    """Make the run of a due schedule, unless another process has."""
    actor = _owner(platform, known)
    revision = platform.engine.flow(known.project_id, known.timetable.flow)
    request = RunRequest(params=known.timetable.params, data_roots=data_roots(platform.settings, known.project_id))
    prepared = runs.prepare(parse(revision.document), request, platform.catalogue, platform.plugin_host.infer)
    platform.ring(platform.database.transact(_insert, platform, actor, known, prepared, request, revision.id))


def _insert(
    transaction: Transaction,
    platform: Platform,
    actor: Actor,
    known: Schedule,
    prepared: PreparedRun,
    request: RunRequest,
    revision_id: int,
) -> Wake:
    if not _move_on(transaction, known):
        return {}
    run_id, wake = runs.insert(transaction, platform, actor, known.project_id, prepared, request, revision_id)
    values = {"last_run_id": run_id, "last_error": None}
    transaction.core.execute(schedule.update().where(schedule.c.id == known.id).values(values))
    return wake


def _note_failure(transaction: Transaction, known: Schedule, message: str) -> None:
    """Keep why a schedule could not start; it is tried again when it is due the next time."""
    if _move_on(transaction, known):
        transaction.core.execute(schedule.update().where(schedule.c.id == known.id).values(last_error=message))
        _record(transaction, PLATFORM, "schedule.failed", known.project_id, known.name, after={"error": message})


def _move_on(transaction: Transaction, known: Schedule) -> bool:
    """Set `next_at` to the next time that is still to come. False: another process has, or it was changed."""
    table = known.timetable
    (next_at,) = cron.next_times(table.cron, table.timezone, after=now_of(transaction), count=1)
    c = schedule.c
    guarded = schedule.update().where(
        c.id == known.id, c.next_at == known.next_at, c.version == known.version, c.enabled
    )
    return bool(transaction.core.execute(guarded.values(next_at=next_at)).rowcount)


def _owner(platform: Platform, known: Schedule) -> Actor:
    """Who the run is started for, with the rights of this moment. Raises Forbidden."""
    if known.owner_id is None:
        return COMMAND
    with platform.database.read() as transaction:
        owner = actor_of(transaction, known.owner_id, via=f"schedule:{known.name}", address="")
    if owner is None:
        raise Forbidden(
            f"{known.owner!r}, who saved this schedule last, is not active any more.", reason="schedule_owner"
        )
    _check_may_start(owner, known.project_id)
    return owner


def _check(actor: Actor, project_id: int, table: Timetable) -> None:
    _check_may_start(actor, project_id)
    cron.check(table.cron, table.timezone)


def _check_may_start(actor: Actor, project_id: int) -> None:
    if not actor.may("run.start", project_id):
        raise Forbidden(
            f"A schedule starts runs: {actor.name!r} needs the permission 'run.start' for that.",
            reason="schedule_rights",
        )


def _row(transaction: Transaction, actor: Actor, project_id: int, table: Timetable) -> dict[str, Any]:
    """The columns of what a schedule does; the flow and its params are checked."""
    revision = saved.get(transaction, project_id, table.flow)
    document = parse(revision.document)
    check_expansion(document, table.params)
    bind(document, table.params)
    (next_at,) = cron.next_times(table.cron, table.timezone, after=now_of(transaction), count=1)
    return {
        "flow_id": revision.flow_id,
        "cron": table.cron,
        "timezone": table.timezone,
        "params": dict(table.params),
        "enabled": table.enabled,
        "next_at": next_at if table.enabled else None,
        "created_by": actor.user_id,
    }


def _get(transaction: Transaction, project_id: int, name: str) -> Schedule:
    statement = _SCHEDULES.where(schedule.c.project_id == project_id, schedule.c.name == name)
    row = transaction.core.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no schedule {name!r}.", schedule=name, reason="schedule")
    return _schedule(row)


def _schedule(row: sa.RowMapping) -> Schedule:
    table = Timetable(row["flow"], row["cron"], row["timezone"], row["params"], row["enabled"])
    return Schedule(
        id=row["id"],
        project_id=row["project_id"],
        name=row["name"],
        timetable=table,
        next_at=row["next_at"],
        last_run_id=row["last_run_id"],
        last_error=row["last_error"],
        version=row["version"],
        created_at=row["created_at"],
        owner_id=row["created_by"],
        owner=row["owner"],
    )


def _audited(table: Timetable) -> dict[str, Any]:
    return {name: getattr(table, name) for name in Timetable.__slots__}


def _record(
    transaction: Transaction,
    actor: Actor,
    action: str,
    project_id: int,
    name: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    audit.append(transaction, actor, action, f"schedule:{name}", project_id=project_id, before=before, after=after)
