"""Cancel, crashes and what outlives what: no process of an attempt may stay."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from patchbay_runners.local import LocalRunner
from patchbay_runners.processes import out_of_memory_kills
from tests.runners.conftest import ROOT
from tests.runners.desk import Desk, eventually, is_alive

HANGING = ["say_and_wait", "catch_everything", "hang_in_c", "ignore_signals", "stop_politely", "start_daemon_and_wait"]


@pytest.mark.parametrize("action", HANGING)
def test_cancel_ends_whatever_the_task_does(desk: Desk, action: str) -> None:
    desk.start(action)
    pid = desk.runner.process_id
    assert pid is not None and is_alive(pid)
    desk.runner.cancel()
    assert not is_alive(pid)
    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)
    assert desk.runner.status() == "idle"
    assert desk.runner.wait(0) == []
    assert desk.script("greet") == "grüße 你好"


def test_cancel_gives_the_task_time_to_stop(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    with LocalRunner(tmp_path / "store", grace=60, env=runner_environment) as runner:
        Desk(tmp_path, runner).start("stop_politely")
        runner.cancel()
    assert (tmp_path / "stopped").read_text() == "politely"


def test_cancel_reaches_a_daemon_that_forked_away(desk: Desk, tmp_path: Path) -> None:
    desk.start("start_daemon_and_wait")
    daemon = int((tmp_path / "daemon").read_text())
    assert is_alive(daemon)
    desk.runner.cancel()
    assert not is_alive(daemon)


def test_a_daemon_does_not_outlive_a_task_that_finishes(desk: Desk) -> None:
    assert not is_alive(int(desk.script("start_daemon")))


def test_a_daemon_does_not_outlive_a_task_that_dies(desk: Desk, tmp_path: Path) -> None:
    assert desk.error("start_daemon_and_die")["code"] == "process_died"
    assert not is_alive(int((tmp_path / "daemon").read_text()))


def test_a_child_that_a_task_leaves_behind_is_ended(desk: Desk) -> None:
    assert not is_alive(int(desk.script("leave_child_behind")))


def test_a_process_with_a_thread_left_behind_is_not_used_again(desk: Desk) -> None:
    assert not is_alive(int(desk.script("leave_thread_behind")))


def test_cancel_without_an_attempt_does_nothing(desk: Desk) -> None:
    desk.runner.cancel()
    assert desk.script("greet") == "grüße 你好"
    desk.runner.cancel()
    assert desk.script("greet") == "grüße 你好"


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("exit_at_once", "exited with code 3 before the operator returned"),
        ("kill_itself", "was killed from outside (SIGKILL)"),
        ("crash", "crashed in native code (SIGSEGV); the log shows where"),
    ],
)
def test_a_process_that_dies_is_named_and_replaced(desk: Desk, action: str, message: str) -> None:
    error = desk.error(action)
    assert error["code"] == ("process_killed" if action == "kill_itself" else "process_died")
    assert error["message"] == f"The task's process {message}."
    assert desk.script("greet") == "grüße 你好"


def test_a_process_that_the_kernel_kills_for_want_of_memory_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel counts such kills; that the machine runs out of memory is not tried."""
    kills = itertools.count(out_of_memory_kills() + 1)
    monkeypatch.setattr("patchbay_runners.local.out_of_memory_kills", lambda: next(kills))
    error = desk.error("kill_itself")
    assert (error["code"], error["details"]) == ("out_of_memory", {"limit": None})


def test_a_native_crash_leaves_its_traceback_in_the_log(desk: Desk) -> None:
    desk.error("crash")
    assert "Segmentation fault" in desk.runner.logs()
    assert "in crash" in desk.runner.logs()


def test_a_task_that_closes_its_connection_is_ended(desk: Desk) -> None:
    assert "closed its connection" in desk.error("close_every_descriptor")["message"]


def test_a_process_that_dies_between_tasks_is_replaced_unseen(desk: Desk) -> None:
    first = int(desk.script("tell_process"))
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{first}").exists())
    assert int(desk.script("tell_process")) != first


def kill_preloader(pid: int) -> None:
    os.kill(int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]), signal.SIGKILL)


