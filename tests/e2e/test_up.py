"""`patchbay up` as a real process tree: begin, end, side by side, and whatever is killed."""

import os
import signal
import socket
from dataclasses import replace

import pytest

from tests.e2e.conftest import Desk, wait_for_health
from tests.processes import command_line, descendants, wait_for


def find(process, text):
    return next((pid for pid in sorted(descendants(process.pid)) if text in command_line(pid)), None)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(desk: Desk, signum):
    process = desk.up()
    wait_for_health(desk)
    process.send_signal(signum)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.splitlines()[-1] == "Patchbay has ended; no process is left."
    assert errors == ""
    assert not (desk.home / "platform.json").exists()


def test_nothing_survives_a_killed_parent_and_the_next_one_starts(desk: Desk):
    process = desk.up()
    wait_for_health(desk)
    tree = descendants(process.pid)
    process.kill()
    process.communicate()
    wait_for(lambda: not any(map(command_line, tree)), what="the whole tree to end")
    again = desk.up()
    again.terminate()
    again.communicate()


def test_a_second_copy_on_one_folder_is_refused_by_name(desk: Desk):
    """Copies on folders of their own are those of `tests/faults/test_two_platforms.py`."""
    process = desk.up()
    wait_for_health(desk)
    second = desk.run("up")
    assert second.returncode == 2
    assert str(desk.home) in second.stderr and desk.state["url"] in second.stderr
    assert "Traceback" not in second.stderr
    process.terminate()
    process.communicate()


def test_secrets_are_for_the_user_only(desk: Desk):
    process = desk.up()
    assert desk.home.stat().st_mode & 0o077 == 0
    for name in ("platform.json", "redis/redis.conf"):
        assert (desk.home / name).stat().st_mode & 0o077 == 0, name
    process.terminate()
    process.communicate()


def test_whatever_is_killed_comes_back_and_runs_go_on(desk: Desk):
    process = desk.up()
    wait_for_health(desk)
    data = desk.cwd / "data.csv"
    data.write_text("a,b\n1,2\n,4\n")
    flow = desk.flow({"nodes": [{"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "data.csv"}}]})
    for text in ("cli web", "redis-server", "cli reconciler", "cli serving", "worker --pool train"):
        killed = find(process, text)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda text=text, killed=killed: find(process, text) not in (None, killed), what=f"a new {text}")
    wait_for_health(desk)
    result = desk.run("run", str(flow), "--no-cache")
    assert result.returncode == 0, result.stdout + result.stderr
    assert desk.state["url"] in result.stdout
    runs = desk.get("/api/v1/projects/default/runs")["items"]
    assert [run["state"] for run in runs] == ["done"]
    process.terminate()
    _, errors = process.communicate()
    names = {line.split()[0] for line in errors.splitlines()}
    assert names == {"web", "redis", "reconciler", "serving", "worker-train-1"}


def test_the_demo_of_a_platform_that_keeps_serving(desk: Desk):
    process = desk.start("up", "--demo")
    line = next(line for line in process.stdout if line.startswith("Run 1 of flow"))
    assert "'yield': done" in line
    wait_for_health(desk)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_worker_started_by_hand_serves_its_pool(desk: Desk):
    process = desk.up()
    (desk.cwd / "data.csv").write_text("a,b\n1,2\n")
    params, settings = {"path": "data.csv"}, {"pool": "test"}
    node = {"id": "read", "operator": "source.csv@1.0.0", "params": params, "settings": settings}
    worker = desk.start("worker", "--pool", "test")
    result = desk.run("run", str(desk.flow({"nodes": [node]})))
    assert result.returncode == 0, result.stdout + result.stderr
    for started in (worker, process):
        started.terminate()
        started.communicate(timeout=60)
        assert started.returncode == 0


def test_a_taken_port_is_named(desk: Desk):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = replace(desk, environment=desk.environment | {"PATCHBAY_PORT": port}).run("up")
    assert result.returncode == 2
    assert f"127.0.0.1:{port} (PATCHBAY_PORT)" in result.stderr
