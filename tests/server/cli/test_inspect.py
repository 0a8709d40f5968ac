"""`patchbay flows`, `runs`, `logs`, `cancel`: of one project or another."""

import json

import pytest

from patchbay_server import config
from patchbay_server.engine import Result
from patchbay_server.graph.cache_key import CacheParts
from patchbay_server.services import flows, runs
from patchbay_server.services.people import audit, projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare

FLOW = {
    "format": 1,
    "name": "clean",
    "nodes": [{"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "lots.csv"}}],
    "edges": [],
}


@pytest.fixture
def platform(folder):
    settings = config.load()
    prepare(settings)
    with Platform.open(settings) as platform:
        yield platform


@pytest.fixture
def run(platform):
    """A run in a project of its own."""
    project = projects.create(platform, COMMAND, name="fab")
    flows.create(platform, COMMAND, project.id, FLOW)
    return runs.start(platform, COMMAND, project.id, flow="clean", request=runs.RunRequest()).id


def test_what_there_is_in_which_project(patchbay, run):
    assert patchbay("flows").output == "No flow is saved. `patchbay run FLOW.json` saves one.\n"
    assert patchbay("runs").output == "There are no runs.\n"
    (flow,) = json.loads(patchbay("flows", "--project", "fab", "--json").output)
    assert (flow["name"], flow["number"], flow["nodes"]) == ("clean", 1, 1)
    (listed,) = json.loads(patchbay("runs", "--project", "fab", "--flow", "clean", "--json").output)
    assert (listed["id"], listed["state"]) == (run, "queued")
    assert "clean" in patchbay("flows", "--project", "fab").output
    assert "clean" in patchbay("runs", "--project", "fab").output
    for command in ("flows", "runs"):
        ended = patchbay(command, "--project", "none")
        assert (ended.status, "no project 'none'" in ended.errors) == (2, True)


def test_a_run_is_cancelled_by_its_number_and_that_is_on_record(patchbay, platform, run):
    assert patchbay("cancel", str(run)).output == f"Run {run} is cancelled.\n"
    assert "read  cancelled" in patchbay("logs", str(run)).output
    (entry,) = audit.entries(platform.database, audit.Filter(action="run.cancelled")).items
    assert (entry.actor, entry.thing) == ("command line", f"run:{run}")
    assert "no run 99" in patchbay("cancel", "99").errors


def test_what_waits_for_a_person_is_approved_or_rejected_once(patchbay, platform):
    node = {"id": "ask", "kind": "approval"}
    document = {**FLOW, "nodes": [*FLOW["nodes"], node], "edges": [{"from": "read.table", "to": "ask.value"}]}
    project = projects.create(platform, COMMAND, name="fab")
    flows.create(platform, COMMAND, project.id, document)
    id = runs.start(platform, COMMAND, project.id, flow="clean", request=runs.RunRequest()).id
    assert "ask of run" in patchbay("approve", str(id), "ask").errors
    engine = platform.engine
    engine.commit(engine.claim("train", "w"), Result({"table": "a"}), "w")
    engine.ask(engine.claim("train", "w"), CacheParts("approval", ""))
    assert patchbay("reject", str(id), "ask", "--note", "no").output == f"ask of run {id} is rejected.\n"
    assert "ask of run" in patchbay("approve", str(id), "ask").errors
    assert engine.run(id).state == "failed"
