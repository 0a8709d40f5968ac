"""What backfills there are, and how far; paused, resumed, cancelled. `drive` makes their runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from patchbay_server.engine import flows as saved
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services import run_priority
from patchbay_server.services.backfills.downstream import PlannedFlow
from patchbay_server.services.errors import Conflict
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.schedules.owner import check_may_start
from patchbay_server.store.backfills import backfill, backfill_item
from patchbay_server.store.data import schedule
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import flow, flow_revision

State = Literal["running", "paused", "cancelled", "done", "failed"]
ITEM_STATES = ("pending", "running", "done", "failed", "cancelled", "skipped")
"""Of one flow at one time. ``skipped``: what it reads from has failed."""
AGAIN = ("failed", "cancelled", "skipped")
"""States of what `resume` tries again."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """A backfill. `flows`: names of what it runs, the first is its own. `counts`: item state -> items.

    `error`: why the platform paused it. `owner`: whose rights it has; None: the command line. Times: since 1970.
    """

    id: int
    project_id: int
    flow: str
    flows: list[str]
    plan: tuple[PlannedFlow, ...]
    schedule: str | None
    cron: str
    timezone: str
    params: dict[str, Any]
    from_at: float
    until_at: float
    parallel: int
    priority: int
    state: State
    error: str | None
    counts: dict[str, int]
    created_at: float
    ended_at: float | None
    owner_id: int | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One flow at one time. `run`: the latest for it; `error`: why none could be made."""

    due_at: float
    flow: str
    state: str
    run: int | None
    error: str | None


_BACKFILLS = (
    sa.select(
        backfill,
        flow.c.name.label("flow"),
        schedule.c.name.label("schedule"),
        user_account.c.name.label("owner"),
    )
    .join(flow, flow.c.id == backfill.c.flow_id)
    .outerjoin(schedule, schedule.c.id == backfill.c.schedule_id)
    .outerjoin(user_account, user_account.c.id == backfill.c.created_by)
)


def listed(platform: Platform, project_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Backfill]:
    """The latest backfills of a project first. Raises CursorError."""
    with platform.database.read() as transaction:
        statement = _BACKFILLS.where(backfill.c.project_id == project_id)
        found = page(transaction, statement, backfill.c.id, cursor=cursor, limit=limit, descending=True)
        return found.map(lambda row: of_row(transaction, row))


def find(platform: Platform, project_id: int, id: int) -> Backfill:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return get(transaction, project_id, id)


def items(platform: Platform, project_id: int, id: int) -> list[Item]:
    """What a backfill consists of, in order of time. Raises NotFound."""
    with platform.database.read() as transaction:
        known, c = get(transaction, project_id, id), backfill_item.c
        statement = sa.select(backfill_item).where(c.backfill_id == id).order_by(c.due_at, c.position)
        return [
            Item(row["due_at"], known.flows[row["position"]], row["state"], row["run_id"], row["error"])
            for row in transaction.core.execute(statement).mappings()
        ]


def pause(platform: Platform, actor: Actor, project_id: int, id: int) -> Backfill:
    """Make no more runs until it is resumed; open ones go on. Raises NotFound; Conflict: it is not running."""

    def write(transaction: Transaction) -> Backfill:
        known = _expect(transaction, project_id, id, {"running"}, "paused")
        set_state(transaction, id, "paused")
        record(transaction, actor, "backfill.paused", known)
        return get(transaction, project_id, id)

    return platform.database.transact(write)


def resume(platform: Platform, actor: Actor, project_id: int, id: int) -> Backfill:
    """Go on: what is missing, failed, was cancelled or skipped is run, what is done stays.

    From now on it has the rights of the actor, and the revisions that the flows have now.

    Raises:
        NotFound: there is no such backfill.
        Conflict: it is running, or all of it is done.
        Forbidden: the actor may not start runs, or not of its priority.
    """
    check_may_start(actor, project_id)

    def write(transaction: Transaction) -> Backfill:
        known = _expect(transaction, project_id, id, {"paused", "failed", "cancelled"}, "resumed")
        run_priority.check_priority(actor, project_id, known.priority)
        c = backfill_item.c
        again = backfill_item.update().where(c.backfill_id == id, c.state.in_(AGAIN))
        transaction.core.execute(again.values(state="pending", error=None))
        newest = [
            PlannedFlow(planned.flow_id, _newest(transaction, planned.flow_id), planned.after) for planned in known.plan
        ]
        values = {"flows": [planned.to_json() for planned in newest], "created_by": actor.user_id}
        set_state(transaction, id, "running", **values)
        record(transaction, actor, "backfill.resumed", known)
        return get(transaction, project_id, id)

    return platform.database.transact(write)


