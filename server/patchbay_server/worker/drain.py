"""Draining: claim, run, commit and claim again, until a pool has nothing for this worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from patchbay_server.engine import Claim, Engine, Lane
from patchbay_server.worker.supervisor import Supervisor

POLL = 0.01
"""Seconds between two looks while lingering."""


class Drain:
    """One worker's loop over the tasks of a pool. `ring` wakes other workers: pool -> tasks that are ready."""

    def __init__(
        self,
        engine: Engine,
        supervisor: Supervisor,
        pool: str,
        worker: str,
        ring: Callable[[Mapping[str, int]], None],
        stopping: Callable[[], bool] = lambda: False,
        lane: Lane = "local",
    ) -> None:
        self._engine = engine
        self._supervisor = supervisor
        self._pool = pool
        self._worker = worker
        self._ring = ring
        self._stopping = stopping
        self._lane = lane

    def __call__(self) -> int:
        """Work until the pool is empty, and a little longer; how many tasks were handled."""
        handled = 0
        while not self._stopping():
            claim = self._claim_soon()
            if claim is None:
                break
            while claim is not None:
                ended = self._supervisor.execute(claim)
                handled += 1
                self._wake_others(ended.wake)
                claim = ended.next
        return handled

    def _claim_soon(self) -> Claim | None:
        """The next task, also when it becomes ready only in a moment."""
        until = time.monotonic() + self._engine.settings.linger
        while True:
            claim = self._claim() if self._engine.has_work(self._pool, self._lane) else None
            if claim is not None or time.monotonic() >= until or self._stopping():
                return claim
            time.sleep(POLL)

    def _claim(self) -> Claim | None:
        return self._engine.claim(self._pool, self._worker, self._lane)

    def _wake_others(self, wake: Mapping[str, int]) -> None:
        others = dict(wake)
        if self._pool in others:
            others[self._pool] -= 1  # this worker takes one itself
        others = {pool: tasks for pool, tasks in others.items() if tasks > 0}
        if others:
            self._ring(others)
