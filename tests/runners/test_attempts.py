"""What a task may do, and what becomes of it: real processes through a LocalRunner."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchbay_runners import attempt_log
from patchbay_runners.protocol import TaskEvent
from patchbay_sdk.table import Table
from tests.runners.desk import Desk


def test_outputs_metrics_and_rows_come_back(desk: Desk) -> None:
    [event] = desk.run(desk.request("Count", rows=3))
    assert event.kind == "finished"
    assert event.data["rows"] == {"table": 3}
    assert event.data["metrics"] == {"metrics": {"rows": 3}}
    assert event.data["outputs"] == desk.runner.outputs()
    table = desk.store.load(event.data["outputs"]["table"])
    assert table.polars()["x"].to_list() == [0, 1, 2]


def test_inputs_arrive_converted_and_in_order(desk: Desk) -> None:
    counted = desk.finish("Count", rows=2)
    text = desk.script("greet")
    greeting = desk.finish("Script", action="greet")["text"]
    described = desk.finish("Describe", {"values": [greeting, counted["table"]], "file": [greeting]})
    assert desk.store.load(described["text"]).splitlines() == [
        f"str {text!r}",
        "Table Table(2 rows x 1 columns)",
        "0 transforms",
        text,
    ]


def test_an_optional_input_may_be_absent(desk: Desk) -> None:
    assert desk.store.load(desk.finish("Describe", {"values": []})["text"]) == ""
    assert desk.store.load(desk.finish("Describe", {"values": [], "file": []})["text"]) == ""


def test_everything_printed_is_in_the_log_and_every_report_is_an_event(desk: Desk) -> None:
    *reports, last = desk.run(desk.request("Script", action="say"))
    assert sorted(desk.runner.logs().splitlines()) == sorted(
        ["printed 你好", "to stderr", "from a child process", "from C", "warning: logged"]
    )
    assert reports == [
        TaskEvent("log", {"level": "warning", "message": "logged"}),
        TaskEvent("metric", {"name": "loss", "value": 0.5, "step": 3}),
        TaskEvent("progress", {"fraction": 1.0, "message": "done"}),
    ]
    assert desk.store.load(last.data["artifacts"]["note"]) == "kept beside"


def test_the_log_can_be_read_while_the_task_runs(desk: Desk) -> None:
    request = desk.start("say_and_wait")
    assert desk.runner.wait(1) == []
    assert Path(request.log_path).read_text() == "visible before the end\n"
    assert desk.runner.logs() == "visible before the end\n"
    assert desk.runner.logs(start=8) == "before the end\n"


def test_a_flood_of_output_and_progress_blocks_nothing(desk: Desk) -> None:
    events = desk.run(desk.request("Script", action="flood"))
    assert events[-1].kind == "finished"
    assert len(desk.runner.logs().splitlines()) == 100_000
    assert len(events) < 10_000


def test_a_log_has_an_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_log, "LONGEST", 1 << 20)
    desk.finish("Script", action="flood")
    assert 1 << 20 <= len(desk.runner.logs()) < 3 << 20
    assert desk.runner.logs().endswith("(it printed more than 1 MiB; the rest is left out)\n")
    desk.finish("Script", action="say")
    assert "printed 你好" in desk.runner.logs()


def test_a_flood_of_events_arrives_whole_and_in_order(desk: Desk) -> None:
    *metrics, last = desk.run(desk.request("Script", action="flood_events"))
    assert [event.data["step"] for event in metrics] == list(range(5_000))
    assert last.kind == "finished"


def test_a_patchbay_error_keeps_code_message_and_details(desk: Desk) -> None:
    error = desk.error("fail_with_data_error")
    assert error["code"] == "data_invalid"
    assert error["message"] == "Column 'height' is empty."
    assert error["details"] == {"columns": ["height"]}
    assert error["user"] is True
    assert desk.runner.logs() == "error: Column 'height' is empty.\n"


@pytest.mark.parametrize("action", ["fail_in_code", "fail_without_stderr"])
def test_another_exception_is_a_failure_with_its_traceback_in_the_log(desk: Desk, action: str) -> None:
    error = desk.error(action)
    assert error["code"] == "operator_failed"
    assert error["message"] == "ZeroDivisionError: division by zero"
    assert "1 / 0" in error["traceback"]
    assert error["user"] is False
    assert desk.runner.logs() == error["traceback"]


@pytest.mark.parametrize(
    ("action", "message"),
    [("fail_with_broken_error", "BrokenError"), ("call_exit", "SystemExit: 3")],
)
def test_strange_exceptions_are_failures_too(desk: Desk, action: str, message: str) -> None:
    assert desk.error(action)["message"] == message
    assert desk.script("greet") == "grüße 你好"


def test_a_missing_output_is_named(desk: Desk) -> None:
    request = desk.with_outputs(desk.request("Nothing"), [{"name": "table", "type": "table"}])
    error = desk.error_of(request)
    assert error["code"] == "operator_failed"
    assert "returned no value for its output 'table'" in error["message"]


def test_an_output_of_a_wrong_type_is_named(desk: Desk) -> None:
    request = desk.with_outputs(desk.request("Script", action="greet"), [{"name": "text", "type": "table"}])
    assert "Output 'text' of test." in desk.error_of(request)["message"]
    assert "must be of type table, but text was returned" in desk.error_of(request)["message"]


def test_an_undeclared_output_is_named(desk: Desk) -> None:
    request = desk.with_outputs(desk.request("Script", action="greet"), [])
    assert "returned 'text', which is none of its outputs: none" in desk.error_of(request)["message"]


def test_an_input_that_is_not_in_the_store_is_named(desk: Desk) -> None:
    error = desk.error_of(desk.request("Describe", {"values": ["ab12"]}))
    assert error["code"] == "artifact_lost"
    assert "Artifact ab12 is not in the store" in error["message"]


def test_an_unknown_input_port_is_named(desk: Desk) -> None:
    assert "has no input 'b'; it has: none" in desk.error_of(desk.request("Nothing", {"b": []}))["message"]


def test_a_temporary_folder_that_cannot_be_made_fails_the_attempt(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "temp").write_text("a file where the folder should be")
    error = desk.error_of(desk.request("Nothing"))
    assert error["code"] == "artifact_invalid"
    assert "Cannot make and empty the folder for temporary files" in error["message"]


def test_a_log_that_cannot_be_written_does_not_fail_the_attempt(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    assert desk.run(desk.request("Script", action="flood"))[-1].kind == "finished"


def test_a_task_that_prints_nothing_makes_no_log_file(desk: Desk, tmp_path: Path) -> None:
    desk.finish("Script", action="say")
    desk.finish("Nothing")
    assert desk.runner.logs() == ""
    assert len(list((tmp_path / "logs").iterdir())) == 1


def test_a_full_disk_fails_the_attempt_with_advice(desk: Desk) -> None:
    error = desk.error("fill_file_size_limit")
    assert error["code"] == "artifact_invalid"
    assert "raise the limit" in error["message"]


def test_equal_seeds_give_equal_random_numbers(desk: Desk) -> None:
    first = desk.script("random_numbers")
    assert desk.script("random_numbers") == first


def test_lineage_follows_the_transforms(desk: Desk) -> None:
    raw = desk.finish("Count", rows=3)["table"]
    once = desk.finish("AddMean", {"table": [raw]})
    twice = desk.finish("AddMean", {"table": [once["table"]]})
    manifest = desk.store.manifest(twice["table"])
    assert manifest.lineage == [once["fitted"], twice["fitted"]]
    table = desk.store.load(twice["table"])
    assert isinstance(table, Table)
    assert [transform.state["mean"] for transform in table.lineage] == [1.0, 2.0]
    assert [transform.id for transform in table.lineage[:]] == manifest.lineage


def test_an_applied_transform_joins_the_lineage(desk: Desk) -> None:
    raw = desk.finish("Count", rows=3)["table"]
    fitted = desk.finish("AddMean", {"table": [raw]})["fitted"]
    applied = desk.finish("ApplyTransform", {"table": [raw], "transform": [fitted]})["table"]
    assert desk.store.manifest(applied).lineage == [fitted]


def test_tables_put_together_keep_the_steps_they_share(desk: Desk) -> None:
    raw = desk.finish("Count", rows=3)["table"]
    once = desk.finish("AddMean", {"table": [raw]})
    same = desk.run(desk.request("Concatenate", {"tables": [once["table"], once["table"]]}))
    assert [event.kind for event in same] == ["finished"]
    assert desk.store.manifest(desk.runner.outputs()["table"]).lineage == [once["fitted"]]
    other = desk.finish("AddMean", {"table": [once["table"]]})["table"]
    warning, last = desk.run(desk.request("Concatenate", {"tables": [once["table"], other]}))
    assert warning.data["level"] == "warning"
    assert "prepared by different steps" in warning.data["message"]
    assert desk.store.manifest(last.data["outputs"]["table"]).lineage == [once["fitted"]]


def test_nothing_of_one_task_reaches_the_next(desk: Desk) -> None:
    desk.finish("Script", action="spoil_process")
    assert desk.script("tell_condition") == "False False True"
    assert desk.runner.logs() == "still prints\n"


def test_workers_of_a_task_print_into_its_log(desk: Desk) -> None:
    assert desk.script("fork_workers") == "[0, 1, 4, 9]"
    assert sorted(desk.runner.logs().splitlines()) == [f"worker {number}" for number in range(4)]


def test_a_forked_child_that_runs_on_does_not_answer_for_the_task(desk: Desk) -> None:
    assert desk.script("return_in_forked_child") == "once"
    assert desk.script("greet") == "grüße 你好"


def test_clean_up_leaves_the_log_and_the_outputs(desk: Desk) -> None:
    request = desk.request("Script", action="say")
    desk.run(request)
    (Path(request.temp_dir) / "left").write_text("behind")
    (Path(request.temp_dir) / "folder").mkdir()
    desk.runner.clean_up()
    assert list(Path(request.temp_dir).iterdir()) == []
    assert not desk.store.staging(request.token).exists()
    assert "printed" in desk.runner.logs()
    assert desk.store.exists(desk.runner.outputs()["text"])
