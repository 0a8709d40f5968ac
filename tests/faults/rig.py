"""Real worker processes, a reconciler and a Redis, to be killed, frozen and emptied."""

import multiprocessing
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from redis import Redis

from patchbay_runners.engines.use import Site
from patchbay_server.engine import Engine
from patchbay_server.engine.tickets import Tickets
from patchbay_server.process_tree.redis_server import RedisServer, prepare
from patchbay_server.worker.reconciler import reconcile
from patchbay_server.worker.stop import Stop
from tests.faults import worker_process
from tests.server.worker.workshop import Workshop, wait_for

ENDED = ("done", "failed", "cancelled")
WARM = multiprocessing.get_context("forkserver")
"""Workers are forked from a process that has imported what they need: each would take a second for it."""
WARM.set_forkserver_preload([worker_process.__name__])


class Worker:
    """A process of the platform, to be treated badly."""

    def __init__(self, main: Callable[..., None], *arguments: object) -> None:
        self._process = WARM.Process(target=main, args=arguments)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    def wait(self, seconds: float) -> int | None:
        """Its exit status once it has ended, negative: the signal that killed it; None: it still runs."""
        self._process.join(seconds)
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        if self.wait(0) is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Rig(Workshop):
    """A platform whose workers are processes; its own drain and runner are not used.

    Its reconciler is a thread, unless `reconciles` is false: then start some with `start_reconciler`.
    """

    def __init__(self, engine: Engine, folder: Path, database_url: str, *, reconciles: bool = True) -> None:
        super().__init__(engine, folder, None)  # type: ignore[arg-type]
        self.database_url = database_url
        self.redis: RedisServer = prepare(folder / "redis")
        self.tickets = Tickets(self.redis.url)
        self.workers: dict[str, Worker] = {}
        self._redis_process: subprocess.Popen[bytes] | None = None
        self._stop = Stop()
        self._reconciler = threading.Thread(target=reconcile, args=(engine, self.tickets, 0.1, self._stop))
        self._reconciles = reconciles

    def __enter__(self) -> "Rig":
        self.start_redis()
        if self._reconciles:
            self._reconciler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.request()
        if self._reconciles:
            self._reconciler.join()
        for worker in self.workers.values():
            worker.send_signal(signal.SIGCONT)
            worker.terminate()
        for worker in self.workers.values():
            worker.wait(30)
        self.stop_redis()
        self.tickets.close()

    def start_redis(self) -> None:
        if self._redis_process is not None:
            return
        log = (self.folder / "redis.log").open("ab")
        self._redis_process = subprocess.Popen(self.redis.command, stdout=log, stderr=log)
        log.close()
        self.redis.wait_until_ready(30)

    def stop_redis(self) -> None:
        if self._redis_process is not None:
            self._redis_process.kill()
            self._redis_process.wait()
            self._redis_process = None

    def flush_redis(self) -> None:
        assert self._redis_process is not None
        with Redis.from_url(self.redis.url) as client:
            client.flushall()

    def start_worker(self, name: str, kill_at: str = "", site: Site | None = None) -> Worker:
        """Start a worker process; one with a `site` drives the engines there."""
        settings = replace(self.engine.settings, kill_at=kill_at, log_dir=str(self.folder / "logs"))
        worker = Worker(worker_process.main, self.folder, name, self.database_url, self.redis.url, settings, site)
        self.workers[name] = worker
        return worker

    def start_reconciler(self, name: str) -> None:
        """Start a reconciler process, which is kept among the workers."""
        given = (self.folder, name, self.database_url, self.redis.url, self.engine.settings)
        self.workers[name] = Worker(worker_process.reconciler, *given)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def wait_for_end(self, run_id: int) -> None:
        wait_for(lambda: self.engine.run(run_id).state in ENDED)

    def finish(self, run_id: int) -> None:
        """Wait for a run that must succeed."""
        self.wait_for_end(run_id)
        errors = {task.path: task.error for task in self.engine.tasks(run_id) if task.error}
        assert self.engine.run(run_id).state == "done", errors

    def committed(self, run_id: int) -> dict[str, list[str]]:
        """Node -> states of its attempts."""
        return {
            task.path: [attempt.state for attempt in self.engine.attempts(task.id)]
            for task in self.engine.tasks(run_id)
        }
