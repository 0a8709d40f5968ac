"""Deployments: replicas, requests, latency."""

from __future__ import annotations

import json
from collections.abc import Iterator

from prometheus_client.core import Metric

from patchbay_runners.serving.counts import quantile
from patchbay_server.services.metrics import queries
from patchbay_server.services.metrics.families import counter, gauge
from patchbay_server.services.metrics.moment import Moment

MINUTES = 5
"""Whose requests the latencies are of; the current minute is one of them."""
QUANTILES = (0.5, 0.95, 0.99)
STATES = ("starting", "serving", "changing", "failing", "stopping")


def collect(moment: Moment) -> Iterator[Metric]:
    """One series per deployment, and those of its latency where somebody has asked."""
    labels = ("project", "deployment")
    state = gauge("deployment_state", "1: the state that the deployment has; 0: those that it has not.",
                  *labels, "state")  # fmt: skip
    wanted = gauge("deployment_replicas_wanted", "Replicas that should answer.", *labels)
    live = gauge("deployment_replicas_live", "Replicas that answer.", *labels)
    requests = counter("deployment_requests", "Requests that were answered, by what came of them.", *labels, "outcome")
    latency = gauge("deployment_latency_seconds", f"Of the requests of the last {MINUTES} minutes.",
                    *labels, "quantile")  # fmt: skip
    for row in moment.rows(queries.DEPLOYMENTS):
        id, project_id, name, current, replicas, live_replicas, total, refused, errors = row
        project = moment.projects[project_id]
        for each in STATES:
            state.add_metric([project, name, each], each == current)
        wanted.add_metric([project, name], replicas)
        live.add_metric([project, name], live_replicas)
        for outcome, number in (("ok", total - refused - errors), ("refused", refused), ("error", errors)):
            requests.add_metric([project, name, outcome], number)
        for share, seconds in _latencies(moment, id):
            latency.add_metric([project, name, str(share)], seconds)
    yield from (state, wanted, live, requests, latency)


def _latencies(moment: Moment, deployment_id: int) -> Iterator[tuple[float, float]]:
    since = int(moment.now // 60) - MINUTES
    rows = moment.rows(queries.MINUTES, deployment_id=deployment_id, since=since)
    buckets = [sum(bucket) for bucket in zip(*(json.loads(latencies) for (latencies,) in rows), strict=True)]
    for share in QUANTILES:
        seconds = quantile(buckets, share)
        if seconds is not None:
            yield share, seconds
