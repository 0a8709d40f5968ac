"""Beginning a backfill: which times, which flows, with which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from patchbay_server.engine import flows as saved
from patchbay_server.engine.submit import now_of
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.limits import check_expansion
from patchbay_server.graph.reader import parse
from patchbay_server.services import cron, run_priority
from patchbay_server.services.backfills import downstream
from patchbay_server.services.backfills.backfills import Backfill, get, record
from patchbay_server.services.backfills.downstream import PlannedFlow, shared
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.schedules import schedules
from patchbay_server.services.schedules.owner import check_may_start
from patchbay_server.services.schedules.scheduled_time import render
from patchbay_server.store.backfills import backfill, backfill_item
from patchbay_server.store.database import Transaction

MOST_RUNS = 1000
"""Runs that one backfill makes: its times, for each of its flows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run: a flow at the due times from `from_at` (included) to `until_at` (not), seconds since 1970.

    `schedule`: that of whose times, zone, priority and params it takes those that are not given here.
    `parallel`: most runs that are open at once. `cascade`: also the flows that read what it writes, see `downstream`.
    """

    flow: str
    from_at: float
    until_at: float
    schedule: str | None = None
    cron: str | None = None
    timezone: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    priority: int | None = None
    parallel: int = 1
    cascade: bool = False


def start(platform: Platform, actor: Actor, project_id: int, wanted: Wanted) -> Backfill:
    """Begin a backfill; the reconciler makes its runs, of the revisions that the flows have now.

    Raises:
        NotFound: there is no such flow or schedule.
        Invalid: the times cannot be used, are none, or too many; or the schedule is of another flow.
        FlowParamError: a param is unknown or has a value of another type.
        Forbidden: the actor may not start runs, or not of this priority.
    """
    check_may_start(actor, project_id)

    def write(transaction: Transaction) -> Backfill:
        schedule_id, settled = _settled(transaction, project_id, wanted)
        run_priority.check_priority(actor, project_id, settled["priority"])
        times = _times(settled["cron"], settled["timezone"], wanted)
        params = render(settled["params"], times[0], settled["timezone"])
        root = saved.get(transaction, project_id, wanted.flow)
        plan = [PlannedFlow(root.flow_id, root.id)]
        if wanted.cascade:
            plan = downstream.plan(transaction, platform.catalogue, root, params)
        _check_params(transaction, plan, params)
        if len(times) * len(plan) > MOST_RUNS:
            raise _too_many(len(times) * len(plan))
        row = {
            **settled, "project_id": project_id, "flow_id": root.flow_id, "schedule_id": schedule_id,
            "from_at": wanted.from_at, "until_at": wanted.until_at, "parallel": wanted.parallel,
            "flows": [planned.to_json() for planned in plan], "state": "running",
            "created_at": now_of(transaction), "created_by": actor.user_id,
        }  # fmt: skip
        id = transaction.core.execute(backfill.insert().values(row).returning(backfill.c.id)).scalar_one()
        transaction.core.execute(
            backfill_item.insert(),
            [
                {"backfill_id": id, "due_at": due, "position": position, "state": "pending"}
                for due in times
                for position in range(len(plan))
            ],
        )
        made = get(transaction, project_id, id)
        after = {**settled, "flows": made.flows, "from": wanted.from_at, "until": wanted.until_at, "times": len(times)}
        record(transaction, actor, "backfill.started", made, after)
        return made

    return platform.database.transact(write)


def _settled(transaction: Transaction, project_id: int, wanted: Wanted) -> tuple[int | None, dict[str, Any]]:
    """The id of the schedule, and the times, params and priority that are meant."""
    known = None if wanted.schedule is None else schedules.get(transaction, project_id, wanted.schedule)
    table = known.timetable if known else None
    if table and table.flow != wanted.flow:
        raise Invalid(
            f"Schedule {wanted.schedule!r} starts flow {table.flow!r}, not {wanted.flow!r}.",
            field="schedule",
            reason="backfill_schedule",
        )
    expression = wanted.cron or (table and table.cron)
    if not expression:
        raise Invalid("Name a schedule, or a cron expression of the times.", field="cron", reason="backfill_times")
    given = {} if table is None else table.params
    return (known.id if known else None), {
        "cron": expression,
        "timezone": wanted.timezone or (table.timezone if table else "UTC"),
        "params": {**given, **wanted.params},
        "priority": wanted.priority if wanted.priority is not None else (table.priority if table else 0),
    }


def _times(expression: str, timezone: str, wanted: Wanted) -> list[float]:
    cron.check(expression, timezone)
    due = cron.times_between(expression, timezone, first=wanted.from_at, until=wanted.until_at)
    times = [time for time in islice(due, MOST_RUNS + 1) if time < wanted.until_at]
    if not times:
        raise Invalid("It is never due in this range.", field="from", reason="backfill_empty")
    if len(times) > MOST_RUNS:
        raise _too_many(len(times))
    return times


def _too_many(count: int) -> Invalid:
    message = f"That would be {count} runs or more; a backfill makes {MOST_RUNS} at most: choose a shorter range."
    return Invalid(message, field="until", most=MOST_RUNS, reason="backfill_large")


def _check_params(transaction: Transaction, plan: list[PlannedFlow], params: Mapping[str, Any]) -> None:
    """Raises FlowParamError: the first flow does not have a param, or one of them has it with another type."""
    for position, planned in enumerate(plan):
        document = parse(saved.get_revision(transaction, planned.revision_id).document)
        own = params if position == 0 else shared(document, params)
        check_expansion(document, own)
        bind(document, own)
