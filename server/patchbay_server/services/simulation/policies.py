"""The policies that are compared: each is a choice of the engine's rules."""

from __future__ import annotations

from collections.abc import Mapping

from patchbay_server.engine.admission.rules import ELASTIC, Key, Rules
from patchbay_server.engine.admission.state import Task


def by_age(task: Task) -> Key:
    """First come, first served."""
    return (task.enqueued, task.id)


POLICIES: Mapping[str, Rules] = {
    "fifo": Rules(order=by_age, backfill=False),
    "priority": Rules(backfill=False),
    "drf": Rules(fair=True, backfill=False),
    "elastic": ELASTIC,
}
"""`drf`: projects take turns by their dominant shares, nobody passes anybody. `elastic`: the policy of pool `train`,
which is `drf` with backfill, and with borrowing that is given back."""
