from __future__ import annotations

from pathlib import Path

from patchbay_runners.local import LocalRunner
from tests.runners.desk import Desk


def test_plugins_hear_of_tasks_before_and_after(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    with LocalRunner(tmp_path / "store", env=runner_environment) as runner:
        desk = Desk(tmp_path, runner)
        desk.script("greet")
        desk.finish("Watch")
        desk.script("greet")
        assert runner.logs().splitlines() == [
            "before test.script@1.0.0 {'action': 'greet'}",
            "after test.script@1.0.0 None",
        ]
        desk.error("fail_in_code")
        assert "after test.script@1.0.0 ZeroDivisionError('division by zero')" in runner.logs()


def test_a_hook_can_refuse_a_task(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    with LocalRunner(tmp_path / "store", env=runner_environment) as runner:
        desk = Desk(tmp_path, runner)
        assert desk.error_of(desk.request("Forbid"))["message"] == "test.forbid@1.0.0 is forbidden."
