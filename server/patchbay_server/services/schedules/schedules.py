"""What schedules there are and what they do; `due` starts them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from patchbay_server.engine import flows as saved
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import Origin, now_of
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.limits import check_expansion
from patchbay_server.graph.reader import parse
from patchbay_server.services import cron, run_priority, runs
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.runs import RunRequest, StartedRun
from patchbay_server.services.schedules.owner import check_may_start
from patchbay_server.services.schedules.scheduled_time import render
from patchbay_server.store.data import schedule
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import flow

NAME = re.compile(r"(?!\.{1,2}$)[^/\x00-\x1f\x7f]{1,100}")
PREVIEW = 5
"""Times that are told in advance."""


CatchUp = Literal["none", "latest", "all"]
"""What becomes of due times that were missed: no run, one for all of them, or one for each."""
Overlap = Literal["skip", "queue", "allow"]
"""While a run of the schedule is open: a due time is left out, waits for the end of that run, or starts beside it."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """What a schedule does: which flow, when, with which values for its params, see `scheduled_time`."""

    flow: str
    cron: str
    timezone: str
    params: Mapping[str, Any]
    enabled: bool
    catch_up: CatchUp = "latest"
    overlap: Overlap = "skip"
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Skip:
    """Due times that gave no run: those from `at` on, seconds since 1970.

    `reason`: ``overlap``: run `run` of the schedule was still open; ``missed``: nobody looked in time.
    """

    at: float
    reason: Literal["overlap", "missed"]
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule. Times: seconds since 1970. `next_at`: None while it is not enabled. `owner`: a user's name.

    `last_error`: why the latest start failed; None: it did not. `waits_for`: the run whose end its due time waits for.
    """

    id: int
    project_id: int
    name: str
    timetable: Timetable
    next_at: float | None
    last_run_id: int | None
    last_error: str | None
    last_skip: Skip | None
    waits_for: int | None
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


SCHEDULES = (
    sa.select(schedule, flow.c.name.label("flow"), user_account.c.name.label("owner"))
    .join(flow, flow.c.id == schedule.c.flow_id)
    .outerjoin(user_account, user_account.c.id == schedule.c.created_by)
)


def listed(platform: Platform, project_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Schedule]:
    """The schedules of a project by name. Raises CursorError."""
    with platform.database.read() as transaction:
        statement = SCHEDULES.where(schedule.c.project_id == project_id, schedule.c.deleted_at.is_(None))
        return page(transaction, statement, schedule.c.name, cursor=cursor, limit=limit).map(of_row)


def find(platform: Platform, project_id: int, name: str) -> Schedule:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return get(transaction, project_id, name)


