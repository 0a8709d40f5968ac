"""Two `patchbay up` on one PostgreSQL, one Redis and one store: two web processes, reconcilers, four workers, blows.

As in `test_nemesis`, PATCHBAY_TEST_SEED and PATCHBAY_TEST_SEEDS say where to begin and how many seeds to try.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from patchbay_server.process_tree import redis_server
from tests.e2e.conftest import Desk, make_desk
from tests.e2e.http import Client, Refused
from tests.processes import command_line, descendants, leaving_nothing_behind, wait_for
from tests.server import databases

T = TypeVar("T")

SEEDS = int(os.environ.get("PATCHBAY_TEST_SEEDS", "1"))
SEED = int(os.environ.get("PATCHBAY_TEST_SEED", "20240"))
STAGES = 5
MOST = 9 if "PATCHBAY_TEST_SEEDS" in os.environ else 5
"""Blows of one test."""
BLOWS = (
    "cli web",
    "cli reconciler",
    "worker --pool",
    "worker --pool",
    "preloader",
    "freeze",
    "postgres",
    "redis",
    "up",
)
"""What is killed, by its command line, or done: a run is submitted before each."""


@dataclass
class Site:
    """What the two platforms share, and the platforms themselves."""

    folder: Path
    postgres: databases.Postgres
    redis: redis_server.RedisServer
    desks: list[Desk] = field(default_factory=list)
    platforms: list[subprocess.Popen[str]] = field(default_factory=list)
    redis_process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start_redis(self) -> None:
        with (self.folder / "redis.log").open("ab") as log:
            self.redis_process = subprocess.Popen(self.redis.command, stdout=log, stderr=log)
        self.redis.wait_until_ready(30)

    def stop_redis(self) -> None:
        assert self.redis_process
        self.redis_process.kill()
        self.redis_process.wait()

    def process(self, chance: random.Random, text: str) -> int:
        """One of the processes with this in their command line, as soon as there is one."""
        found: list[int] = []

        def look() -> bool:
            every = (pid for up in self.platforms for pid in descendants(up.pid))
            found[:] = sorted(pid for pid in every if text in command_line(pid))
            return bool(found)

        wait_for(look, what=text)
        return chance.choice(found)


@pytest.fixture
def site(postgres: databases.Postgres, tmp_path: Path) -> Iterator[Site]:
    with leaving_nothing_behind(), databases.running_postgres() as server:
        site = Site(tmp_path, server, redis_server.prepare(tmp_path / "redis"))
        site.start_redis()
        shared = {
            "DATABASE_URL": server.create("shared"),
            "REDIS_URL": site.redis.url,
            "PATCHBAY_ARTIFACTS": str(tmp_path / "artifacts"),
            "PATCHBAY_OPERATORS": str(tmp_path / "operators"),
            "PATCHBAY_SECRET_KEYS": str(tmp_path / "secret-keys"),
            "PATCHBAY_PROJECTS": str(tmp_path / "projects"),
            "PATCHBAY_ATTEMPT_LOGS": str(tmp_path / "logs"),
            "PATCHBAY_DATA_ROOTS": str(site.data),
            "PATCHBAY_POOL_TRAIN": "workers=2 drivers=0 cpu=4",
        }
        site.data.mkdir()
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            desk = make_desk(tmp_path / name)
            desk.environment.update(shared)
            site.desks.append(desk)
            site.platforms.append(desk.up())
        try:
            yield site
        finally:
            for up in site.platforms:
                up.terminate()
            for up in site.platforms:
                up.communicate(timeout=60)
            site.stop_redis()


@pytest.mark.parametrize("seed", range(SEED, SEED + SEEDS))
def test_two_platforms_on_one_database_lose_nothing(site: Site, seed: int) -> None:
    chance = random.Random(seed)
    token = site.desks[0].token()

    def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer of one of the two, as soon as one gives it."""
        place = "/projects/default" + path
        return patiently(lambda: Client(chance.choice(site.desks).state["url"], token)(method, place, body, **headers))

    blows = chance.sample(BLOWS, MOST)
    ask("POST", "/flows", {"document": flow(site.data)}, Idempotency_Key="flow")
    runs, cancelled = [], chance.randrange(len(blows))
    for number, blow in enumerate(blows):
        key = f"run {number}"
        first, again = (ask("POST", "/runs", {"flow": "stages"}, Idempotency_Key=key) for _ in range(2))
        assert first["id"] == again["id"]
        runs.append(first["id"])
        if number == cancelled:
            ask("POST", f"/runs/{first['id']}/cancel")
        strike(site, chance, blow)
        if number < STAGES:
            (site.data / f"go{number}").touch()
    for run in runs:
        wait_for(lambda run=run: ask("GET", f"/runs/{run}")["ended_at"], what=f"run {run}", seconds=120)  # type: ignore[misc]
    assert sorted(run["id"] for run in ask("GET", "/runs?limit=100")["items"]) == sorted(runs)
    for number, run in enumerate(runs):
        check(ask, run, "cancelled" if number == cancelled else "done")
    for desk in site.desks:
        doctor = desk.run("doctor")
        assert doctor.returncode == 0, doctor.stdout


