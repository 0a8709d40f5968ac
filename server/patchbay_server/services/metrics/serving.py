"""Deployments: replicas, requests, latency."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import Metric

from patchbay_runners.serving.counts import BOUNDS
from patchbay_server.services.metrics import queries
from patchbay_server.services.metrics.families import counter, gauge, histogram
from patchbay_server.services.metrics.moment import Moment

STATES = ("starting", "serving", "changing", "failing", "stopping")


def collect(moment: Moment) -> Iterator[Metric]:
    """One series per deployment, and those of its latency where somebody has asked."""
    labels = ("project", "deployment")
    state = gauge("deployment_state", "1: the state that the deployment has; 0: those that it has not.",
                  *labels, "state")  # fmt: skip
    wanted = gauge("deployment_replicas_wanted", "Replicas that should answer.", *labels)
    live = gauge("deployment_replicas_live", "Replicas that answer.", *labels)
    requests = counter("deployment_requests", "Requests that were answered, by what came of them.", *labels, "outcome")
    latency = histogram("deployment_latency_seconds", "From a request's arrival at a replica to its answer.", *labels)
    for row in moment.rows(queries.DEPLOYMENTS):
        project_id, name, current, replicas, live_replicas, total, refused, errors, latencies, seconds = row
        project = moment.projects[project_id]
        for each in STATES:
            state.add_metric([project, name, each], each == current)
        wanted.add_metric([project, name], replicas)
        live.add_metric([project, name], live_replicas)
        for outcome, number in (("ok", total - refused - errors), ("refused", refused), ("error", errors)):
            requests.add_metric([project, name, outcome], number)
        buckets = _cumulative(json.loads(latencies))
        if buckets:
            latency.add_metric([project, name], buckets, seconds)
    yield from (state, wanted, live, requests, latency)


def _cumulative(latencies: list[int]) -> list[tuple[str, float]]:
    return list(zip([*map(str, BOUNDS), "+Inf"], accumulate(latencies), strict=False))
