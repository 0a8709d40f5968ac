"""Somebody who kills, freezes, empties and restarts, as a seed has it."""

import random
import signal
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from patchbay_server.store.database import DatabaseError
from tests.faults.rig import Rig
from tests.server.databases import Postgres

T = TypeVar("T")


class Nemesis:
    """Strikes a platform of three workers and two reconcilers. `postgres`: its database server; None: SQLite."""

    def __init__(self, rig: Rig, chance: random.Random, postgres: Postgres | None) -> None:
        self.log: list[str] = []
        self._rig = rig
        self._chance = chance
        self._postgres = postgres
        self._frozen: list[str] = []
        self._born = 0
        for kind in "wwwrr":
            self._start(kind)

    def strike(self, blow: str) -> None:
        """Undo the last blow, as far as it lasts, and do the next."""
        self.relent()
        self.log.append(blow)
        getattr(self, f"_{blow}")()

    def relent(self) -> None:
        """What is frozen goes on, Redis is there."""
        while self._frozen:
            self._rig.workers[self._frozen.pop()].send_signal(signal.SIGCONT)
        self._rig.start_redis()

    def _start(self, kind: str) -> None:
        name = f"{kind}{self._born}"
        self._born += 1
        (self._rig.start_worker if kind == "w" else self._rig.start_reconciler)(name)

    def _kill(self) -> None:
        name = self._chance.choice(sorted(self._rig.workers))
        process = self._rig.workers.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        self._start(name[0])

    def _freeze(self) -> None:
        name = self._chance.choice(sorted(self._rig.workers))
        self._rig.workers[name].send_signal(signal.SIGSTOP)
        self._frozen.append(name)

    def _flush(self) -> None:
        self._rig.flush_redis()

    def _take_redis(self) -> None:
        self._rig.stop_redis()

    def _database(self) -> None:
        """PostgreSQL crashes and comes back; SQLite stays locked for longer than anybody waits."""
        if self._postgres is not None:
            self._postgres.stop(signal.SIGQUIT)
            time.sleep(self._chance.random())
            self._postgres.start()
            return
        path = sa.make_url(self._rig.database_url).database
        assert path
        holder = sqlite3.connect(path, timeout=60, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(self._chance.uniform(0.5, 3))
        holder.execute("ROLLBACK")
        holder.close()


def patiently(ask: Callable[[], T]) -> T:
    """What the database says, once it is there."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return ask()
        except DatabaseError:
            assert time.monotonic() < deadline, "the database does not come back"
            time.sleep(0.05)
