"""Gauges, counters and histograms, in the words of `prometheus_client`."""

from __future__ import annotations

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily


def gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    """What goes up and down; the name ends with its unit, where it has one."""
    return GaugeMetricFamily(f"patchbay_{name}", meaning, labels=labels)


def counter(name: str, meaning: str, *labels: str) -> CounterMetricFamily:
    """What only grows, over restarts too; ``_total`` is added to the name."""
    return CounterMetricFamily(f"patchbay_{name}", meaning, labels=labels)


def histogram(name: str, meaning: str, *labels: str) -> HistogramMetricFamily:
    """How values spread over buckets; those of several series can be added up."""
    return HistogramMetricFamily(f"patchbay_{name}", meaning, labels=labels)
