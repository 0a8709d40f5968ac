"""A random flow, three workers, two reconcilers, and a nemesis: states and results are those of a serial run.

PATCHBAY_TEST_SEED and PATCHBAY_TEST_SEEDS say where to begin and how many seeds to try: see ``make soak``.
"""

import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from patchbay_server.engine import Engine
from patchbay_server.engine.approval import Answer
from patchbay_server.engine.errors import NotAsked
from patchbay_server.graph.planned import APPROVAL
from patchbay_server.store.database import Database
from patchbay_server.store.migrate import upgrade
from tests.faults.nemesis import Nemesis, patiently
from tests.faults.random_flows import RandomFlow
from tests.faults.rig import ENDED, Rig
from tests.server import databases
from tests.server.engine import drawing
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS, submit
from tests.server.worker.test_control_flow import joins, step

SEEDS = int(os.environ.get("PATCHBAY_TEST_SEEDS", "1"))
SEED = int(os.environ.get("PATCHBAY_TEST_SEED", "20240"))
ITEMS = 1000
BLOWS = ["kill", "kill", "kill", "freeze", "freeze", "flush", "take_redis", "database", "database"]


@pytest.fixture(scope="module")
def own_postgres(postgres: databases.Postgres) -> Iterator[databases.Postgres]:
    """A server that may crash: nobody else's tests use it. `postgres` says why where there is none."""
    with databases.running_postgres() as server:
        url = server.create("empty")
        upgrade(url)
        drawing.guard(url)
        yield server


@pytest.fixture
def server(request: pytest.FixtureRequest) -> databases.Postgres | None:
    return request.getfixturevalue("own_postgres") if request.param == "postgresql" else None


