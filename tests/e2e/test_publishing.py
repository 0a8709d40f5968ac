"""The example packages: published by the command line, and run side by side although they need different versions."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Desk
from tests.processes import wait_for

EXAMPLES = Path(__file__).parents[2] / "plugins" / "examples"
FLOW = {
    "name": "peaks",
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "trace.csv"}},
        {"id": "old", "operator": "trace.peaks@1.0.0", "params": {"time": "t", "value": "p", "limit": 5}},
        {
            "id": "new",
            "operator": "trace.peaks@2.0.0",
            "params": {"time": "t", "value": "p", "limit": 5, "padding": 1, "join": 10},
        },
    ],
    "edges": [{"from": "read.table", "to": "old.table"}, {"from": "read.table", "to": "new.table"}],
}


@pytest.fixture(scope="module")
def package_index() -> None:
    """Dependencies of packages come from a package index: the one that this machine's pip is set to."""
    asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--ignore-installed"]
    done = subprocess.run([*asked, "portion>=2.6"], capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"the package index cannot be reached ({done.stderr.strip().splitlines()[-1]})"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture
def running(desk: Desk) -> Iterator[Desk]:
    platform = desk.up()
    yield desk
    platform.terminate()
    platform.communicate()


def succeed(desk: Desk, *arguments: str) -> str:
    done = desk.run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.usefixtures("package_index")
@pytest.mark.timeout(600)
def test_two_releases_with_conflicting_dependencies_run_side_by_side(running: Desk) -> None:
    desk = running
    (desk.cwd / "trace.csv").write_text("t,p\n0,1\n1,6\n2,7.5\n3,\n9,8\n")
    flow = str(desk.flow(FLOW))
    refused = desk.run("run", flow)
    assert refused.returncode == 2
    assert "No operator 'trace.peaks'" in refused.stderr

    tested = succeed(desk, "operators", "test", str(EXAMPLES / "patchbay-peaks"))
    assert "1 operators, 0 problems" in tested
    published = succeed(desk, "operators", "publish", str(EXAMPLES / "patchbay-peaks"), "--approve")
    assert "patchbay-peaks 1.0.0: published\n  trace.peaks@1.0.0" in published
    waiting = succeed(desk, "operators", "publish", str(EXAMPLES / "patchbay-peaks-2"))
    assert "patchbay-peaks 2.0.0: in review" in waiting
    assert "trace.peaks@2.0.0" not in succeed(desk, "operators", "list")
    succeed(desk, "operators", "approve", "patchbay-peaks", "2.0.0", "--alone")
    assert "trace.peaks@2.0.0" in succeed(desk, "operators", "list")
    wait_for(lambda: desk.get("/api/v1/operators/trace.peaks@2.0.0"), what="the web process to know it")

    result = json.loads(succeed(desk, "run", flow, "--json"))
    assert (result["state"], [task["rows"] for task in result["tasks"][1:]]) == (
        "done", [{"windows": 2}, {"windows": 1}],
    )  # fmt: skip
    pythons = {path.resolve().parents[1] for path in (desk.home / "operators" / "environments").glob("*/pyvenv.cfg")}
    assert len(pythons) == 1
    locks = [path.read_text() for path in (desk.home / "operators" / "environments").glob("*/requirements.lock")]
    assert sorted("portion==2.4" in lock for lock in locks) == [False, True]
    assert all("--hash=sha256:" in line for lock in locks for line in lock.splitlines()[1:])

    rehearsed = succeed(desk, "operators", "rehearse", "patchbay-peaks", "2.0.0")
    assert "old: trace.peaks 1.0.0 -> 2.0.0" in rehearsed


def test_a_package_that_fails_is_refused_with_its_reasons(desk: Desk) -> None:
    package = shutil.copytree(EXAMPLES / "patchbay-wafer", desk.cwd / "wafer")
    spec = package / "patchbay_wafer" / "operator_specs" / "wafer" / "zone.json"
    spec.write_text(spec.read_text().replace('"edge", null]', '"middle", null]'))
    refused = desk.run("operators", "publish", str(package), "--approve")
    assert refused.returncode == 2
    assert "wafer.zone@1.0.0: example: three dies and one without a place" in refused.stderr
    assert succeed(desk, "operators", "releases") == "There is no release yet.\n"