def cancel(platform: Platform, actor: Actor, project_id: int, id: int) -> Backfill:
    """Make no more runs; the reconciler cancels the open ones. Raises NotFound; Conflict: it has ended."""

    def write(transaction: Transaction) -> Backfill:
        known = _expect(transaction, project_id, id, {"running", "paused"}, "cancelled")
        set_state(transaction, id, "cancelled", ended_at=now_of(transaction))
        record(transaction, actor, "backfill.cancelled", known)
        return get(transaction, project_id, id)

    return platform.database.transact(write)


def get(transaction: Transaction, project_id: int, id: int) -> Backfill:
    """As `find`, within a transaction. Raises NotFound."""
    statement = _BACKFILLS.where(backfill.c.project_id == project_id, backfill.c.id == id)
    row = transaction.core.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no backfill {id}.", reason="backfill")
    return of_row(transaction, row)


def running(transaction: Transaction) -> list[Backfill]:
    """The backfills that want runs, the oldest first."""
    statement = _BACKFILLS.where(backfill.c.state == "running").order_by(backfill.c.id)
    return [of_row(transaction, row) for row in transaction.core.execute(statement).mappings()]


def of_row(transaction: Transaction, row: sa.RowMapping) -> Backfill:
    """The backfill that a row describes, and how far it is."""
    c = backfill_item.c
    counted = sa.select(c.state, sa.func.count().label("size")).where(c.backfill_id == row["id"]).group_by(c.state)
    counts = dict.fromkeys(ITEM_STATES, 0) | {row.state: row.size for row in transaction.core.execute(counted)}
    plan = tuple(PlannedFlow(one["flow_id"], one["revision_id"], tuple(one["after"])) for one in row["flows"])
    ids = [planned.flow_id for planned in plan]
    named = sa.select(flow.c.id, flow.c.name).where(flow.c.id.in_(ids))
    names = {row.id: saved.shown_name(row.name) for row in transaction.core.execute(named)}
    same = (
        "id", "project_id", "cron", "timezone", "params", "from_at", "until_at", "parallel", "priority", "state",
        "error", "created_at", "ended_at", "owner",
    )  # fmt: skip
    return Backfill(
        **{name: row[name] for name in same},
        flow=saved.shown_name(row["flow"]),
        flows=[names[id] for id in ids],
        plan=plan,
        schedule=row["schedule"] and saved.shown_name(row["schedule"]),
        counts=counts,
        owner_id=row["created_by"],
    )


def set_state(transaction: Transaction, id: int, state: State, **values: Any) -> None:
    """Change the state; why it was paused, and when it ended, are told anew."""
    row = {"state": state, "error": None, "ended_at": None, **values, "version": backfill.c.version + 1}
    transaction.core.execute(backfill.update().where(backfill.c.id == id).values(row))


def hold(transaction: Transaction, id: int) -> State:
    """Hold a backfill's row until the transaction ends, so that whoever changes it takes turns; its state."""
    held = backfill.update().where(backfill.c.id == id).values(version=backfill.c.version).returning(backfill.c.state)
    state: State = transaction.core.execute(held).scalar_one()
    return state


def record(
    transaction: Transaction, actor: Actor, action: str, known: Backfill, after: Mapping[str, Any] | None = None
) -> None:
    """Note in the audit record what became of a backfill."""
    thing = f"backfill:{known.id}"
    audit.append(transaction, actor, action, thing, project_id=known.project_id, after=after or {"flow": known.flow})


def _expect(transaction: Transaction, project_id: int, id: int, states: set[str], verb: str) -> Backfill:
    get(transaction, project_id, id)
    state = hold(transaction, id)
    if state not in states:
        raise Conflict(f"Backfill {id} is {state}; it cannot be {verb}.", state=state, reason="backfill_state")
    return get(transaction, project_id, id)


def _newest(transaction: Transaction, flow_id: int) -> int:
    c = flow_revision.c
    newest = sa.select(c.id).where(c.flow_id == flow_id).order_by(c.number.desc()).limit(1)
    return int(transaction.core.execute(newest).scalar_one())