def create(platform: Platform, actor: Actor, project_id: int, name: str, table: Timetable) -> Schedule:
    """A new schedule.

    Raises:
        Invalid: the name, the time zone or the cron expression cannot be used.
        NotFound: there is no such flow.
        FlowParamError: a param is unknown or has a value of another type.
        AlreadyExists: there is a schedule of that name.
        Forbidden: the actor may not start runs, or not of this priority.
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
        record(transaction, actor, "schedule.created", project_id, name, after=_audited(table))
        return get(transaction, project_id, name)

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
        before = get(transaction, project_id, name)
        row = _row(transaction, actor, project_id, table) | {"version": expected + 1, "last_error": None}
        guarded = schedule.update().where(schedule.c.id == before.id, schedule.c.version == expected)
        if not transaction.core.execute(guarded.values(row)).rowcount:
            raise Conflict(f"Schedule {name!r} was changed meanwhile.", version=before.version, reason="changed")
        old, new = _audited(before.timetable), _audited(table)
        record(transaction, actor, "schedule.changed", project_id, name, before=old, after=new)
        return get(transaction, project_id, name)

    return platform.database.transact(write)


def delete(platform: Platform, actor: Actor, project_id: int, name: str, *, expected: int) -> None:
    """Raises NotFound, or Conflict when it was changed meanwhile."""

    def write(transaction: Transaction) -> None:
        before = get(transaction, project_id, name)
        gone = {"deleted_at": now_of(transaction), "name": f"{name}{saved.DELETED}{before.id}", "enabled": False}
        guarded = schedule.update().where(schedule.c.id == before.id, schedule.c.version == expected)
        if not transaction.core.execute(guarded.values(gone)).rowcount:
            raise Conflict(f"Schedule {name!r} was changed meanwhile.", version=before.version, reason="changed")
        record(transaction, actor, "schedule.deleted", project_id, name, before=_audited(before.timetable))

    platform.database.transact(write)


def run_now(platform: Platform, actor: Actor, project_id: int, name: str) -> StartedRun:
    """Start the run of a schedule at once, for this moment, with the rights of the actor.

    Its priority is that of the schedule, as far as the actor may start runs with it.

    Raises NotFound, and as `runs.start`.
    """
    known = find(platform, project_id, name)
    table = known.timetable
    with platform.database.read() as transaction:
        now = now_of(transaction)
    params = render(table.params, now, table.timezone)
    priority = min(table.priority, run_priority.highest_priority(actor, project_id))
    request = RunRequest(params=params, priority=priority, origin=Origin(now, schedule_id=known.id))
    started = runs.start(platform, actor, project_id, flow=known.timetable.flow, request=request)
    latest = schedule.update().where(schedule.c.id == known.id).values(last_run_id=started.id)
    platform.database.transact(lambda transaction: transaction.core.execute(latest).rowcount)
    return started


def _check(actor: Actor, project_id: int, table: Timetable) -> None:
    check_may_start(actor, project_id)
    run_priority.check_priority(actor, project_id, table.priority)
    cron.check(table.cron, table.timezone)
    if (table.catch_up, table.overlap) == ("all", "skip"):
        raise Invalid(
            "A run for each missed time needs an overlap other than 'skip', which would leave all but one out.",
            field="overlap",
            reason="schedule_overlap",
        )


def _row(transaction: Transaction, actor: Actor, project_id: int, table: Timetable) -> dict[str, Any]:
    """The columns of what a schedule does; the flow and its params, as they are at the next due time, are checked."""
    revision = saved.get(transaction, project_id, table.flow)
    document = parse(revision.document)
    (next_at,) = cron.next_times(table.cron, table.timezone, after=now_of(transaction), count=1)
    params = render(table.params, next_at, table.timezone)
    check_expansion(document, params)
    bind(document, params)
    return {
        "flow_id": revision.flow_id,
        "cron": table.cron,
        "timezone": table.timezone,
        "params": dict(table.params),
        "enabled": table.enabled,
        "catch_up": table.catch_up,
        "overlap": table.overlap,
        "priority": table.priority,
        "waits_for": None,
        "next_at": next_at if table.enabled else None,
        "created_by": actor.user_id,
    }


def get(transaction: Transaction, project_id: int, name: str) -> Schedule:
    """As `find`, within a transaction. Raises NotFound."""
    statement = SCHEDULES.where(schedule.c.project_id == project_id, schedule.c.name == name)
    row = transaction.core.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no schedule {name!r}.", schedule=name, reason="schedule")
    return of_row(row)


def of_row(row: sa.RowMapping) -> Schedule:
    """The schedule that a row of `SCHEDULES` describes."""
    table = Timetable(**{name: row[name] for name in Timetable.__slots__})
    return Schedule(
        id=row["id"],
        project_id=row["project_id"],
        name=row["name"],
        timetable=table,
        next_at=row["next_at"],
        last_run_id=row["last_run_id"],
        last_error=row["last_error"],
        last_skip=Skip(**row["last_skip"]) if row["last_skip"] else None,
        waits_for=row["waits_for"],
        version=row["version"],
        created_at=row["created_at"],
        owner_id=row["created_by"],
        owner=row["owner"],
    )


def _audited(table: Timetable) -> dict[str, Any]:
    return {name: getattr(table, name) for name in Timetable.__slots__}


def record(
    transaction: Transaction,
    actor: Actor,
    action: str,
    project_id: int,
    name: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note in the audit record what became of a schedule."""
    audit.append(transaction, actor, action, f"schedule:{name}", project_id=project_id, before=before, after=after)
