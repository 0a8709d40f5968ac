"""Tickets: RQ jobs that say "drain pool P". They carry no state; lost, doubled or stale ones do no harm.

RQ and Redis are imported when the first bell is rung: the web process starts without them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

DRAIN = "patchbay_server.worker.pool_worker.drain"
"""The function that a ticket calls, by name: whoever rings does not import the worker."""
LONGEST_QUEUE = 16
"""Tickets in a pool's queue at most: they are bells, not tasks."""

logger = logging.getLogger(__name__)


def queue_name(pool: str) -> str:
    """The name of a pool's RQ queue."""
    return f"patchbay-{pool}"


class Tickets:
    """The bells of all pools, on one Redis."""

    def __init__(self, redis_url: str) -> None:
        from redis import Redis

        self._redis = Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2)

    def ring(self, wake: Mapping[str, int]) -> None:
        """Put tickets into the queues of these pools: one per task, up to LONGEST_QUEUE waiting ones.

        A Redis that is away is no error: workers look into the database by themselves, only a little later.
        """
        from redis.exceptions import RedisError
        from rq import Queue
        from rq.serializers import JSONSerializer

        try:
            for pool, tasks in wake.items():
                queue = Queue(queue_name(pool), connection=self._redis, serializer=JSONSerializer)
                for _ in range(min(tasks, LONGEST_QUEUE - queue.count)):
                    queue.enqueue(DRAIN, pool, result_ttl=0, failure_ttl=0, job_timeout=-1)
        except RedisError as error:
            logger.info("no bell was rung for %s: %s", ", ".join(wake), error)

    def close(self) -> None:
        self._redis.close()


def ring(redis_url: str | None, wake: Mapping[str, int]) -> None:
    """Ring once; nothing happens without Redis."""
    if redis_url and wake:
        tickets = Tickets(redis_url)
        tickets.ring(wake)
        tickets.close()
