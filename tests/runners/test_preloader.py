from __future__ import annotations

import os
from pathlib import Path

import pytest

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


def test_a_module_that_cannot_be_imported_is_reported_and_skipped(
    tmp_path: Path, runner_environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    with LocalRunner(tmp_path / "store", preload=["no_such_module"], env=runner_environment) as runner:
        assert Desk(tmp_path, runner).script("greet") == "grüße 你好"
    assert "No module named 'no_such_module'" in capfd.readouterr().err


def test_a_preloader_that_cannot_start_is_an_error(runner_environment: dict[str, str]) -> None:
    client = PreloaderClient([], {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere"})
    with pytest.raises(RunnerError, match=r"The preloader gives no answer .* exit code 1"):
        client.fork()
    client.close()


def test_only_harmless_variables_are_passed_on() -> None:
    kept = scrubbed({"PATH": "/bin", "LC_ALL": "C", "AWS_SECRET_ACCESS_KEY": "x", "REDIS_URL": "x", "TZ": "UTC"})
    assert kept == {"PATH": "/bin", "LC_ALL": "C", "TZ": "UTC", "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"}
