"""What pools have, what is used of it, and the quotas of projects."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from patchbay_server.engine import quotas
from patchbay_server.services.metrics import queries
from patchbay_server.services.metrics.families import gauge
from patchbay_server.services.metrics.moment import Moment

UNITS = {"cpus": 1000, "gpus": 1000, "memory_bytes": 1}
"""End of a metric's name -> what the database counts one of them as."""


def collect(moment: Moment) -> Iterator[Metric]:
    """Pools, then projects."""
    rows = moment.rows(queries.POOLS)
    for place, (unit, parts) in enumerate(UNITS.items(), start=1):
        capacity = gauge(f"pool_{unit}", "What the pool has.", "pool")
        used = gauge(f"pool_used_{unit}", "What running tasks and replicas of deployments hold of it.", "pool")
        for row in rows:
            capacity.add_metric([row[0]], row[place] / parts)
            used.add_metric([row[0]], row[place + len(UNITS)] / parts)
        yield from (capacity, used)
    yield _limits(moment)
    yield _used(moment)


def _limits(moment: Moment) -> Metric:
    limit = gauge("quota_limit", "What a project may have over all pools; no series: no limit.", "project", "resource")
    for project_id, cpu, gpu, trainings, storage in moment.rows(queries.QUOTAS):
        resources = (("cpu", cpu, 1000), ("gpu", gpu, 1000), ("trainings", trainings, 1), ("storage", storage, 1))
        for resource, value, parts in resources:
            if value is not None:
                limit.add_metric([moment.projects[project_id], resource], value / parts)
    return limit


def _used(moment: Moment) -> Metric:
    used = gauge("quota_used", "What a project's running tasks hold; storage, where it has a limit: bytes kept.",
                 "project", "resource")  # fmt: skip
    for project_id, cpu, gpu, trainings in moment.rows(queries.USED, training=quotas.TRAINING):
        used.add_metric([moment.projects[project_id], "cpu"], int(cpu) / 1000)
        used.add_metric([moment.projects[project_id], "gpu"], int(gpu) / 1000)
        used.add_metric([moment.projects[project_id], "trainings"], int(trainings))
    for project_id, *_, storage in moment.rows(queries.QUOTAS):
        if storage is not None:
            used.add_metric([moment.projects[project_id], "storage"], quotas.stored(moment.transaction, project_id))
    return used
