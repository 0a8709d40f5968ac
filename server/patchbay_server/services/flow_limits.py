"""How many runs of a flow are open at once at most."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine import flows as saved
from patchbay_server.engine import open_runs
from patchbay_server.engine.settle import Wake
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import flow, run


@dataclass(frozen=True, slots=True)
class FlowLimit:
    """`max_open_runs`: None: no limit. `open`: runs that have not ended; `waiting`: those that the limit holds."""

    max_open_runs: int | None
    open: int
    waiting: int


def find(platform: Platform, project_id: int, name: str) -> FlowLimit:
    """The limit of a flow, and what it does now. Raises NotFound."""
    with platform.database.read() as transaction:
        return _limit(transaction, saved.get(transaction, project_id, name).flow_id)


def put(platform: Platform, actor: Actor, project_id: int, name: str, max_open_runs: int | None) -> FlowLimit:
    """Set the limit of a flow, also below what is open: those runs go on, and no other starts. Raises NotFound."""

    def write(transaction: Transaction) -> tuple[FlowLimit, Wake]:
        flow_id = saved.lock(transaction, project_id, name)
        before = _limit(transaction, flow_id)
        wake = open_runs.set_limit(transaction, flow_id, max_open_runs)
        if before.max_open_runs != max_open_runs:
            audit.append(
                transaction, actor, "flow.limit_changed", f"flow:{name}", project_id=project_id,
                before={"max_open_runs": before.max_open_runs}, after={"max_open_runs": max_open_runs},
            )  # fmt: skip
        return _limit(transaction, flow_id), wake

    limit, wake = platform.database.transact(write)
    platform.ring(wake)
    return limit


def _limit(transaction: Transaction, flow_id: int) -> FlowLimit:
    here = run.c.flow_id == flow_id, run.c.ended_at.is_(None)
    held = transaction.core.execute(sa.select(sa.func.count()).select_from(run).where(*here, run.c.held)).scalar_one()
    limit = transaction.core.execute(sa.select(flow.c.max_open_runs).where(flow.c.id == flow_id)).scalar_one()
    return FlowLimit(limit, open_runs.open_runs(transaction, flow_id), held)
