"""Real tasks in real processes, one worker in this process."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from patchbay_runners.local import LocalRunner
from patchbay_server.engine import Engine, Submission
from patchbay_server.graph.plan import Plan
from patchbay_server.store.database import Database
from patchbay_server.store.statement import Statement
from tests.processes import descendants
from tests.server.engine.flows import plan_of, project_of, states, submit
from tests.server.worker.workshop import Workshop, wait_for


def test_values_travel_along_the_edges(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.plan("a", "b <- a", "c <- a b"))
    assert workshop.drain() == 3
    assert workshop.value(run_id, "c") == "c(a(), b(a()))"
    assert workshop.executed() == ["a", "b", "c"]
    assert engine.run(run_id).state == "done"
    assert not list((workshop.folder / "tmp" / "w").iterdir())


def test_the_engine_is_chosen_by_the_size_of_the_inputs(workshop: Workshop, engine: Engine) -> None:
    rows = {"operator": "test.rows@1.0.0", "outputs": ("table",)}
    count = {"operator": "test.count_anywhere@1.0.0", "outputs": ("counted", "out"), "engine": "auto"}
    plan = plan_of(
        "few",
        "many",
        "a <- few",
        "b <- many",
        few=rows | {"params": {"name": "few", "tools": ["x"]}},
        many=rows | {"params": {"name": "many", "tools": [f"tool {number}" for number in range(2000)]}},
        a=count | {"inputs": {"table": (("few", "table"),)}},
        b=count | {"inputs": {"table": (("many", "table"),)}},
    )
    run_id = submit(engine, plan)
    workshop.drain()
    tasks = {task.path: task for task in engine.tasks(run_id)}
    assert (tasks["a"].state, tasks["b"].state, tasks["b"].engine) == ("done", "ready", "spark")
    chosen = {name: tasks[name].engine_choice or {} for name in "ab"}
    assert (chosen["a"]["code"], chosen["b"]["code"]) == ("fits", "too_large")
    assert chosen["b"]["details"]["rows"] == 2000


def test_only_what_changed_and_what_follows_is_executed_again(workshop: Workshop, engine: Engine) -> None:
    nodes = ("a", "b <- a", "c <- b", "d <- a")
    submit(engine, workshop.plan(*nodes))
    workshop.drain()
    workshop.journal.write_text("")
    changed = submit(engine, workshop.plan(*nodes, b={"name": "B"}))
    workshop.drain()
    assert workshop.executed() == ["B", "c"]
    tasks = {task.path: task for task in engine.tasks(changed)}
    assert {path: task.cached for path, task in tasks.items()} == {"a": True, "b": False, "c": False, "d": True}
    assert [reason["text"] for reason in tasks["b"].reasons or []] == ["name: b -> B"]
    assert [reason["text"] for reason in tasks["c"].reasons or []] == ["input in0: other data than before"]


def test_a_changed_source_file_is_read_again(workshop: Workshop, engine: Engine) -> None:
    file = workshop.folder / "data.txt"
    file.write_text(" one")
    values = []
    for text in (" one", " one", " two"):
        file.write_text(text)
        run_id = submit(engine, workshop.plan("a", a={"source": str(file)}), data_roots=[str(workshop.folder)])
        workshop.drain()
        values.append(workshop.value(run_id, "a"))
    assert values == ["a() one", "a() one", "a() two"]
    assert workshop.executed() == ["a", "a"]
    assert [reason["text"] for reason in engine.tasks(run_id)[0].reasons or []] == [
        "source: the content of the source changed"
    ]


def test_what_is_the_platforms_own_is_closed_to_flows(workshop: Workshop, engine: Engine) -> None:
    for name in ("secret-keys", "store/manifest", "journal"):
        (workshop.folder / name).parent.mkdir(exist_ok=True)
        (workshop.folder / name).write_text("")
        source = {"source": str(workshop.folder / name)}
        run_id = submit(engine, workshop.plan("a", a=source), data_roots=[str(workshop.folder)])
        workshop.drain()
        (task,) = engine.tasks(run_id)
        assert (task.error is None) == (name == "journal")
        assert task.error is None or "lies outside of the data folders" in task.error["message"]


def test_a_result_that_vanished_from_the_store_is_made_again(workshop: Workshop, engine: Engine) -> None:
    submit(engine, workshop.plan("a"))
    workshop.drain()
    for blob in (workshop.folder / "store" / "cas").glob("*/*"):
        blob.unlink()
    run_id = submit(engine, workshop.plan("a"))
    workshop.drain()
    assert workshop.executed() == ["a", "a"]
    assert workshop.value(run_id, "a") == "a()"
    assert [reason["kind"] for reason in engine.tasks(run_id)[0].reasons or []] == ["lost"]


def test_bypass_runs_everything_again(workshop: Workshop, engine: Engine) -> None:
    for _ in range(2):
        run_id = submit(engine, workshop.plan("a", "b <- a"), bypass_cache=True)
        workshop.drain()
    assert workshop.executed() == ["a", "b", "a", "b"]
    assert [reason["text"] for reason in engine.tasks(run_id)[0].reasons or []] == ["cache switched off for this run"]


def test_an_error_of_the_data_reaches_the_task(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.plan("a", "b <- a", a={"act": "refuse"}))
    workshop.drain()
    task = engine.tasks(run_id)[0]
    assert task.error is not None
    assert (task.error["code"], task.error["message"]) == ("data_invalid", "Column 'lot' is missing: add it.")
    assert states(engine, run_id) == {"a": "failed", "b": "skipped"}
    assert Path(task.log_path or "").exists()


def test_an_operator_that_is_not_installed_fails_by_name(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.plan("a", a={"operator": "test.gone@1.0.0"}))
    workshop.drain()
    assert "No operator 'test.gone' is installed" in (engine.tasks(run_id)[0].error or {})["message"]


def test_a_task_that_cannot_even_be_prepared_fails_alone(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.plan("a", "other", a={"source": float("nan")}))
    workshop.drain()
    assert states(engine, run_id) == {"a": "failed", "other": "done"}
    assert (engine.tasks(run_id)[0].error or {})["code"] == "engine_error"


def test_retries_are_used_until_it_works(workshop: Workshop, engine: Engine) -> None:
    settings = {"retries": 5, "retry_delay": 0.0}
    run_id = submit(engine, workshop.plan("a", a={"act": "recover", "settings": settings}))
    workshop.drain()
    assert engine.run(run_id).state == "done"
    attempts = engine.attempts(engine.tasks(run_id)[0].id)
    assert [attempt.state for attempt in attempts] == ["failed", "failed", "done"]
    assert len({attempt.log_path for attempt in attempts}) == 3


def test_a_process_that_dies_names_its_end_and_the_next_task_runs(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.plan("a", "other", a={"act": "die"}))
    workshop.drain()
    assert states(engine, run_id) == {"a": "failed", "other": "done"}
    error = engine.tasks(run_id)[0].error or {}
    assert error["code"] == "process_died" and "exited with code 3" in error["message"]


@pytest.mark.parametrize("act", ["hang", "swallow", "swallow_everything"])
def test_a_timeout_ends_whatever_the_code_does(workshop: Workshop, engine: Engine, act: str) -> None:
    before = descendants(os.getpid())
    run_id = submit(engine, workshop.plan("a", "other", a={"act": act, "settings": {"timeout": 0.3}}))
    workshop.drain()
    assert states(engine, run_id) == {"a": "failed", "other": "done"}
    error = engine.tasks(run_id)[0].error or {}
    assert (error["code"], error["message"]) == (
        "timeout",
        "Node 'a' ran longer than its timeout of 0.3 s and was stopped.",
    )
    assert len(descendants(os.getpid())) <= len(before) + 1


def test_progress_metrics_and_messages_become_events(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.plan("a", a={"act": "report"}))
    workshop.drain()
    told = [event for event in engine.events(run_id) if event.kind in ("progress", "metric", "log")]
    progress = [event.data["fraction"] for event in told if event.kind == "progress"]
    assert progress[-1] == 1 and len(progress) < 20
    assert [event.data["value"] for event in told if event.kind == "metric"] == [0.25]
    assert [event.data["message"] for event in told if event.kind == "log"] == ["half way"]


def test_what_a_step_warns_of_stays_with_its_result(workshop: Workshop, engine: Engine) -> None:
    first = submit(engine, workshop.plan("a", a={"act": "warn"}))
    workshop.drain()
    again = submit(engine, workshop.plan("a", a={"act": "warn"}))
    workshop.drain()
    expected = [
        {"message": "2 rows are left out.", "texts": {"en": "2 rows are left out.", "zh-CN": "去掉了 2 行。"}},
        {"message": "x" * 500, "texts": {}},
    ]
    assert [engine.tasks(run_id)[0].cached for run_id in (first, again)] == [False, True]
    assert [engine.tasks(run_id)[0].warnings for run_id in (first, again)] == [expected, expected]


def test_a_running_task_is_cancelled_and_nothing_is_left(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.plan("a", "b <- a", a={"act": "swallow"}))
    worker = threading.Thread(target=workshop.drain)
    worker.start()
    wait_for(lambda: workshop.executed() == ["a"])
    engine.cancel(run_id)
    worker.join(30)
    assert states(engine, run_id) == {"a": "cancelled", "b": "cancelled"}
    assert engine.run(run_id).state == "cancelled"
    assert engine.inspect() == []


def test_a_worker_whose_task_was_given_away_stops_it(workshop: Workshop, engine: Engine, database: Database) -> None:
    run_id = submit(engine, workshop.plan("a", "b", a={"act": "hang"}))
    worker = threading.Thread(target=workshop.drain)
    worker.start()
    wait_for(lambda: workshop.executed() == ["a"])
    steal = Statement("UPDATE task SET token = 'another' WHERE path = 'a'")
    database.transact(lambda transaction: transaction.run(steal, {}))
    wait_for(lambda: states(engine, run_id)["b"] == "done")
    worker.join(30)
    assert states(engine, run_id)["a"] == "running"


def test_a_worker_that_stops_hands_its_task_back(
    engine: Engine, tmp_path: Path, runner_in: Callable[[Path], LocalRunner]
) -> None:
    stop = threading.Event()
    workshop = Workshop(engine, tmp_path, runner_in(tmp_path), stopping=stop.is_set)
    run_id = submit(engine, workshop.plan("a", a={"act": "hang"}))
    worker = threading.Thread(target=workshop.drain)
    worker.start()
    wait_for(lambda: workshop.executed() == ["a"])
    stop.set()
    worker.join(30)
    assert not worker.is_alive()
    assert states(engine, run_id) == {"a": "ready"}
    assert [attempt.state for attempt in engine.attempts(engine.tasks(run_id)[0].id)] == ["handed_back"]


def test_a_resumed_run_executes_only_what_failed_and_what_follows(workshop: Workshop, engine: Engine) -> None:
    plan = workshop.plan("live", "a <- live", "b <- a", live={"operator": "test.live@1.0.0"}, b={"act": "recover"})
    first = submit(engine, plan)
    workshop.drain()
    assert engine.run(first).state == "failed"
    workshop.journal.write_text("x\nx\nx\n")
    resumed, _ = engine.resume(first)
    workshop.drain()
    assert engine.run(resumed).state == "done"
    assert workshop.executed() == ["x", "x", "x", "b"]


def test_a_node_run_alone_starts_from_the_latest_result(workshop: Workshop, engine: Engine) -> None:
    only_b = {"a": {"settings": {"reuse_only": True}}}
    first = submit(engine, workshop.plan("a", "b <- a", **only_b))
    workshop.drain()
    error = engine.tasks(first)[0].error or {}
    assert error["message"] == "Node 'a' has no earlier result to start from (first run): run it, or run all."
    submit(engine, workshop.plan("a"))
    workshop.drain()
    second = submit(engine, workshop.plan("a", "b <- a", **only_b))
    workshop.drain()
    assert engine.run(second).state == "done"
    assert workshop.executed() == ["a", "b"]


def test_other_workers_are_woken_for_what_this_one_leaves(workshop: Workshop, engine: Engine) -> None:
    submit(engine, workshop.plan("a", "b <- a", "c <- a", "d <- a", d={"settings": {"pool": "test"}}))
    workshop.drain()
    assert workshop.rung == [{"train": 1, "test": 1}]


def test_a_plan_of_nothing_is_done_at_once(engine: Engine) -> None:
    revision = engine.save_revision(project_of(engine), {"format": 1, "name": "empty", "nodes": [], "edges": []})
    run_id, wake = engine.submit(Submission(revision.id), Plan("all", (), ()))
    assert (engine.run(run_id).state, wake) == ("done", {})
