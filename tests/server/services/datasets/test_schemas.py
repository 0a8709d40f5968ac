"""A flow that reads a dataset is checked against its columns before anything has run."""

import polars as pl
import pytest

from patchbay_server.services import flows
from patchbay_server.services.datasets import datasets
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.project_folder import project_folder
from tests.server.services.datasets.saved import save


def document(dataset, target):
    return {
        "format": 1,
        "name": "train",
        "nodes": [
            {"id": "read", "operator": "source.dataset@1.0.0", "params": {"name": dataset}},
            {"id": "split", "operator": "shape.split@1.0.0"},
            {"id": "train", "operator": "model.logistic@1.0.0", "params": {"target": target}},
        ],
        "edges": [{"from": "read.table", "to": "split.table"}, {"from": "split.train", "to": "train.table"}],
    }


@pytest.fixture
def lots(platform, project):
    save(project_folder(platform.settings, project), "lots", pl.DataFrame({"cd": [1.0, 2.0], "fail": [0, 1]}))
    return datasets.find(platform, project, "lots")


def test_columns_of_the_newest_version_reach_what_follows(platform, project, lots):
    checked = flows.check_draft(platform, COMMAND, project, document("lots", "fail"), {})
    assert [column.name for column in checked.schemas["split", "train"]] == ["cd", "fail"]
    assert checked.problems == []
    missing = flows.check_draft(platform, COMMAND, project, document("lots", "yield"), {})
    assert [(problem.node, problem.code) for problem in missing.problems] == [("train", "param_column_missing")]


def test_a_dataset_that_is_not_there_leaves_columns_unknown(platform, project):
    checked = flows.check_draft(platform, COMMAND, project, document("nothing", "fail"), {})
    assert checked.schemas["split", "train"] is None
