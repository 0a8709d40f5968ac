"""Attempts on real engines, which are started on first use."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from patchbay_runners.engines.engine import Size, engine_named
from patchbay_runners.engines.keeper import KEEPER, STATE, state_of
from patchbay_runners.engines.use import EngineUnavailable, Site, Use, end_engines
from tests.processes import command_line, descendants, state_and_parent, wait_for
from tests.runners.engines.workbench import Workbench

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(400)]


def keeper_of(site: Site, engine: str) -> int:
    return int((site.folder / engine / KEEPER).read_text())


def alive(pids: set[int]) -> list[str]:
    return [f"{pid} {command_line(pid)}" for pid in pids if (found := state_and_parent(pid)) and found[0] != "Z"]


def test_an_operator_works_on_the_engine(bench: Workbench) -> None:
    request = bench.request()
    events = bench.run(request)
    assert events[-1].kind == "finished", events[-1].data
    assert bench.text() == f"1000 {bench.runner.external_id(request)}"


def test_the_engine_is_shared(bench: Workbench, site: Site, engine: str) -> None:
    bench.run(bench.request())
    keeper = keeper_of(site, engine)
    uses = [Use(engine_named(engine), site) for _ in range(3)]
    assert len({tuple(sorted(use.begin().items())) for use in uses}) == 1
    for use in uses:
        use.close()
    assert keeper_of(site, engine) == keeper


def test_a_cancelled_attempt_stops_on_the_engine_too(bench: Workbench) -> None:
    bench.start_endless()
    bench.runner.cancel()
    bench.runner.clean_up()
    wait_for(lambda: not bench.works(), what="the engine to stop", seconds=30)
    assert bench.run(bench.request())[-1].kind == "finished"


def test_what_a_dead_driver_has_left_ends_with_it(bench: Workbench) -> None:
    bench.start_endless()
    assert bench.runner.process_id
    os.kill(bench.runner.process_id, signal.SIGKILL)
    assert bench.rest()[-1].data["error"]["code"] == "process_killed"
    wait_for(lambda: not bench.works(), what="the engine to stop", seconds=30)


def test_what_a_dead_worker_has_left_is_ended_by_its_id(bench: Workbench) -> None:
    """The worker's last attempt is known by what was kept before it started."""
    request = bench.start_endless()
    external_id = bench.runner.external_id(request)
    assert external_id and bench.runner.process_id
    os.kill(bench.runner.process_id, signal.SIGKILL)
    bench.runner.end_external(external_id)
    wait_for(lambda: not bench.works(), what="the engine to stop", seconds=30)


def test_an_engine_whose_keeper_was_killed_is_gone_and_started_anew(bench: Workbench, site: Site, engine: str) -> None:
    bench.run(bench.request())
    keeper, (_, work) = keeper_of(site, engine), state_of(site.folder / engine)
    processes = descendants(keeper)
    assert processes
    os.kill(keeper, signal.SIGKILL)
    wait_for(lambda: not alive(processes), what="the engine to end", seconds=60)
    end = bench.run(bench.request())[-1]
    assert end.kind == "finished", end.data
    assert keeper_of(site, engine) != keeper
    assert not work.exists()


def test_what_a_killed_keeper_said_is_not_believed_while_the_next_one_begins(tmp_path: Path, engine: str) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    folder = tmp_path / engine
    folder.mkdir()
    state = {"keeper": gone.pid, "address": "127.0.0.1:1", "work": str(tmp_path)}
    (folder / STATE).write_text(json.dumps(state))
    use = Use(engine_named(engine), Site(tmp_path, Size(1, 1 << 30, {"train": 1.0})))
    with (folder / KEEPER).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert use.now() is None
        (folder / STATE).write_text(json.dumps(state | {"keeper": os.getpid()}))
        assert use.now() is not None


def test_an_engine_that_nobody_uses_is_ended(tmp_path: Path, engine: str) -> None:
    site = Site(tmp_path, Size(1, 1 << 30, {"train": 1.0}), idle=0.2)
    use = Use(engine_named(engine), site)
    use.begin()
    processes = descendants(keeper_of(site, engine))
    assert processes
    _, work = state_of(site.folder / engine)
    use.close()
    wait_for(lambda: use.now() is None, what="the engine to end", seconds=60)
    wait_for(lambda: not alive(processes) and not work.exists(), what="its processes and files to be gone")


def test_an_engine_that_does_not_start_says_why(tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    site = Site(tmp_path, Size(1, 1 << 10, {"train": -1.0}))
    with pytest.raises(EngineUnavailable, match=f"The engine {engine} cannot be used: it ended with status"):
        Use(engine_named(engine), site).begin()
    end_engines(site.folder)


def test_an_address_that_is_given_is_used(bench: Workbench, site: Site, engine: str, tmp_path: Path) -> None:
    bench.run(bench.request())
    address, _ = state_of(site.folder / engine)
    elsewhere = Site(tmp_path / "none", site.size, addresses=((engine, address),))
    environment = Use(engine_named(engine), elsewhere).begin()
    assert address in environment.values()
    assert not elsewhere.folder.exists()
