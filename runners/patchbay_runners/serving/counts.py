"""What a replica counts of its requests, and how Prometheus reads it.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the buckets of latency, in seconds; one more bucket takes what is slower."""


@dataclass(slots=True)
class Counts:
    """Answers so far. `refused`: the client's mistakes (4xx), `errors`: ours (5xx), both among `requests`.

    `latencies`: requests per bucket of BOUNDS and beyond. `seconds`: the sum of their latencies. `rows`: predicted.
    """

    requests: int = 0
    refused: int = 0
    errors: int = 0
    rows: int = 0
    seconds: float = 0.0
    latencies: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, status: int, seconds: float, rows: int) -> None:
        """Count one answer."""
        self.requests += 1
        self.refused += 400 <= status < 500
        self.errors += status >= 500
        self.rows += rows
        self.seconds += seconds
        self.latencies[bisect_left(BOUNDS, seconds)] += 1

    def to_json(self) -> dict[str, Any]:
        """The fields."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def sum(cls, all: Iterable[Mapping[str, Any]]) -> Counts:
        """All replicas together."""
        total = cls()
        for one in all:
            total.requests += one["requests"]
            total.refused += one["refused"]
            total.errors += one["errors"]
            total.rows += one["rows"]
            total.seconds += one["seconds"]
            total.latencies = [a + b for a, b in zip(total.latencies, one["latencies"], strict=True)]
        return total


def quantile(latencies: Iterable[int], share: float) -> float | None:
    """The latency in seconds below which this share of requests lies, linear within a bucket; None: no requests.

    As Prometheus' ``histogram_quantile``; what is slower than the last bound counts as that.
    """
    counts = list(latencies)
    wanted = share * sum(counts)
    if not wanted:
        return None
    low, before = 0.0, 0
    for high, count in zip(BOUNDS, counts, strict=False):
        if before + count >= wanted:
            return low + (high - low) * (wanted - before) / count
        low, before = high, before + count
    return BOUNDS[-1]


def prometheus(labels: Mapping[str, str], counts: Counts, replicas: int) -> str:
    """The counts as Prometheus' text."""
    shown = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    lines = [
        "# HELP patchbay_endpoint_requests_total Requests that were answered, by what came of them.",
        "# TYPE patchbay_endpoint_requests_total counter",
    ]
    outcomes = {
        "ok": counts.requests - counts.refused - counts.errors,
        "refused": counts.refused,
        "error": counts.errors,
    }
    lines += [f'patchbay_endpoint_requests_total{{{shown},outcome="{name}"}} {n}' for name, n in outcomes.items()]
    lines += [
        "# HELP patchbay_endpoint_rows_total Rows that were predicted.",
        "# TYPE patchbay_endpoint_rows_total counter",
        f"patchbay_endpoint_rows_total{{{shown}}} {counts.rows}",
        "# HELP patchbay_endpoint_replicas Replicas that answer.",
        "# TYPE patchbay_endpoint_replicas gauge",
        f"patchbay_endpoint_replicas{{{shown}}} {replicas}",
        "# HELP patchbay_endpoint_latency_seconds From the request's arrival at a replica to its answer.",
        "# TYPE patchbay_endpoint_latency_seconds histogram",
    ]
    total = 0
    for bound, count in zip([*map(str, BOUNDS), "+Inf"], counts.latencies, strict=True):
        total += count
        lines.append(f'patchbay_endpoint_latency_seconds_bucket{{{shown},le="{bound}"}} {total}')
    lines += [
        f"patchbay_endpoint_latency_seconds_sum{{{shown}}} {counts.seconds:.6f}",
        f"patchbay_endpoint_latency_seconds_count{{{shown}}} {counts.requests}",
    ]
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
