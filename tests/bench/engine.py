"""What the engine costs per node that does nothing, against raw RQ with a SimpleWorker on the same Redis.

Both sides: one worker, idle and warm; from handing the work over until all of it is done. A node is stored in SQL
with attempt, events and outputs; an RQ job keeps its result in Redis. PostgreSQL is durable, as it comes.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patchbay_server.services.platform import Platform
from tests.bench.embedded import noop, platform, run
from tests.bench.figure import in_turn, report
from tests.server.databases import running_postgres

CHAIN, FAN = 100, 1000
BOUNDS = {"sqlite": 0.5, "postgresql": 1.5}
WORKER = "import sys; from redis import Redis; from rq import Queue, SimpleWorker; c = Redis.from_url(sys.argv[1]);"
WORKER += "SimpleWorker([Queue('raw', connection=c)], connection=c).work(logging_level='ERROR')"


def nothing() -> None:
    """The job of the other side."""


def chain() -> dict[str, Any]:
    """Nodes one behind the other."""
    edges = [{"from": f"n{i}.after", "to": f"n{i + 1}.before"} for i in range(CHAIN - 1)]
    return {"format": 1, "name": "chain", "nodes": [noop(f"n{i}") for i in range(CHAIN)], "edges": edges}


def fan() -> dict[str, Any]:
    """One node, and all others behind it."""
    edges = [{"from": "n0.after", "to": f"n{i}.before"} for i in range(1, FAN)]
    return {"format": 1, "name": "fan", "nodes": [noop(f"n{i}") for i in range(FAN)], "edges": edges}


@contextmanager
def raw_worker(url: str) -> Iterator[None]:
    """An RQ SimpleWorker in a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", WORKER, url], cwd=Path(__file__).parents[2])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def rq_chain(queue: Any) -> None:
    """The same chain as RQ jobs that depend on one another."""
    job = None
    for _ in range(CHAIN):
        job = queue.enqueue(nothing, depends_on=job)
    _wait(queue, [job])


def rq_fan(queue: Any) -> None:
    """The same fan as RQ jobs."""
    first = queue.enqueue(nothing)
    _wait(queue, queue.enqueue_many([queue.prepare_data(nothing, depends_on=[first]) for _ in range(1, FAN)]))


def _wait(queue: Any, jobs: list[Any]) -> None:
    for job in reversed(jobs):
        while job.get_status(refresh=True).value != "finished":
            time.sleep(0.005)


def main() -> bool:
    """Medians of three rounds in turn."""
    with platform() as opened:
        ok = _measure(opened, "sqlite")
    with running_postgres(durable=True) as server, platform(server.create("bench")) as opened:
        return _measure(opened, "postgresql") and ok


def _measure(opened: Platform, database: str) -> bool:
    from redis import Redis
    from rq import Queue

    url = opened.settings.redis_url
    assert url is not None
    queue = Queue("raw", connection=Redis.from_url(url))
    with raw_worker(url):
        rq_chain(queue)
        ok = True
        cases = (("chain_100", CHAIN, chain(), rq_chain), ("fan_out_1000", FAN, fan(), rq_fan))
        for name, count, document, raw in cases:
            ours, theirs = in_turn(
                [lambda document=document: run(opened, document), lambda raw=raw: raw(queue)],  # type: ignore[misc]
                rounds=3,
            )
            ok &= report(
                f"engine_per_noop_node_{name}_{database}_against_rq",
                bound=BOUNDS[database], ratio=ours / theirs, ms=ours / count * 1000, rq_ms=theirs / count * 1000,
            )  # fmt: skip
    return ok
