"""Pools over HTTP: capacity by hand, what waits and why, names only for members."""

import pytest

from patchbay_server.services.platform import prepare
from tests.server.api.conftest import API, HERE, error_of
from tests.server.api.test_flows import FLOW, FLOWS

TRAIN = f"{API}/pools/train"


@pytest.fixture
def run(client):
    client.post(FLOWS, json={"document": FLOW})
    return client.post(f"{HERE}/runs", json={"flow": "small"}).json["id"]


def change(client, version, **capacity):
    return client.patch(TRAIN, json=capacity, headers={"If-Match": f'"{version}"'})


def test_pools_tell_what_they_have_and_what_waits(client, run):
    names = [pool["name"] for pool in client.get(f"{API}/pools").json["items"]]
    assert names == ["inference", "test", "train"]
    train = client.get(TRAIN).json
    assert train["capacity"] == {"cpu": 2.0, "gpu": 0.0, "memory": 8 << 30}
    assert (train["waiting"], train["running"], train["workers"], train["edited"]) == (1, 0, 0, False)


def test_a_capacity_set_by_hand_holds_over_restarts(client, platform):
    changed = change(client, 1, cpu=1.5)
    assert (changed.json["capacity"]["cpu"], changed.json["edited"]) == (1.5, True)
    assert changed.json["capacity"]["memory"] == 8 << 30
    prepare(platform.settings)
    assert client.get(TRAIN).json["capacity"]["cpu"] == 1.5
    error_of(change(client, 1, cpu=3), 409)
    reset = client.post(f"{TRAIN}/reset", headers={"If-Match": changed.headers["ETag"]})
    assert (reset.json["capacity"]["cpu"], reset.json["edited"]) == (2.0, False)
    entries = client.get(f"{API}/audit?action=pool.").json["items"]
    assert [entry["after"]["capacity"]["cpu_milli"] for entry in entries] == [2000, 1500]


def test_less_than_is_used_stops_only_what_is_new(client, platform, run):
    claim = platform.engine.claim("train", "w")
    lowered = change(client, 1, cpu=0).json
    assert (lowered["used"]["cpu"], lowered["running"]) == (1.0, 1)
    assert "1 CPU more is used" in lowered["note"]
    other = client.post(f"{HERE}/runs", json={"flow": "small"})
    assert "CPU" in error_of(other, 422)["message"]
    assert platform.engine.beat(claim, "w")
    platform.engine.hand_back(claim)
    assert platform.engine.claim("train", "w") is None
    (waiting,) = client.get(f"{TRAIN}/waiting").json["items"]
    assert waiting["reason"]["code"] == "impossible"


def test_what_waits_says_why_and_its_name_only_to_members(client, people, run):
    (waiting,) = client.get(f"{TRAIN}/waiting").json["items"]
    assert (waiting["project"], waiting["run_id"], waiting["path"]) == ("default", run, "read")
    assert (waiting["reason"]["code"], waiting["reason"]["details"]["position"]) == ("worker", 1)
    (waiting,) = people.client("stranger").get(f"{TRAIN}/waiting").json["items"]
    assert [waiting[name] for name in ("project", "run_id", "path", "operator")] == [None] * 4
    assert waiting["demand"]["cpu"] == 1.0


def test_workers_are_listed_and_what_they_do_only_to_members(client, people, platform, run):
    platform.engine.worker_seen("w1", "train", "host", 7)
    platform.engine.worker_seen("w2", "train", "host", 8)
    claim = platform.engine.claim("train", "w1")
    platform.engine.beat(claim, "w1")

    def workers(someone):
        found = someone.get(f"{API}/workers").json["items"]
        return [(item["id"], item["alive"], item["busy"], item["project"], item["run_id"]) for item in found]

    assert workers(client) == [("w1", True, True, "default", run), ("w2", True, False, None, None)]
    assert workers(people.client("stranger")) == [("w1", True, True, None, None), ("w2", True, False, None, None)]
    assert client.get(TRAIN).json["workers"] == 2


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/pools/none", None, 404),
        ("get", "/pools/none/waiting", None, 404),
        ("patch", "/pools/none", {"cpu": 1}, 404),
        ("post", "/pools/none/reset", None, 404),
        ("patch", "/pools/train", {"cpu": -1}, 422),
        ("patch", "/pools/train", {"cpu": 1e9}, 422),
        ("patch", "/pools/train", {"memory": 1.5}, 422),
        ("patch", "/pools/train", {"policy": "fixed"}, 422),
    ],
)
def test_what_cannot_be(client, method, path, body, status):
    error_of(getattr(client, method)(API + path, json=body, headers={"If-Match": '"1"'}), status)
