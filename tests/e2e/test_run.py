"""`patchbay run` and its relatives as real commands that bring their own platform."""

import json
import re
import signal

import pytest

from tests.e2e.conftest import Desk
from tests.processes import wait_for

CLEAN = {
    "name": "clean",
    "params": {
        "file": {"type": "string", "default": "data.csv"},
        "strategy": {"type": "string", "default": "median"},
    },
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "file"}}},
        {"id": "fill", "operator": "clean.fill_missing@1.0.0", "params": {"strategy": {"$param": "strategy"}}},
        {"id": "profile", "operator": "check.profile@1.0.0"},
    ],
    "edges": [{"from": "read.table", "to": "fill.table"}, {"from": "fill.table", "to": "profile.table"}],
}
CSV = "a,b\n1,2\n,4\n3,\n"


@pytest.fixture
def flow(desk: Desk):
    (desk.cwd / "data.csv").write_text(CSV)
    return str(desk.flow(CLEAN))


def test_runs_reuse_change_and_tell_where_everything_is(desk: Desk, flow, tmp_path):
    first = desk.run("run", flow)
    assert first.returncode == 0, first.stdout + first.stderr
    assert [line.split()[:3] for line in first.stdout.splitlines()[1:4]] == [
        ["[1/3]", "read", "ok"], ["[2/3]", "fill", "ok"], ["[3/3]", "profile", "ok"],
    ]  # fmt: skip
    assert "Run 1 of flow 'clean': done in" in first.stdout
    for place in (desk.home, desk.home / "artifacts", "patchbay logs 1"):
        assert str(place) in first.stdout
    assert "\x1b" not in first.stdout

    platform = desk.up()  # each of the others would bring one of its own
    elsewhere = tmp_path / "elsewhere" / "other.csv"
    elsewhere.parent.mkdir()
    elsewhere.write_text(CSV)
    second = desk.run("run", flow, "--param", f"file={elsewhere}", "--param", "strategy=mean", "--json")
    result = json.loads(second.stdout)
    assert (result["state"], result["params"]) == ("done", {"file": str(elsewhere), "strategy": "mean"})
    assert str(elsewhere.parent) in result["data_roots"]
    assert [reason["text"] for reason in result["tasks"][1]["reasons"]] == ["strategy: median -> mean"]

    third = desk.run("run", flow, "--only", "profile")
    assert third.returncode == 0, third.stdout
    assert "unchanged, reused" in third.stdout

    runs = desk.run("runs", "--json")
    assert [(run["id"], run["state"]) for run in json.loads(runs.stdout)] == [(3, "done"), (2, "done"), (1, "done")]
    assert [flow["number"] for flow in json.loads(desk.run("flows", "--json").stdout)] == [1]
    assert "read  attempt 1  done" in desk.run("logs", "1").stdout
    assert desk.run("doctor", "--deep").returncode == 0
    next(path for path in (desk.home / "artifacts" / "cas").rglob("*") if path.is_file()).unlink()
    sick = desk.run("doctor")
    assert sick.returncode == 1
    assert re.search(r"failed +artifact \w{12} +.* is missing in the store", sick.stdout)
    assert desk.run("run", flow).returncode == 0  # what would reuse it makes it again
    platform.terminate()
    platform.communicate()


def test_the_demo_in_a_pipe(desk: Desk):
    demo = desk.run("demo")
    assert demo.returncode == 0, demo.stdout + demo.stderr
    lines = demo.stdout.splitlines()
    assert "not fab data" in lines[0]
    steps = [line for line in lines if re.match(r" *\[\d+/\d+\]", line)]
    assert [line.split()[0] for line in steps] == [f"[{n}/{len(steps)}]" for n in range(1, len(steps) + 1)]
    assert "Scores of evaluate" in lines
    assert "\x1b" not in demo.stdout
    assert str(desk.home) in demo.stdout


def test_a_failing_step_is_named_and_can_be_resumed(desk: Desk, flow):
    data = desk.cwd / "data.csv"
    data.unlink()
    failed = desk.run("run", flow)
    assert failed.returncode == 1
    assert "Node 'read' (source.csv@1.0.0) failed:" in failed.stdout
    assert "data.csv" in failed.stdout
    assert "fill     skipped" in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr
    assert "data.csv" in desk.run("logs", "1", "read").stdout
    data.write_text(CSV)
    resumed = desk.run("resume", "1")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr


def test_ctrl_c_cancels_the_run_and_leaves_nothing(desk: Desk):
    flow = desk.flow(
        {"nodes": [{"id": "wait", "operator": "code.wait@1.0.0", "params": {"marker": "begun", "until": "never"}}]}
    )
    process = desk.start("run", str(flow))
    wait_for((desk.cwd / "begun").exists, what="the step to begin")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, output + errors
    assert "Cancelling the run." in errors
    assert "Run 1 of flow 'test': cancelled" in output
    assert "attempt 1  cancelled" in desk.run("logs", "1", "wait").stdout


def test_a_command_uses_the_platform_that_runs(desk: Desk, flow):
    platform = desk.up()
    result = json.loads(desk.run("run", flow, "--json").stdout)
    assert result["where"]["web"] == desk.state["url"]
    assert platform.poll() is None
    assert json.loads(desk.run("doctor", "--json").stdout)
    platform.terminate()
    platform.communicate()


def test_a_killed_command_takes_its_platform_along_and_the_run_goes_on_later(desk: Desk):
    flow = desk.flow(
        {"nodes": [{"id": "wait", "operator": "code.wait@1.0.0", "params": {"marker": "begun", "until": "done"}}]}
    )
    process = desk.start("run", str(flow))
    wait_for((desk.cwd / "begun").exists, what="the step to begin")
    process.kill()
    process.communicate()
    wait_for(lambda: not (desk.home / "platform.json").exists(), what="its platform to end")
    (desk.cwd / "done").touch()
    platform = desk.up()
    wait_for(lambda: json.loads(desk.run("runs", "--json").stdout)[0]["state"] == "done", what="the run to end")
    platform.terminate()
    platform.communicate()
