"""Disks that are full, under real workers: named, nothing half-written, and the work goes on when there is room."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from patchbay_server.engine import Engine
from patchbay_server.store.database import DatabaseError
from tests.faults.rig import Rig
from tests.server.engine.flows import submit
from tests.server.worker.workshop import wait_for

NODES = ("a", "b <- a", "c <- b")
PATIENT = {"retries": 1000, "retry_delay": 0.2}


class SmallDisk:
    """One of a megabyte or a few at a folder."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no byte."""
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError), self._filler.open("ab", buffering=0) as file:
                while file.write(b"x" * size) == size:
                    pass

    def free(self) -> None:
        self._filler.unlink()


@pytest.fixture
def mount() -> Iterator[Callable[[Path, str], SmallDisk]]:
    """Mounts a small disk, of a size such as ``1m``, at a folder."""
    mounted = []

    def make(folder: Path, size: str) -> SmallDisk:
        folder.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "small", folder]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("a small disk cannot be mounted: that takes root")
        mounted.append(folder)
        return SmallDisk(folder)

    yield make
    for folder in mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def artifacts(mount: Callable[[Path, str], SmallDisk], tmp_path: Path) -> SmallDisk:
    return mount(tmp_path / "store", "1m")


@pytest.fixture
def everything(mount: Callable[[Path, str], SmallDisk], tmp_path: Path) -> SmallDisk:
    return mount(tmp_path, "16m")


def test_the_disk_of_the_artifacts_is_full(artifacts: SmallDisk, rig: Rig, engine: Engine) -> None:
    run_id = submit(engine, rig.plan(*NODES, b={"act": "wait_for_go", "settings": PATIENT}))
    rig.start_worker("worker")
    wait_for(lambda: rig.executed() == ["a", "b"])
    artifacts.fill()
    (rig.folder / "go").touch()
    wait_for(lambda: rig.executed().count("b") > 2)
    b = engine.tasks(run_id)[1]
    error = engine.attempts(b.id)[0].error or {}
    assert error["code"] == "artifact_invalid" and "the disk is full" in error["message"]
    artifacts.free()
    rig.finish(run_id)
    assert set(rig.committed(run_id)["b"][:-1]) == {"failed"}
    assert rig.value(run_id, "c") == "c(b(a()))"
    assert [path for path in rig.store.root.rglob("*") if "staging" in path.parts and path.is_file()] == []
    assert engine.inspect() == []


def test_a_result_is_changed_on_disk(rig: Rig, engine: Engine) -> None:
    """Who reads it says so, and the next run makes it again."""
    rig.start_worker("worker")
    first = submit(engine, rig.plan("a", "b <- a"))
    rig.finish(first)
    (blob,) = rig.store.open(engine.tasks(first)[0].outputs["out"]).values()
    blob.unlink()
    blob.write_text("x()")
    os.utime(blob, (1, 1))
    ends = []
    for _ in range(2):
        run_id = submit(engine, rig.plan("a", "b <- a", b={"name": "B"}))
        rig.wait_for_end(run_id)
        ends.append(engine.run(run_id).state)
    assert ends == ["failed", "done"]
    assert rig.value(run_id, "b") == "B(a())"
    assert rig.executed()[:3] == ["a", "b", "a"]
    assert engine.inspect() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_disk_of_the_database_is_full(everything: SmallDisk, rig: Rig, engine: Engine) -> None:
    """That of the artifacts is the same: whichever is noticed first, the task goes on when there is room."""
    run_id = submit(engine, rig.plan(*NODES, b={"act": "wait_for_go", "settings": PATIENT}))
    rig.start_worker("worker")
    wait_for(lambda: rig.executed() == ["a", "b"])
    everything.fill()
    (rig.folder / "go").touch()
    with pytest.raises(DatabaseError, match="disk is full"):
        for _ in range(100):
            submit(engine, rig.plan(*NODES))
    everything.free()
    rig.finish(run_id)
    assert rig.value(run_id, "c") == "c(b(a()))"
    rig.finish(submit(engine, rig.plan("next")))
    assert engine.inspect() == []
