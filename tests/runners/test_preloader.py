from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchbay_runners import preloader_client
from patchbay_runners.attempt_log import TaskOutput
from patchbay_runners.local import LocalRunner
from patchbay_runners.preloader_client import PreloaderClient, RunnerError, scrubbed
from tests.runners.desk import Desk, eventually, is_alive


def test_a_process_forked_after_the_imports_can_use_them(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    modules = ["polars", "pyarrow", "sklearn.ensemble"]
    with LocalRunner(tmp_path / "store", preload=modules, env=runner_environment) as runner:
        desk = Desk(tmp_path, runner)
        for _ in range(3):
            assert desk.script("use_polars_and_sklearn") == "used"
            assert not is_alive(int(desk.script("leave_thread_behind")))


def test_a_task_starts_between_two_imports_and_its_process_is_replaced_after_the_last(
    tmp_path: Path, runner_environment: dict[str, str]
) -> None:
    (tmp_path / "first_module.py").write_text("")
    (tmp_path / "slow_module.py").write_text("import time\ntime.sleep(0.3)\n")
    path = os.pathsep.join([str(tmp_path), runner_environment["PYTHONPATH"]])
    modules = ["first_module", "slow_module", "polars"]
    with LocalRunner(tmp_path / "store", preload=modules, env={"PYTHONPATH": path}) as runner:
        desk = Desk(tmp_path, runner)
        early = desk.script("tell_modules").split()
        assert eventually(lambda: desk.script("tell_modules").split() == modules)
    assert "polars" not in early
    assert "first_module" in early or early == []


THREADED = """
import threading, time
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
"""


def test_modules_that_misbehave_on_import_are_reported_and_skipped(
    tmp_path: Path, runner_environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    (tmp_path / "exits.py").write_text("raise SystemExit(3)")
    (tmp_path / "threaded.py").write_text(THREADED)
    (tmp_path / "first_module.py").write_text("")
    path = os.pathsep.join([str(tmp_path), runner_environment["PYTHONPATH"]])
    modules = ["no_such_module", "broken", "exits", "threaded", "first_module"]
    with LocalRunner(tmp_path / "store", preload=modules, env={"PYTHONPATH": path}) as runner:
        desk = Desk(tmp_path, runner)
        assert eventually(lambda: desk.script("tell_modules") == "first_module")
    reported = capfd.readouterr().err
    assert "Cannot preload no_such_module" in reported
    assert "ZeroDivisionError" in reported
    assert "Cannot preload exits" in reported
    assert "threaded starts a thread when it is imported" in reported


def test_cancel_does_not_wait_for_an_import_that_hangs(
    tmp_path: Path, runner_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preloader_client, "END_MARGIN", 0.2)
    (tmp_path / "hangs.py").write_text("import time; time.sleep(600)")
    path = os.pathsep.join([str(tmp_path), runner_environment["PYTHONPATH"]])
    with LocalRunner(tmp_path / "store", preload=["hangs"], grace=0.1, env={"PYTHONPATH": path}) as runner:
        Desk(tmp_path, runner).start("catch_everything")  # asked for before the import begins
        pid = runner.process_id
        assert pid is not None
        runner.cancel()
        assert eventually(lambda: not is_alive(pid))


def test_a_preloader_that_cannot_start_is_an_error(tmp_path: Path) -> None:
    client = PreloaderClient([], {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere"})
    with pytest.raises(RunnerError, match=r"The preloader gives no answer .* exit code 1"):
        client.fork(TaskOutput(tmp_path))
    client.close()


def test_only_harmless_variables_are_passed_on() -> None:
    kept = scrubbed({"PATH": "/bin", "LC_ALL": "C", "AWS_SECRET_ACCESS_KEY": "x", "REDIS_URL": "x", "TZ": "UTC"})
    always = {"PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "OMP_WAIT_POLICY": "PASSIVE"}
    assert kept == {"PATH": "/bin", "LC_ALL": "C", "TZ": "UTC"} | always


def test_threads_that_wait_leave_the_cpu_to_others_unless_the_machine_says_otherwise() -> None:
    assert scrubbed({})["OMP_WAIT_POLICY"] == "PASSIVE"
    assert scrubbed({"OMP_WAIT_POLICY": "ACTIVE"})["OMP_WAIT_POLICY"] == "ACTIVE"
