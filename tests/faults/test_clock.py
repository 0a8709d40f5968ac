"""Somebody sets the database's clock, by an hour, while tasks run, wait and lose their worker."""

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from patchbay_server.engine import Engine
from patchbay_server.store.database import Database
from tests.faults.clocks import Clock, follow
from tests.faults.rig import Rig
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS, states, submit
from tests.server.worker.workshop import wait_for

HOUR = 3600.0


@pytest.fixture
def clock(database_url: str, tmp_path: Path) -> Iterator[Clock]:
    with closing(Clock(database_url, tmp_path)) as clock:
        yield clock


@pytest.fixture
def engine(clock: Clock, database_url: str, tmp_path: Path) -> Iterator[Engine]:
    with closing(Database(database_url)) as database:
        follow(database, tmp_path)
        yield make_engine(database, SETTINGS)


def test_a_clock_that_is_set_ahead_ends_leases_and_nothing_else(rig: Rig, engine: Engine, clock: Clock) -> None:
    """A worker that renews its lease before anybody looks keeps its task."""
    run_id = submit(engine, rig.plan("a", "b <- a", a={"act": "wait_for_go", "settings": {"timeout": 600.0}}))
    rig.start_worker("one")
    wait_for(lambda: rig.executed() == ["a"])
    clock.set(HOUR)
    engine.tick()
    (rig.folder / "go").touch()
    rig.finish(run_id)
    attempts = rig.committed(run_id)
    assert attempts["a"] in (["lost", "done"], ["done"])
    assert attempts["b"] == ["done"]
    assert engine.inspect() == []


def test_a_clock_that_is_set_back_holds_nobody_up(rig: Rig, engine: Engine, clock: Clock) -> None:
    late = {"act": "falter", "settings": {"retries": 4, "retry_delay": 2.0}}
    run_id = submit(engine, rig.plan("a", "late", a={"act": "wait_for_go"}, late=late))
    rig.start_worker("one")
    rig.start_worker("two")
    wait_for(lambda: states(engine, run_id) == {"a": "running", "late": "delayed"})
    owner = engine.tasks(run_id)[0].worker
    assert owner
    rig.workers[owner].send_signal(signal.SIGKILL)
    clock.set(-HOUR)
    (rig.folder / "go").touch()
    rig.finish(run_id)
    assert rig.committed(run_id)["a"] == ["lost", "done"]
    assert engine.inspect() == []