@pytest.fixture
def database_url(server: databases.Postgres | None, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if server is None:
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "patchbay.db")
        yield f"sqlite:///{tmp_path / 'patchbay.db'}"
    else:
        yield server.create(tmp_path.name, "empty")
        server.drop(tmp_path.name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    database = Database(database_url)
    yield make_engine(database, replace(SETTINGS, infra_retries=1000))
    database.close()


@pytest.fixture
def rig(engine: Engine, tmp_path: Path, database_url: str) -> Iterator[Rig]:
    with Rig(engine, tmp_path, database_url, reconciles=False) as rig:
        yield rig


@pytest.mark.parametrize("seed", range(SEED, SEED + SEEDS))
@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_the_result_is_that_of_a_serial_run(
    rig: Rig, engine: Engine, server: databases.Postgres | None, seed: int
) -> None:
    chance = random.Random(seed)
    flow = RandomFlow(chance).grow(12)
    nemesis = Nemesis(rig, chance, server)
    blows = [*BLOWS]
    chance.shuffle(blows)
    doomed = submit(engine, rig.flow(flow.document), "doomed")
    run_id = submit(engine, rig.flow(flow.document))
    cancel_after = chance.randint(0, len(blows))
    try:
        for number, blow in enumerate(blows):
            if number == cancel_after:
                patiently(lambda: engine.cancel(doomed))
            watch(rig, run_id, flow, steps=chance.randint(1, 6), seconds=4)
            nemesis.strike(blow)
        nemesis.relent()
        patiently(lambda: engine.cancel(doomed))
        for run in (run_id, doomed):
            watch(rig, run, flow)
        check(rig, run_id, flow)
        check_cancelled(engine, doomed)
    except BaseException:
        print(f"\nReplay: make soak SEED={seed} SEEDS=1; the blows were {nemesis.log}")  # noqa: T201
        raise


@pytest.mark.accept
@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_a_map_over_a_slow_task(rig: Rig, engine: Engine, server: databases.Postgres | None) -> None:
    chance = random.Random(SEED)
    nemesis = Nemesis(rig, chance, server)
    words = [f"w{number}" for number in range(ITEMS)]
    body = {
        "params": {"say": {"type": "string"}},
        "nodes": [step("b", "step", name={"$param": "say"}, act="nap")],
        "edges": [], "inputs": {"text": ["b.in0"]}, "outputs": {"out": "b.out"},
    }  # fmt: skip
    map_node = {"id": "m", "kind": "map", "over": "say", "params": {"say": words}, "body": body}
    nodes = [step("a", "step"), map_node, step("all", "join")]
    flow = {"nodes": nodes, "edges": joins("a.out > m.text", "m.out > all.texts")}
    run_id = submit(engine, rig.flow(flow))
    for blow in chance.sample(BLOWS, len(BLOWS)):
        watch(rig, run_id, RandomFlow(chance), steps=ITEMS // 2 // len(BLOWS), seconds=60)
        nemesis.strike(blow)
    nemesis.relent()
    watch(rig, run_id, RandomFlow(chance), seconds=120 + ITEMS)
    tasks = engine.tasks(run_id)
    assert engine.run(run_id).state == "done", nemesis.log
    assert {task.state for task in tasks} == {"done"}
    for task in tasks:
        assert [attempt.state for attempt in engine.attempts(task.id)].count("done") == 1
    assert rig.value(run_id, "all") == f"all({', '.join(f'{word}(a())' for word in words)})"
    check_events(engine, run_id)


def watch(rig: Rig, run_id: int, flow: RandomFlow, steps: int | None = None, seconds: float = 120) -> None:
    """Answer who is asked, and look for what must be at no moment, until so many steps more or the run have ended."""
    engine = rig.engine
    deadline, enough = time.monotonic() + seconds, None if steps is None else len(rig.executed()) + steps
    while True:
        found = [each for each in patiently(engine.inspect) if each.code != "stale_lease"]
        assert found == []
        if patiently(lambda: engine.run(run_id)).state in ENDED or (enough and len(rig.executed()) >= enough):
            return
        for task in patiently(lambda: engine.tasks(run_id)):
            if task.state == "waiting_approval":
                answer = Answer(task.path not in flow.rejected, "ann")
                with suppress(NotAsked):  # the connection was lost after the decision
                    patiently(partial(engine.decide, run_id, task.id, answer))
        if time.monotonic() > deadline:
            assert enough, {f"{task.path}[{task.index}]": task.state for task in engine.tasks(run_id)}
            return
        time.sleep(0.05)


def check(rig: Rig, run_id: int, flow: RandomFlow) -> None:
    engine = rig.engine
    found, values = {}, {}
    for task in engine.tasks(run_id):
        key = f"{task.path}[{task.index}]" if task.index else task.path
        found[key] = task.state
        if key in flow.values and task.state == "done":
            values[key] = rig.store.load(task.outputs["out"])
        attempts = [attempt.state for attempt in engine.attempts(task.id)]
        asks = task.operator == APPROVAL  # a person answers, not an attempt
        assert attempts.count("done") == (task.state == "done" and not asks), (key, attempts)
        assert "running" not in attempts, (key, attempts)
    assert found.keys() == flow.states.keys()
    assert {key: (state, flow.states[key]) for key, state in found.items() if state not in flow.states[key]} == {}
    assert values == {key: flow.values[key] for key, state in found.items() if state == "done" and key in flow.values}
    assert engine.run(run_id).state == flow.ends
    check_events(engine, run_id)


def check_cancelled(engine: Engine, run_id: int) -> None:
    states = {task.state for task in engine.tasks(run_id)}
    assert states <= {"done", "failed", "skipped", "cancelled"}
    assert (engine.run(run_id).state == "cancelled") == ("cancelled" in states)
    check_events(engine, run_id)
    assert engine.inspect() == []


def check_events(engine: Engine, run_id: int) -> None:
    """Every task has ended once, and no event is missing."""
    events = list(engine.events(run_id, limit=1_000_000))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    ended = [
        (event.data["path"], event.data["index"])
        for event in events
        if event.kind == "task" and event.data["state"] in ("done", "failed", "skipped", "cancelled")
    ]
    assert len(ended) == len(set(ended))
    assert len(ended) == len(engine.tasks(run_id))
