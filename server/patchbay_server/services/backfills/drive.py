"""Making the runs of backfills, round after round. Any number of reconcilers may do so at once.

Making a run and noting it at its item are one transaction, which holds the backfill's row: so each item has one run at
a time, never more are open than `parallel`, and a crash in between only makes it later. Where flows follow from each
other, the times come one after another: what reads the latest version of a dataset reads that of its own time.
"""

from __future__ import annotations

import logging
from typing import NamedTuple

import sqlalchemy as sa

from patchbay_sdk.errors import PatchbayError
from patchbay_server.engine import cancel
from patchbay_server.engine import flows as saved
from patchbay_server.engine.errors import StorageFull
from patchbay_server.engine.settle import Wake
from patchbay_server.engine.submit import Origin, now_of
from patchbay_server.graph.reader import parse
from patchbay_server.services import runs
from patchbay_server.services.backfills import backfills
from patchbay_server.services.backfills.backfills import Backfill, hold, record, set_state
from patchbay_server.services.backfills.downstream import shared
from patchbay_server.services.errors import Forbidden
from patchbay_server.services.people.actor import PLATFORM, Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import data_roots
from patchbay_server.services.runs import PreparedRun, RunRequest
from patchbay_server.services.schedules.owner import owner
from patchbay_server.services.schedules.scheduled_time import render
from patchbay_server.store.backfills import backfill, backfill_item
from patchbay_server.store.database import DatabaseError, Transaction
from patchbay_server.store.tables import run

logger = logging.getLogger(__name__)

_c = backfill_item.c


class Place(NamedTuple):
    """Which item: its time and the position of its flow."""

    due_at: float
    position: int


def drive(platform: Platform) -> None:
    """One round over all backfills."""
    with platform.database.read() as transaction:
        ended = transaction.core.execute(_ENDED).all()
        to_cancel = transaction.core.execute(_TO_CANCEL).scalars().all()
    for backfill_id, due_at, position, run_id, state in ended:
        platform.database.transact(_settle, backfill_id, Place(due_at, position), run_id, state)
    for run_id in to_cancel:
        if platform.database.transact(cancel.request, run_id):
            platform.database.transact(cancel.sweep, run_id)
    with platform.database.read() as transaction:
        found = backfills.running(transaction)
    for known in found:
        try:
            _advance(platform, known)
        except DatabaseError:
            raise
        except Exception as error:  # whatever it is, it must not keep the others from going on
            if not isinstance(error, PatchbayError):
                logger.exception("backfill %s", known.id)
            message = error.message if isinstance(error, PatchbayError) else f"Patchbay made a mistake: {error}"
            platform.database.transact(_pause, known, message)


_ENDED = (
    sa.select(_c.backfill_id, _c.due_at, _c.position, run.c.id, run.c.state)
    .join(run, run.c.id == _c.run_id)
    .where(_c.state == "running", run.c.ended_at.is_not(None))
)
_TO_CANCEL = (
    sa.select(run.c.id)
    .join(backfill_item, _c.run_id == run.c.id)
    .join(backfill, backfill.c.id == _c.backfill_id)
    .where(_c.state == "running", backfill.c.state == "cancelled", run.c.ended_at.is_(None))
    .where(sa.not_(run.c.cancel_requested))
)


def _settle(transaction: Transaction, id: int, place: Place, run_id: int, state: str) -> None:
    """Note how the run of an item ended; what follows from one that is not done is skipped."""
    hold(transaction, id)
    here = backfill_item.update().where(_at(id, place), _c.state == "running", _c.run_id == run_id)
    if transaction.core.execute(here.values(state=state)).rowcount and state != "done":
        _skip_behind(transaction, id, place)


def _skip_behind(transaction: Transaction, id: int, place: Place) -> None:
    flows = transaction.core.execute(sa.select(backfill.c.flows).where(backfill.c.id == id)).scalar_one()
    gone = {place.position}
    for position, planned in enumerate(flows):
        if gone & set(planned["after"]):
            gone.add(position)
    behind = backfill_item.update().where(
        _c.backfill_id == id, _c.due_at == place.due_at, _c.position.in_(gone), _c.state == "pending"
    )
    transaction.core.execute(behind.values(state="skipped"))


def _advance(platform: Platform, known: Backfill) -> None:
    """Make as many runs as there may be now; with the last one ended, end the backfill."""
    while True:
        with platform.database.read() as transaction:
            place, is_over = _next(transaction, known), _is_over(transaction, known.id)
        if is_over:
            platform.database.transact(_end, known)
        if place is None:
            return
        actor = owner(platform, known.owner_id, known.project_id, via=f"backfill:{known.id}")
        if not _start(platform, actor, known, place):
            return


