"""Runs that take what another run did as it is: asked later, a model answers, and nothing is learned anew."""

import polars as pl
import pytest

from patchbay_server.engine import flows as saved
from patchbay_server.services import runs
from patchbay_server.services.datasets import uses
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.project_folder import project_folder
from tests.server.services.datasets.saved import save

FLOW = {
    "format": 1,
    "name": "yield",
    "params": {"rows": {"type": "array", "default": [{"cd": 1.0}]}},
    "nodes": [
        {"id": "read", "operator": "source.dataset@1.0.0", "params": {"name": "lots"}},
        {"id": "train", "operator": "model.logistic@1.0.0", "params": {"target": "fail"}},
        {"id": "new_rows", "operator": "source.rows@1.0.0", "params": {"rows": {"$param": "rows"}}},
        {"id": "try_row", "operator": "apply.predict@1.0.0"},
    ],
    "edges": [
        {"from": "read.table", "to": "train.table"},
        {"from": "new_rows.table", "to": "try_row.table"},
        {"from": "train.model", "to": "try_row.model"},
    ],
}


@pytest.fixture
def store(runner):
    return runner._store.root


def start(platform, project, node, **request):
    asked = runs.RunRequest(mode="to", nodes=[node], **request)
    return runs.start(platform, COMMAND, project, flow="yield", revision=1, request=asked).id


def test_new_data_of_another_form_changes_nothing_about_the_model_that_is_asked(platform, project, work):
    folder = project_folder(platform.settings, project)
    save(folder, "lots", pl.DataFrame({"cd": [float(n % 7) for n in range(40)], "fail": [n % 2 for n in range(40)]}))
    platform.database.transact(saved.save_revision, project, FLOW)
    shown = start(platform, project, "train")
    work()
    save(folder, "lots", pl.DataFrame({"other": [1.0]}))
    asked = start(platform, project, "try_row", params={"rows": [{"cd": 2.0}]}, results_of=shown)
    work()
    tasks = {task.path: task for task in platform.engine.tasks(asked)}
    assert {path: task.state for path, task in tasks.items()} == dict.fromkeys(("train", "new_rows", "try_row"), "done")
    (model,) = [task.outputs["model"] for task in platform.engine.tasks(shown) if task.path == "train"]
    assert (tasks["train"].outputs["model"], tasks["train"].attempt) == (model, 0)
    assert [use.run for use in uses.uses(platform, project, "lots").items] == [shown]

    platform.database.transact(saved.save_revision, project, FLOW | {"title": "Another"})
    newer = runs.RunRequest(mode="to", nodes=["try_row"], results_of=shown)
    with pytest.raises(Invalid, match="another flow or revision"):
        runs.start(platform, COMMAND, project, flow="yield", request=newer)
