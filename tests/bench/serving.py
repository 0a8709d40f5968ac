"""An endpoint of Patchbay against a hand-written Ray Serve deployment of the same model, on one cluster, in one run.

Both go through the same proxy; clients take turns (A B A B ...). The hand-written one checks no key and no value.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import patchbay_server
from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.engines.engine import Size, engine_named
from patchbay_runners.engines.use import Site, Use, end_engines
from patchbay_server.services.models import versions
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import deployments, door
from tests.bench import by_hand, embedded
from tests.bench.figure import report

FLOW = Path(patchbay_server.__file__).parent / "flows" / "yield.json"
ROUNDS = 6
REQUESTS = 200
"""Of each side in each round."""


def main() -> bool:
    """One client and eight at once; the ratio is how much longer Patchbay takes for the same requests."""
    with _head() as environment, _own(environment), embedded.platform() as platform:
        rows, artifact = _deploy(platform)
        subprocess.run([sys.executable, "-m", "tests.bench.by_hand", platform.settings.artifacts, artifact], check=True)
        base = urlsplit(str(door.base_url(platform.settings)))
        headers = {"Authorization": f"Bearer {door.own_key(platform.settings)}", "Content-Type": "application/json"}
        ours = ("/default/bench/predict", json.dumps({"row": rows[0]}).encode())
        theirs = (by_hand.ROUTE, json.dumps([rows[0]]).encode())
        results = [_compare(base.netloc, headers, ours, theirs, clients) for clients in (1, 8)]
    return all(results)


def _deploy(platform: Platform) -> tuple[list[dict[str, Any]], str]:
    """Train the yield flow's model and serve it; rows to ask about, and the model's artifact."""
    run_id = embedded.run(platform, json.loads(FLOW.read_text(encoding="utf-8")))
    outputs = {task.path: task.outputs for task in platform.engine.tasks(run_id)}
    versions.register(platform, COMMAND, 1, "bench", run_id=run_id, node="train")
    deployments.deploy(platform, COMMAND, 1, "bench", model="bench")
    while deployments.find(platform, 1, "bench").state != "serving":
        time.sleep(0.2)
    table = ArtifactStore(platform.settings.artifacts).load(outputs["split"]["test"])
    return table.polars().to_dicts(), outputs["train"]["model"]


def _compare(host: str, headers: Mapping[str, str], ours: Any, theirs: Any, clients: int) -> bool:
    times: tuple[list[float], list[float]] = ([], [])
    walls: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for side, (path, body) in enumerate((ours, theirs)):
            wall, each = _load(host, path, body, headers, clients)
            if number:  # the first round warms up
                walls[side].append(wall)
                times[side].extend(each)
    own, hand = (statistics.median(side) for side in walls)
    return report(
        f"serving, {clients} clients",
        bound=1.25,
        ratio=own / hand,
        requests_per_s=REQUESTS / own,
        by_hand_requests_per_s=REQUESTS / hand,
        p50_ms=_quantile(times[0], 0.5),
        by_hand_p50_ms=_quantile(times[1], 0.5),
        p99_ms=_quantile(times[0], 0.99),
        by_hand_p99_ms=_quantile(times[1], 0.99),
    )


def _load(host: str, path: str, body: bytes, headers: Mapping[str, str], clients: int) -> tuple[float, list[float]]:
    """Seconds for REQUESTS requests by so many clients at once, and of each request."""
    times: list[float] = []

    def ask() -> None:
        connection = http.client.HTTPConnection(host, timeout=60)
        for _ in range(REQUESTS // clients):
            start = time.perf_counter()
            connection.request("POST", path, body, dict(headers))
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            times.append(time.perf_counter() - start)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start, times


def _quantile(times: list[float], share: float) -> float:
    return sorted(times)[int(share * (len(times) - 1))] * 1000


@contextmanager
def _head() -> Iterator[dict[str, str]]:
    """A Ray head for both sides; what the environment needs to find it."""
    path = {"PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path[1:]])}
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), Size(2, 1 << 30, {"inference": 2.0}))
        use = Use(engine_named("ray"), site)
        try:
            with _own(path):
                environment = use.begin()
            yield environment | path
        finally:
            use.close()
            end_engines(site.folder)


@contextmanager
def _own(environment: Mapping[str, str]) -> Iterator[None]:
    """With these variables in this process's environment, and so in that of its children."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
