"""Where a dataset is used: flows, runs, models made from it; and a run's table as a dataset."""

import polars as pl
import pytest

from patchbay_server.engine.errors import NotFound
from patchbay_server.graph.reader import parse
from patchbay_server.services import runs
from patchbay_server.services.datasets import datasets, imports, outputs, uses, versions
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.project_folder import data_roots, project_folder
from tests.server.services.datasets.saved import save


@pytest.fixture
def store(runner):
    return runner._store.root


@pytest.fixture
def lots(platform, project):
    frame = pl.DataFrame({"cd": [float(n % 7) for n in range(40)], "fail": [n % 2 for n in range(40)]})
    folder = project_folder(platform.settings, project)
    save(folder, "lots", frame)
    save(folder, "other", frame)


def train(name, dataset, **pin):
    return {
        "format": 1,
        "name": name,
        "nodes": [
            {"id": "read", "operator": "source.dataset@1.0.0", "params": {"name": dataset, **pin}},
            {"id": "scale", "operator": "feature.scale@1.0.0", "params": {"columns": ["cd"]}},
            {"id": "train", "operator": "model.logistic@1.0.0", "params": {"target": "fail"}},
            {"id": "apart", "operator": "source.dataset@1.0.0", "params": {"name": "other"}},
        ],
        "edges": [{"from": "read.table", "to": "scale.table"}, {"from": "scale.table", "to": "train.table"}],
    }


def run_flow(platform, project, document):
    request = runs.RunRequest(data_roots=data_roots(platform.settings, project))
    return runs.submit(platform, COMMAND, project, runs.prepare(parse(document), request, platform.catalogue), request)


def test_runs_and_their_models_are_found(platform, project, work, lots):
    first = run_flow(platform, project, train("yield", "lots"))
    second = run_flow(platform, project, train("pinned", "lots", version=1))
    work()
    assert platform.engine.run(first).state == "done", platform.engine.tasks(first)
    found = uses.uses(platform, project, "lots").items
    assert [(use.run, use.flow, use.node, use.number) for use in found] == [
        (second, "pinned", "read", 1),
        (first, "yield", "read", 1),
    ]
    (model,) = found[1].models
    task = next(task for task in platform.engine.tasks(first) if task.path == "train")
    assert (model.node, model.artifact) == ("train", task.outputs[model.port])
    assert uses.uses(platform, project, "other").items[0].models == []
    assert uses.uses(platform, project, "lots", number=2).items == []
    page = uses.uses(platform, project, "lots", limit=1)
    assert uses.uses(platform, project, "lots", limit=1, cursor=page.next).items == [found[1]]


def test_the_latest_version_is_the_one_of_that_time(platform, project, lots):
    first = run_flow(platform, project, train("yield", "lots"))
    save(project_folder(platform.settings, project), "lots", pl.DataFrame({"cd": [1.0], "fail": [0]}))
    second = run_flow(platform, project, train("yield", "lots"))
    found = uses.uses(platform, project, "lots").items
    assert [(use.run, use.number) for use in found] == [(second, 2), (first, 1)]


def test_a_run_that_resumes_another_uses_the_same(platform, project, lots):
    first = run_flow(platform, project, train("yield", "lots", version=1))
    runs.cancel(platform, COMMAND, first)
    resumed = runs.resume(platform, COMMAND, first)
    assert [(use.run, use.number) for use in uses.uses(platform, project, "lots").items] == [(resumed, 1), (first, 1)]


def test_flows_that_read_it_are_named(platform, project, lots):
    platform.engine.save_revision(project, train("yield", "lots", version=1))
    platform.engine.save_revision(project, train("wrong", "lots") | {"nodes": []})
    (pin,) = uses.readers(platform, project, "lots")
    assert (pin.flow, pin.node, pin.param, pin.number, pin.reader) == ("yield", "read", "name", 1, "flow 'yield'")
    other = projects.create(platform, COMMAND, name="elsewhere").id
    with pytest.raises(NotFound):
        uses.readers(platform, other, "lots")


def test_a_table_of_a_run_becomes_a_dataset(platform, project, work, lots):
    run_id = run_flow(platform, project, train("yield", "lots"))
    work()
    known = outputs.as_upload(platform, COMMAND, project, run=run_id, node="scale", port="table")
    imports.start(platform, COMMAND, project, name="scaled", upload_id=known.id)
    work()
    version = versions.find(platform, project, "scaled", 1)
    assert (version.rows, version.source["kind"], version.source["run"]) == (40, "run", run_id)
    assert version.source["node"] == "scale"
    with pytest.raises(Invalid, match="of type model"):
        outputs.as_upload(platform, COMMAND, project, run=run_id, node="train", port="model")
    other = projects.create(platform, COMMAND, name="elsewhere").id
    with pytest.raises(NotFound):
        outputs.as_upload(platform, COMMAND, other, run=run_id, node="scale", port="table")
    assert datasets.listed(platform, other).items == []