def test_a_preloader_that_dies_between_tasks_is_replaced_unseen(desk: Desk) -> None:
    pid = int(desk.script("tell_process"))
    kill_preloader(pid)
    assert eventually(lambda: not is_alive(pid))
    assert int(desk.script("tell_process")) != pid


def test_a_preloader_that_dies_takes_its_task_along_and_is_replaced(desk: Desk) -> None:
    desk.start("catch_everything")
    pid = desk.runner.process_id
    assert pid is not None
    kill_preloader(pid)
    [event] = desk.events()
    assert event.data["error"]["code"] == "process_killed"
    assert eventually(lambda: not is_alive(pid))
    assert desk.script("greet") == "grüße 你好"


def test_a_warm_process_is_used_again(desk: Desk) -> None:
    desk.script("greet")  # the preloader has imported everything now
    assert desk.script("tell_process") == desk.script("tell_process")


def test_a_process_is_replaced_after_so_many_tasks(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    with LocalRunner(tmp_path / "store", max_tasks=2, env=runner_environment) as runner:
        desk = Desk(tmp_path, runner)
        desk.script("greet")
        desk.script("greet")
        pids = [desk.script("tell_process") for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_process_that_has_grown_is_replaced(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    with LocalRunner(tmp_path / "store", max_growth=32 << 20, env=runner_environment) as runner:
        desk = Desk(tmp_path, runner)
        assert not is_alive(int(desk.script("take_memory")))


def test_one_attempt_at_a_time(desk: Desk) -> None:
    desk.start("say_and_wait")
    with pytest.raises(RuntimeError, match="one attempt at a time"):
        desk.runner.submit(desk.request("Nothing"))


def test_wait_returns_after_its_timeout(desk: Desk) -> None:
    desk.start("say_and_wait")
    assert desk.runner.wait(0.01) == []
    assert desk.runner.status() == "running"


def test_the_descriptor_stays_the_same_and_wakes_a_select(desk: Desk) -> None:
    import select

    before = desk.runner.fileno()
    desk.error("exit_at_once")
    desk.runner.submit(desk.request("Nothing"))
    assert desk.runner.fileno() == before
    assert select.select([before], [], [], 60)[0] == [before]
    assert desk.runner.wait(0)[-1].kind == "finished"


def test_task_processes_see_no_secret_of_the_environment(
    tmp_path: Path, runner_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@host/db")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with LocalRunner(tmp_path / "store", env={**runner_environment, "EXTRA": "1"}) as runner:
        seen = Desk(tmp_path, runner).script("tell_environment").splitlines()
    assert {"PATH", "OMP_NUM_THREADS", "EXTRA"} <= set(seen)
    assert "DATABASE_URL" not in seen


def test_close_removes_the_temporary_folder(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    with LocalRunner(tmp_path / "store", env=runner_environment) as runner:
        desk = Desk(tmp_path, runner)
        desk.run(request := desk.request("Nothing"))
    assert not Path(request.temp_dir).exists()


def test_close_ends_every_process(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    runner = LocalRunner(tmp_path / "store", grace=0.1, env=runner_environment)
    desk = Desk(tmp_path, runner)
    desk.start("start_daemon_and_wait")
    pids = [runner.process_id, int((tmp_path / "daemon").read_text())]
    runner.close()
    assert [pid for pid in pids if pid and is_alive(pid)] == []


SUPERVISOR = """
import sys
from pathlib import Path
from patchbay_runners.local import LocalRunner
from tests.runners.desk import Desk

folder = Path(sys.argv[1])
runner = LocalRunner(folder / "store", env={"PYTHONPATH": sys.argv[2]})
Desk(folder, runner).start("start_daemon_and_wait")
print(runner.process_id, (folder / "daemon").read_text(), flush=True)
sys.stdin.read()
"""


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path, runner_environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path), runner_environment["PYTHONPATH"]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as supervisor:
        assert supervisor.stdout is not None
        pids = [int(pid) for pid in supervisor.stdout.readline().split()]
        assert [is_alive(pid) for pid in pids] == [True, True]
        supervisor.kill()
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))
