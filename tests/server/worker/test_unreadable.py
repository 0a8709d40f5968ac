"""Inputs that are gone or changed on disk: named, and made again by the next run, without an operator."""

import os
from pathlib import Path

import pytest

from patchbay_server.engine import Engine
from patchbay_server.graph.plan import Plan
from tests.server.engine.flows import submit
from tests.server.worker.workshop import Workshop


def blob_of(workshop: Workshop, engine: Engine, run_id: int, path: str) -> Path:
    task = next(task for task in engine.tasks(run_id) if task.path == path)
    (blob,) = workshop.store.open(next(iter(task.outputs.values()))).values()
    return blob


def change(blob: Path, content: bytes) -> None:
    """Behind everybody's back, and long ago."""
    assert len(content) == blob.stat().st_size
    blob.chmod(0o644)
    blob.write_bytes(content)
    os.utime(blob, (1, 1))


def error_of(engine: Engine, run_id: int, path: str) -> dict:
    task = next(task for task in engine.tasks(run_id) if task.path == path)
    assert task.error is not None
    return task.error


def test_a_changed_input_is_named_and_made_again_by_the_next_run(workshop: Workshop, engine: Engine) -> None:
    first = submit(engine, workshop.plan("a", "b <- a"))
    workshop.drain()
    blob = blob_of(workshop, engine, first, "a")
    change(blob, b"x()")
    failed = submit(engine, workshop.plan("a", "b <- a", b={"name": "B"}))
    workshop.drain()
    error = error_of(engine, failed, "b")
    assert error["code"] == "artifact_corrupt"
    assert "was changed" in error["message"] and "run the step that makes it again" in error["message"]
    assert not blob.exists()
    again = submit(engine, workshop.plan("a", "b <- a", b={"name": "B"}))
    workshop.drain()
    assert workshop.executed() == ["a", "b", "a", "B"]
    assert workshop.value(again, "b") == "B(a())"
    assert engine.inspect() == []


def test_a_resumed_run_makes_it_again_too(workshop: Workshop, engine: Engine) -> None:
    first = submit(engine, workshop.plan("a", "b <- a"))
    workshop.drain()
    change(blob_of(workshop, engine, first, "a"), b"x()")
    failed = submit(engine, workshop.plan("a", "b <- a", b={"name": "B"}))
    workshop.drain()
    assert error_of(engine, failed, "b")["code"] == "artifact_corrupt"
    resumed, _ = engine.resume(failed)
    workshop.drain()
    assert engine.run(resumed).state == "done"
    assert workshop.value(resumed, "b") == "B(a())"


def test_a_table_that_cannot_be_opened_any_more(workshop: Workshop, engine: Engine) -> None:
    """Too large to be compared with its hash whenever it is opened; its end says what it consists of."""

    def counted(name: str) -> Plan:
        rows = {"id": "a", "operator": "test.rows@1.0.0", "params": {"tools": [f"tool {n}" for n in range(10_000)]}}
        count = {"id": "b", "operator": "test.count@1.0.0", "params": {"name": name}}
        return workshop.flow({"nodes": [rows, count], "edges": [{"from": "a.table", "to": "b.table"}]})

    first = submit(engine, counted("b"))
    workshop.drain()
    assert engine.run(first).state == "done"
    blob = blob_of(workshop, engine, first, "a")
    assert blob.stat().st_size > 1 << 16
    change(blob, blob.read_bytes()[:-500] + bytes(500))
    for expected in ("failed", "done"):
        run_id = submit(engine, counted("again"))
        workshop.drain()
        assert engine.run(run_id).state == expected
        if expected == "failed":
            assert error_of(engine, run_id, "b")["code"] == "artifact_corrupt"


@pytest.mark.parametrize("how", ["gone", "cut short"])
def test_an_input_that_vanishes_while_its_run_goes_on(workshop: Workshop, engine: Engine, how: str) -> None:
    run_id = submit(engine, workshop.plan("a", "b <- a"))
    claim = engine.claim("train", "w")
    assert claim is not None
    following = workshop.supervisor.execute(claim).next
    assert following is not None
    blob = blob_of(workshop, engine, run_id, "a")
    blob.unlink()
    if how == "cut short":
        blob.write_text("a")
    workshop.supervisor.execute(following)
    assert error_of(engine, run_id, "b")["code"] == "artifact_lost"
    resumed, _ = engine.resume(run_id)
    workshop.drain()
    assert workshop.value(resumed, "b") == "b(a())"
    assert workshop.executed() == ["a", "a", "b"]


def test_what_a_task_says_of_others_is_not_believed(workshop: Workshop, engine: Engine) -> None:
    """Only what it had as an input is looked at."""
    run_id = submit(engine, workshop.plan("a", "b"))
    workshop.drain()
    blob = blob_of(workshop, engine, run_id, "a")
    change(blob, b"x()")
    submit(engine, workshop.plan("c"))
    claim = engine.claim("train", "w")
    assert claim is not None
    artifact = next(task for task in engine.tasks(run_id) if task.path == "a").outputs["out"]
    error = {"code": "artifact_corrupt", "message": "", "details": {"artifact": artifact}}
    workshop.supervisor._fail(claim, error)
    assert blob.exists()