def check(ask: Callable[..., Any], run: int, state: str) -> None:
    """The run and its tasks ended as they should, each done once, and told so once in events without a gap."""
    tasks = ask("GET", f"/runs/{run}/tasks?limit=100")["items"]
    assert ask("GET", f"/runs/{run}")["state"] == state, tasks
    assert len(tasks) == 4 * STAGES
    assert {task["state"] for task in tasks} <= {state, "done"}
    for task in tasks:
        attempts = [attempt["state"] for attempt in ask("GET", f"/runs/{run}/tasks/{task['id']}")["attempts"]]
        assert attempts.count("done") == (task["state"] == "done"), attempts
        assert "running" not in attempts
    events = ask("GET", f"/runs/{run}/events?after=0&limit=1000")["items"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    ended = [event["data"]["path"] for event in events if event["kind"] == "task" and event["data"]["state"] == "done"]
    assert sorted(ended) == sorted(task["path"] for task in tasks if task["state"] == "done")


def flow(data: Path) -> dict[str, Any]:
    """Chains side by side; the tasks of a stage wait for its file."""
    nodes, edges = [], []
    for chain in "abcd":
        for stage in range(STAGES):
            params = {"marker": f"{data}/begun-{chain}{stage}", "until": f"{data}/go{stage}"}
            nodes.append({"id": f"{chain}{stage}", "operator": "code.wait@1.0.0", "params": params})
            if stage:
                edges.append({"from": f"{chain}{stage - 1}.text", "to": f"{chain}{stage}.after"})
    return {"format": 1, "name": "stages", "nodes": nodes, "edges": edges}


def strike(site: Site, chance: random.Random, blow: str) -> None:
    if blow == "postgres":
        site.postgres.stop(signal.SIGQUIT)
        time.sleep(chance.random())
        site.postgres.start()
    elif blow == "redis":
        site.stop_redis()
        time.sleep(chance.random())
        site.start_redis()
    elif blow == "up":
        number = chance.randrange(2)
        site.platforms[number].kill()
        site.platforms[number].communicate()
        site.platforms[number] = site.desks[number].up()
    elif blow == "freeze":
        pid = site.process(chance, "worker --pool")
        os.kill(pid, signal.SIGSTOP)
        time.sleep(4)  # the lease is over after 3
        os.kill(pid, signal.SIGCONT)
    else:
        os.kill(site.process(chance, blow), signal.SIGKILL)


def patiently(ask: Callable[[], T]) -> T:
    """An answer, as soon as there is one that does not say that something is away."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return ask()
        except (OSError, Refused) as error:
            if time.monotonic() > deadline or (isinstance(error, Refused) and error.status < 500):
                raise
            time.sleep(0.1)
