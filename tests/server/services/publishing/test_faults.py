"""Operators that harm their process are disabled, and enabled again by people."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay_sdk.schema import Column, Schema
from patchbay_server import config
from patchbay_server.engine.errors import NotFound
from patchbay_server.errors import GraphError
from patchbay_server.graph.reader import parse
from patchbay_server.plugin_host import OperatorDisabled, PluginHostError
from patchbay_server.services import flows, runs
from patchbay_server.services.people import audit, projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from patchbay_server.services.publishing import faults
from patchbay_server.store.faults import Faults
from tests.server.plugin_host.plugin import spec_of

CSV = "source.csv@1.0.0"
FLOW = {
    "format": 1,
    "name": "small",
    "nodes": [{"id": "read", "operator": CSV, "params": {"path": "x.csv"}}],
    "edges": [],
}


@pytest.fixture
def platform(database_url: str, tmp_path: Path) -> Iterator[Platform]:
    settings = config.load({"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url})
    prepare(settings)
    with Platform.open(settings) as platform:
        yield platform


@pytest.fixture
def project_id(platform: Platform) -> int:
    return projects.find(platform, COMMAND, "default").id


def disable(platform: Platform, operator: str) -> None:
    for number in range(3):
        Faults(platform.database).record(operator, f"crashed for the {number}th time.")


def test_three_faults_disable_an_operator_and_errors_do_not(platform, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    spec = spec_of(tmp_path)

    def ask(code: str) -> object:
        return platform.plugin_host.infer(spec, {"code": code}, {"table": Schema((Column("a", "int"),))})

    for code in ("1 / 0", "1 / 0", *["import os; os._exit(1)"] * 3):
        with pytest.raises(PluginHostError):
            ask(code)
    with pytest.raises(OperatorDisabled) as raised:
        ask("")
    assert raised.value.message.startswith(
        "code.infers@1.0.0 was switched off after 3 faults; the last time it ended its process (exit code 1). An engin"
    )
    (found,) = faults.listed(platform).items
    assert (found.operator, found.faults, found.disabled_at is None) == ("code.infers@1.0.0", 3, False)
    faults.enable(platform, COMMAND, spec.key)
    assert ask("") is not None


def test_enabling_counts_anew_and_is_recorded(platform):
    disable(platform, CSV)
    enabled = faults.enable(platform, COMMAND, CSV)
    assert (enabled.faults, enabled.disabled_at, enabled.last_error) == (0, None, "crashed for the 2th time.")
    (entry,) = audit.entries(platform.database, audit.Filter(action="operator.enabled")).items
    assert (entry.thing, entry.before["faults"], entry.after["faults"]) == (f"operator:{CSV}", 3, 0)
    Faults(platform.database).record(CSV, "crashed.")
    assert Faults(platform.database).why_disabled(CSV) is None
    with pytest.raises(NotFound, match=r"There is no fault of 'a.b@1.0.0'\."):
        faults.enable(platform, COMMAND, "a.b@1.0.0")


def test_a_flow_that_uses_a_disabled_operator_says_so_and_does_not_run(platform, project_id):
    request = runs.RunRequest()
    prepared = runs.prepare(parse(FLOW), request, platform.catalogue)
    disable(platform, CSV)
    saved = flows.create(platform, COMMAND, project_id, FLOW)
    (problem,) = [problem for problem in saved.problems if problem.code == "operator_disabled"]
    assert (problem.node, problem.level) == ("read", "error")
    assert problem.message.startswith(f"{CSV} was switched off after 3 faults; the last time it crashed")
    with pytest.raises(GraphError, match=r"Node 'read': source\.csv@1\.0\.0 was switched off"):
        runs.submit(platform, COMMAND, project_id, prepared, request)
    faults.enable(platform, COMMAND, CSV)
    assert runs.submit(platform, COMMAND, project_id, prepared, request)
