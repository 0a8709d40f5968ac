"""The RQ side of a worker: it waits for tickets, and looks into the database by itself now and then."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DequeueTimeout
from rq.exceptions import StopRequested as QuitRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty
from rq.worker import SimpleWorker

from patchbay_runners.kill_points import reach
from patchbay_server.engine.tickets import queue_name
from patchbay_server.worker.stop import Stop, StopRequested

logger = logging.getLogger(__name__)

_drains: dict[str, Callable[[], object]] = {}


def drain(pool: str) -> None:
    """The RQ job, "drain pool P". Only a `PoolWorker` of that pool can do it."""
    reach("pop")
    _drains[pool]()


def listen(redis_url: str, pool: str, drain_pool: Callable[[], object], idle_poll: float, stop: Stop) -> None:
    """Serve tickets until `stop`; without Redis, look into the database every `idle_poll` seconds."""
    _drains[pool] = drain_pool
    while not stop():
        try:
            PoolWorker(redis_url, pool, idle_poll, stop).work(logging_level="WARNING")
        except RedisError as error:
            logger.warning("Redis is away (%s); tasks are found without it, a little later", error)
        poll(drain_pool, idle_poll, stop, rounds=1)


def poll(drain_pool: Callable[[], object], idle_poll: float, stop: Stop, *, rounds: int | None = None) -> None:
    """Drain, wait `idle_poll` seconds and drain again, `rounds` times or until `stop`."""
    import time

    while not stop() and rounds != 0:
        drain_pool()
        rounds = None if rounds is None else rounds - 1
        try:
            with stop.interrupts():
                time.sleep(idle_poll)
        except StopRequested:
            return


class NoTimeout(BaseDeathPenalty):
    """RQ's timeout raises in whatever runs, which `except Exception` swallows: the supervisor has its own."""

    def setup_death_penalty(self) -> None:
        """Nothing to set up."""

    def cancel_death_penalty(self) -> None:
        """Nothing to cancel."""


class PoolWorker(SimpleWorker):
    """Drains one pool: at every ticket, and every `idle_poll` seconds without one."""

    death_penalty_class = NoTimeout

    def __init__(self, redis_url: str, pool: str, idle_poll: float, stop: Stop) -> None:
        queue = Queue(queue_name(pool), connection=Redis.from_url(redis_url), serializer=JSONSerializer)
        # RQ waits worker_ttl - 15 s for a ticket, and 10 s longer for an answer of Redis.
        super().__init__([queue], connection=queue.connection, serializer=JSONSerializer, worker_ttl=16)
        self._pool = pool
        self._idle_poll = idle_poll
        self._stop = stop

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """The next ticket. Raises RQ's StopRequested when the worker is to end, or Redis is away."""
        while True:
            try:
                with self._stop.interrupts():
                    return self._next_ticket()
            except DequeueTimeout:
                _drains[self._pool]()
            except StopRequested:
                raise QuitRequested from None
            except RedisError as error:
                logger.warning("Redis is away: %s", error)
                raise QuitRequested from None

    def _next_ticket(self) -> tuple[Job, Queue] | None:
        self.heartbeat()
        ticket: tuple[Job, Queue] | None = self.queue_class.dequeue_any(
            self._ordered_queues,
            max(1, math.ceil(self._idle_poll)),
            connection=self.connection,
            job_class=self.job_class,
            serializer=self.serializer,
            death_penalty_class=self.death_penalty_class,
        )
        return ticket

    def subscribe(self) -> None:
        """No commands over pub/sub: what a worker is to do is in the database."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed."""

    def _install_signal_handlers(self) -> None:
        """`Stop` has them."""

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """A drain that failed: the log says why, the database still has the work."""
        logger.error("draining %s failed", self._pool, exc_info=exc_info)
