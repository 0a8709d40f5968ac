"""All subjects as Prometheus' text.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from patchbay_server.services.metrics import engine, notifications, pools, serving, training
from patchbay_server.services.metrics.moment import Moment
from patchbay_server.store.database import Database

SUBJECTS = (engine, pools, training, serving, notifications)
MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def text(database: Database) -> bytes:
    """What Prometheus reads, of this moment."""
    with database.read() as transaction:
        moment = Moment.of(transaction)
        families = [family for subject in SUBJECTS for family in subject.collect(moment)]
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(families))
    return generate_latest(registry)


class _Collected(Collector):
    """One scrape, as `prometheus_client` takes it."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families