def _next(transaction: Transaction, known: Backfill) -> Place | None:
    """The first item whose run can be made now."""
    mine = _c.backfill_id == known.id
    if _running(transaction, known.id) >= known.parallel:
        return None
    wanted = sa.select(_c.due_at, _c.position).where(mine, _c.state == "pending").order_by(_c.due_at, _c.position)
    if len(known.plan) == 1:
        row = transaction.core.execute(wanted.limit(1)).one_or_none()
        return row and Place(*row)
    now = sa.select(sa.func.min(_c.due_at)).where(mine, _c.state.in_(("pending", "running"))).scalar_subquery()
    at_once = sa.select(_c.due_at, _c.position, _c.state).where(mine, _c.due_at == now).order_by(_c.position)
    found = transaction.core.execute(at_once).all()
    done = {position for _, position, state in found if state == "done"}
    for due_at, position, state in found:
        if state == "pending" and done.issuperset(known.plan[position].after):
            return Place(due_at, position)
    return None


def _start(platform: Platform, actor: Actor, known: Backfill, place: Place) -> bool:
    """False: another process has made a run, or somebody changed the backfill. Raises Forbidden, StorageFull."""
    revision_id = known.plan[place.position].revision_id
    try:
        with platform.database.read() as transaction:
            document = parse(saved.get_revision(transaction, revision_id).document)
        params = render(known.params, place.due_at, known.timezone)
        request = RunRequest(
            params=params if place.position == 0 else shared(document, params),
            data_roots=data_roots(platform.settings, known.project_id),
            priority=known.priority,
            origin=Origin(place.due_at, backfill_id=known.id),
        )
        prepared = runs.prepare(document, request, platform.catalogue, platform.plugin_host.infer)
        wake = platform.database.transact(_insert, platform, actor, known, place, prepared, request)
    except (DatabaseError, Forbidden, StorageFull):
        raise
    except PatchbayError as error:
        return platform.database.transact(_fail, known, place, error.message)
    if wake is None:
        return False
    platform.ring(wake)
    return True


def _insert(
    transaction: Transaction,
    platform: Platform,
    actor: Actor,
    known: Backfill,
    place: Place,
    prepared: PreparedRun,
    request: RunRequest,
) -> Wake | None:
    if not _is_wanted(transaction, known, place):
        return None
    revision_id = known.plan[place.position].revision_id
    run_id, wake = runs.insert(transaction, platform, actor, known.project_id, prepared, request, revision_id)
    taken = backfill_item.update().where(_at(known.id, place)).values(state="running", run_id=run_id, error=None)
    transaction.core.execute(taken)
    return wake


def _fail(transaction: Transaction, known: Backfill, place: Place, message: str) -> bool:
    """No run can be made for an item: keep why. False: another process was faster."""
    if not _is_wanted(transaction, known, place):
        return False
    transaction.core.execute(backfill_item.update().where(_at(known.id, place)).values(state="failed", error=message))
    _skip_behind(transaction, known.id, place)
    return True


def _is_wanted(transaction: Transaction, known: Backfill, place: Place) -> bool:
    """Hold the backfill; whether nobody has made the run of an item, and there may be one more."""
    if hold(transaction, known.id) != "running" or _running(transaction, known.id) >= known.parallel:
        return False
    state = transaction.core.execute(sa.select(_c.state).where(_at(known.id, place))).scalar_one()
    return bool(state == "pending")


def _end(transaction: Transaction, known: Backfill) -> None:
    """With nothing open any more the backfill is done, or failed where something is missing."""
    if hold(transaction, known.id) != "running":
        return
    if not _is_over(transaction, known.id):
        return
    counts = backfills.get(transaction, known.project_id, known.id).counts
    state: backfills.State = "done" if counts["done"] == sum(counts.values()) else "failed"
    set_state(transaction, known.id, state, ended_at=now_of(transaction))
    record(transaction, PLATFORM, f"backfill.{state}", known, {name: count for name, count in counts.items() if count})


def _is_over(transaction: Transaction, id: int) -> bool:
    left = sa.select(_c.due_at).where(_c.backfill_id == id, _c.state.in_(("pending", "running"))).limit(1)
    return transaction.core.execute(left).first() is None


def _pause(transaction: Transaction, known: Backfill, message: str) -> None:
    """Nothing can be made at all: it waits for a person, who is told why."""
    if hold(transaction, known.id) == "running":
        set_state(transaction, known.id, "paused", error=message)
        record(transaction, PLATFORM, "backfill.paused", known, {"error": message})


def _running(transaction: Transaction, id: int) -> int:
    counted = sa.select(sa.func.count()).where(_c.backfill_id == id, _c.state == "running")
    return int(transaction.core.execute(counted).scalar_one())


def _at(id: int, place: Place) -> sa.ColumnElement[bool]:
    return sa.and_(_c.backfill_id == id, _c.due_at == place.due_at, _c.position == place.position)
