"""Starting what is due, with the rights that who saved the schedule last has then.

Moving on `next_at` and making the run are one transaction, guarded by the `next_at` that was read: so each due time
gives one run at most, however many processes look, and a crash in between gives it later. What becomes of times that
were missed, and of those that come while a run is open, is the schedule's `catch_up` and `overlap`.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from patchbay_sdk.errors import PatchbayError
from patchbay_server.engine.settle import Wake
from patchbay_server.engine.submit import Origin, now_of
from patchbay_server.graph.reader import parse
from patchbay_server.services import cron, runs
from patchbay_server.services.people.actor import PLATFORM, Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import data_roots
from patchbay_server.services.runs import PreparedRun, RunRequest
from patchbay_server.services.schedules.owner import owner
from patchbay_server.services.schedules.scheduled_time import render
from patchbay_server.services.schedules.schedules import SCHEDULES, Schedule, Skip, of_row, record
from patchbay_server.store.data import schedule
from patchbay_server.store.database import DatabaseError, Transaction
from patchbay_server.store.tables import run

logger = logging.getLogger(__name__)

AT_ONCE = 100
"""Schedules that one look starts."""
MOST_CAUGHT_UP = 100
"""Missed times that ``all`` makes up for: the latest of them. Older ones are left out, which is noted."""
ON_TIME = 60.0
"""Seconds after which a due time counts as missed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a schedule that is due: a run for the time `start`, or none; then `next_at`."""

    start: float | None
    next_at: float
    skip: Skip | None = None


class _Overtaken(Exception):
    """Rolls back: a run of the schedule has been opened meanwhile."""


def start_due(platform: Platform) -> None:
    """Start what is due. Safe to call by any number of processes, at any time."""
    with platform.database.read() as transaction:
        c, now = schedule.c, now_of(transaction)
        still_waits = sa.and_(c.waits_for.is_not(None), _open_runs(c.id).exists())
        due = SCHEDULES.where(c.enabled, c.next_at <= now, sa.not_(still_waits)).order_by(c.next_at).limit(AT_ONCE)
        found = [of_row(row) for row in transaction.core.execute(due).mappings()]
    for known in found:
        try:
            _start_all(platform, known, now)
        except _Overtaken:
            continue
        except DatabaseError:
            raise
        except Exception as error:  # whatever it is, it must not keep the others from starting
            if not isinstance(error, PatchbayError):
                logger.exception("schedule %s", known.name)
            message = error.message if isinstance(error, PatchbayError) else f"Patchbay made a mistake: {error}"
            platform.database.transact(_note_failure, known, message)


def decide(known: Schedule, now: float, open_run: int | None) -> Verdict:
    """What becomes of a schedule that is due at `now`, while `open_run` of it is open, if any."""
    table, first = known.timetable, known.next_at
    assert first is not None
    (following,) = cron.next_times(table.cron, table.timezone, after=now, count=1)
    count = MOST_CAUGHT_UP if table.catch_up == "all" else 1
    times = cron.latest_times(table.cron, table.timezone, first=first, until=now, count=count) or [first]
    if table.catch_up == "none" and known.waits_for is not None:
        times = [first]  # it was not missed: it has waited
    if open_run is not None and table.overlap == "skip":
        return Verdict(None, following, Skip(first, "overlap", open_run))
    if table.catch_up == "none" and known.waits_for is None and times[0] < now - ON_TIME:
        return Verdict(None, following, Skip(first, "missed"))
    left_out = table.catch_up != "latest" and times[0] > first
    next_at = times[1] if len(times) > 1 else following
    return Verdict(times[0], next_at, Skip(first, "missed") if left_out else None)


def _start_all(platform: Platform, known: Schedule, now: float) -> None:
    """Make the run of a due schedule, one after another while it has caught up less than it is to."""
    while known.next_at is not None and known.next_at <= now:
        with platform.database.read() as transaction:
            open_run: int | None = transaction.core.execute(_open_runs(known.id).limit(1)).scalar_one_or_none()
        if open_run is not None and known.timetable.overlap == "queue":
            platform.database.transact(_let_wait, known, open_run)
            return
        verdict = decide(known, now, open_run)
        moved = _start(platform, known, verdict) if verdict.start is not None else _skip(platform, known, verdict)
        if not moved:
            return
        known = replace(known, next_at=verdict.next_at, waits_for=None)


def _start(platform: Platform, known: Schedule, verdict: Verdict) -> bool:
    """False: another process has."""
    assert verdict.start is not None
    table = known.timetable
    actor = owner(platform, known.owner_id, known.project_id, via=f"schedule:{known.name}")
    revision = platform.engine.flow(known.project_id, table.flow)
    request = RunRequest(
        params=render(table.params, verdict.start, table.timezone),
        data_roots=data_roots(platform.settings, known.project_id),
        priority=table.priority,
        origin=Origin(verdict.start, schedule_id=known.id),
    )
    prepared = runs.prepare(parse(revision.document), request, platform.catalogue, platform.plugin_host.infer)
    wake = platform.database.transact(_insert, platform, actor, known, verdict, prepared, request, revision.id)
    if wake is None:
        return False
    platform.ring(wake)
    return True


def _insert(
    transaction: Transaction,
    platform: Platform,
    actor: Actor,
    known: Schedule,
    verdict: Verdict,
    prepared: PreparedRun,
    request: RunRequest,
    revision_id: int,
) -> Wake | None:
    if not _move_on(transaction, known, verdict.next_at):
        return None
    if known.timetable.overlap != "allow" and transaction.core.execute(_open_runs(known.id)).first():
        raise _Overtaken
    if verdict.skip is not None:
        _note_skip(transaction, known, verdict.skip)
    run_id, wake = runs.insert(transaction, platform, actor, known.project_id, prepared, request, revision_id)
    values = {"last_run_id": run_id, "last_error": None}
    transaction.core.execute(schedule.update().where(schedule.c.id == known.id).values(values))
    return wake


def _skip(platform: Platform, known: Schedule, verdict: Verdict) -> bool:
    """False: another process has."""

    def write(transaction: Transaction) -> bool:
        moved = _move_on(transaction, known, verdict.next_at)
        if moved and verdict.skip is not None:
            _note_skip(transaction, known, verdict.skip)
        return moved

    return platform.database.transact(write)


def _note_skip(transaction: Transaction, known: Schedule, skip: Skip) -> None:
    transaction.core.execute(schedule.update().where(schedule.c.id == known.id).values(last_skip=asdict(skip)))
    before = known.last_skip
    if skip.run is None or before is None or skip.run != before.run:  # one entry for all that a long run keeps out
        record(transaction, PLATFORM, "schedule.skipped", known.project_id, known.name, after=asdict(skip))


def _let_wait(transaction: Transaction, known: Schedule, open_run: int) -> None:
    """The due time stays what it is until the open run has ended."""
    transaction.core.execute(_unmoved(known).values(waits_for=open_run))


def _note_failure(transaction: Transaction, known: Schedule, message: str) -> None:
    """Keep why a schedule could not start; it is tried again when it is due the next time."""
    table = known.timetable
    (next_at,) = cron.next_times(table.cron, table.timezone, after=now_of(transaction), count=1)
    if _move_on(transaction, known, next_at):
        transaction.core.execute(schedule.update().where(schedule.c.id == known.id).values(last_error=message))
        record(transaction, PLATFORM, "schedule.failed", known.project_id, known.name, after={"error": message})


def _move_on(transaction: Transaction, known: Schedule, next_at: float) -> bool:
    """Set when it is due next. False: another process has, or it was changed."""
    return bool(transaction.core.execute(_unmoved(known).values(next_at=next_at, waits_for=None)).rowcount)


def _unmoved(known: Schedule) -> sa.Update:
    c = schedule.c
    return schedule.update().where(c.id == known.id, c.next_at == known.next_at, c.version == known.version, c.enabled)


def _open_runs(schedule_id: int | sa.ColumnElement[int]) -> sa.Select[Any]:
    return sa.select(run.c.id).where(run.c.schedule_id == schedule_id, run.c.ended_at.is_(None)).order_by(run.c.id)
