"""Twenty runs at once of flows of fifty nodes, on two workers: from the first submission until the last has ended.

Each node waits for `SECONDS`, so two workers need at least half the sum. The ratio is to what Python's own pool of two
processes takes for as many waits one by one, since on some machines an idle processor takes milliseconds to wake up.
"""

from __future__ import annotations

import time
from multiprocessing import get_context
from typing import Any

from patchbay_server.services.platform import Platform
from tests.bench.embedded import platform, submit, wait
from tests.bench.figure import in_turn, report
from tests.server.databases import running_postgres

RUNS, LAYERS, WIDTH, WORKERS, ROUNDS = 20, 10, 5, 2, 3
SECONDS = 0.02
BOUND = 1.25


def layered() -> dict[str, Any]:
    """Each node of a layer is behind two of the layer before."""
    pairs = [(layer, place) for layer in range(LAYERS) for place in range(WIDTH)]
    nodes = [
        {"id": f"n{layer}_{place}", "operator": "bench.pause@1.0.0", "params": {"seconds": SECONDS}}
        for layer, place in pairs
    ]
    edges = [
        {"from": f"n{layer - 1}_{above % WIDTH}.after", "to": f"n{layer}_{place}.before"}
        for layer, place in pairs
        if layer
        for above in (place, place + 1)
    ]
    return {"format": 1, "name": "layered", "nodes": nodes, "edges": edges}


def main() -> bool:
    """Medians of `ROUNDS` rounds in turn, on each database."""
    with platform(workers=WORKERS) as opened:
        ok = _measure(opened, "sqlite")
    with running_postgres(durable=True) as server, platform(server.create("bench"), WORKERS) as opened:
        return _measure(opened, "postgresql") and ok


def _measure(opened: Platform, database: str) -> bool:
    document = layered()

    def work() -> None:
        for run_id in [submit(opened, document) for _ in range(RUNS)]:
            wait(opened, run_id)

    tasks = RUNS * LAYERS * WIDTH
    with get_context("spawn").Pool(WORKERS) as pool:

        def plainly() -> None:
            pool.map(time.sleep, [SECONDS] * tasks, chunksize=1)

        plainly()
        makespan, plain = in_turn([work, plainly], ROUNDS)
    return report(
        f"makespan_of_20_runs_of_50_nodes_on_2_workers_{database}_against_a_pool_of_processes",
        bound=BOUND, ratio=makespan / plain, seconds=makespan, pool=plain, half_the_sum=tasks * SECONDS / WORKERS,
    )  # fmt: skip
