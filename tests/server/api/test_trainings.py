"""Trainings over HTTP: the steps of a flow that train, as their worker reports them, on both databases."""

import pytest

from patchbay_server import config
from patchbay_server.services.platform import Platform, prepare
from tests.server.api.conftest import HERE
from tests.server.api.test_flows import FLOWS

FLOW = {
    "format": 1,
    "name": "fitting",
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "lots.csv"}},
        {
            "id": "fit",
            "operator": "train.tabular@1.0.0",
            "title": "Yield network",
            "params": {"target": "fail", "workers": 2, "strategy": "zero1"},
            "settings": {"engine": "deepspeed"},
        },
    ],
    "edges": [{"from": "read.table", "to": "fit.table"}],
}


@pytest.fixture
def platform(database_url, tmp_path):
    pool = {"PATCHBAY_POOL_TRAIN": "cpu=4 memory=16Gi"}
    settings = config.load({"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url, **pool})
    prepare(settings)
    with Platform.open(settings) as platform:
        yield platform


def test_a_training_is_listed_while_it_reports(client, platform, as_role):
    assert client.post(FLOWS, json={"document": FLOW}).status_code == 201
    started = client.post(f"{HERE}/runs", json={"flow": "fitting"})
    assert started.status_code == 201, started.json
    (waits,) = client.get(f"{HERE}/trainings").json["items"]
    assert (waits["run_id"], waits["state"], waits["metrics"], waits["progress"]) == (
        started.json["id"], "waiting", {}, None,
    )  # fmt: skip
    assert (waits["title"], waits["operator"], waits["engine"]) == ("Yield network", "train.tabular@1.0.0", "deepspeed")
    assert waits["settings"] | {"strategy": "zero1", "workers": 2, "precision": "fp32"} == waits["settings"]
    assert "target" not in waits["settings"]
    assert client.get(f"{HERE}/trainings?state=running").json == {"items": [], "next": None}
    assert client.get(f"{HERE}/trainings?state=odd").status_code == 422
    assert as_role("viewer").get(f"{HERE}/trainings").json["items"] == [waits]
