"""Messages about the ends of runs that nobody has taken yet."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from patchbay_server.services.metrics import queries
from patchbay_server.services.metrics.families import gauge
from patchbay_server.services.metrics.moment import Moment


def collect(moment: Moment) -> Iterator[Metric]:
    """What waits to be sent, and for how long: while its receiver is away this grows."""
    pending = gauge("messages_pending", "Messages of notifications that are to be sent, or sent again.", "project")
    age = gauge("oldest_message_seconds", "Since the oldest of them was made.", "project")
    for project_id, number, created_at in moment.rows(queries.PENDING):
        pending.add_metric([moment.projects[project_id]], number)
        age.add_metric([moment.projects[project_id]], moment.now - created_at)
    yield from (pending, age)
