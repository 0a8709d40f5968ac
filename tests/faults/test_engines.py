"""Workers that die while an engine works for them: nothing goes on there, and the task is done once."""

import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patchbay_runners.engines.use import Site
from patchbay_server.engine import Engine
from patchbay_server.store.database import Database
from tests.faults.rig import Rig
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS, plan_of, submit
from tests.server.worker.workshop import wait_for

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(300)]

ENGINES = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("spark", "ray")]


@pytest.fixture
def database_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """SQLite only: what becomes of abandoned jobs in each database is tested with the engine."""
    shutil.copy(empty_sqlite, tmp_path / "patchbay.db")
    return f"sqlite:///{tmp_path / 'patchbay.db'}"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A worker that starts an engine may be kept from renewing its lease for seconds, on a machine that is busy."""
    database = Database(database_url)
    yield make_engine(database, replace(SETTINGS, lease=5.0))
    database.close()


def start(rig: Rig, engine: Engine, name: str) -> int:
    task = {"operator": "test.count_on_engine@1.0.0", "outputs": ("text",), "engine": name}
    return submit(engine, plan_of("a", a=task | {"params": {"journal": str(rig.folder / "work")}}))


def works(rig: Rig) -> bool:
    """Whether the engine works for a task of `start`, which touches its journal every 0.02 s."""
    journal = rig.folder / "work"
    before = journal.stat().st_mtime_ns if journal.exists() else 0
    time.sleep(0.5)
    return journal.exists() and journal.stat().st_mtime_ns != before


@pytest.mark.parametrize("name", ENGINES)
def test_what_a_killed_worker_has_left_on_an_engine_is_ended(rig: Rig, engine: Engine, site: Site, name: str) -> None:
    run_id = start(rig, engine, name)
    victim = rig.start_worker("victim", site=site)
    wait_for(lambda: works(rig))
    (task,) = engine.tasks(run_id)
    (attempt,) = engine.attempts(task.id)
    assert attempt.external_id
    (rig.folder / "work.enough").touch()
    victim.send_signal(signal.SIGKILL)
    rig.start_worker("successor", site=site)
    rig.finish(run_id)
    assert not works(rig)
    assert rig.committed(run_id) == {"a": ["lost", "done"]}
    assert engine.abandoned() == []
    assert engine.inspect() == []


@pytest.mark.parametrize("name", ENGINES)
def test_a_worker_killed_before_it_submits_loses_nothing(rig: Rig, engine: Engine, site: Site, name: str) -> None:
    run_id = start(rig, engine, name)
    (rig.folder / "work.enough").touch()
    assert rig.start_worker("victim", kill_at="external", site=site).wait(60) == -signal.SIGKILL
    rig.start_worker("successor", site=site)
    rig.finish(run_id)
    assert rig.committed(run_id) == {"a": ["lost", "done"]}
    assert engine.abandoned() == []


@pytest.mark.parametrize("name", ENGINES)
def test_a_run_that_is_cancelled_stops_on_the_engine_too(rig: Rig, engine: Engine, site: Site, name: str) -> None:
    run_id = start(rig, engine, name)
    rig.start_worker("worker", site=site)
    wait_for(lambda: works(rig))
    engine.cancel(run_id)
    rig.wait_for_end(run_id)
    wait_for(lambda: not works(rig))
    assert engine.run(run_id).state == "cancelled"
