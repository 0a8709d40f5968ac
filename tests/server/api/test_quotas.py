"""Quotas of projects over HTTP: shown to members, set by whoever may change the capacity of pools."""

import pytest

from tests.server.api.conftest import API, HERE, error_of
from tests.server.api.test_flows import FLOW, FLOWS

QUOTA = f"{HERE}/quota"
DEFAULTS = {"weight": 1.0, "cpu": None, "gpu": None, "trainings": None, "storage": None, "borrows": True}
LIMITS = {"weight": 2.0, "cpu": 4.0, "gpu": 0.5, "trainings": 1, "storage": 1 << 30, "borrows": False}
NOTHING = {"cpu": 0.0, "gpu": 0.0, "trainings": 0, "storage": 0}


def test_from_no_quota_to_one_and_back(client, as_role):
    on_duty, viewer = as_role("on-duty"), as_role("viewer")
    assert viewer.get(QUOTA).json == {"limits": DEFAULTS, "used": NOTHING, "edited": False}
    assert on_duty.put(QUOTA, json=LIMITS).json == {"limits": LIMITS, "used": NOTHING, "edited": True}
    assert viewer.get(QUOTA).json["limits"] == LIMITS
    assert on_duty.delete(QUOTA).status_code == on_duty.delete(QUOTA).status_code == 204
    assert viewer.get(QUOTA).json["limits"] == DEFAULTS
    entries = client.get(f"{API}/audit?action=quota.").json["items"]
    assert [(entry["action"], entry["actor"], entry["after"]) for entry in entries] == [
        ("quota.reset", "the-on-duty", DEFAULTS),
        ("quota.set", "the-on-duty", LIMITS),
    ]


def test_the_admin_of_a_project_does_not_raise_its_quota(as_role):
    admin = as_role("admin")
    for answer in (admin.put(QUOTA, json=LIMITS), admin.delete(QUOTA)):
        assert error_of(answer, 403)["details"]["permission"] == "pool.manage"


def test_what_runs_is_used(client, platform):
    client.post(FLOWS, json={"document": FLOW})
    client.post(f"{HERE}/runs", json={"flow": "small"})
    assert client.get(QUOTA).json["used"] == NOTHING
    assert platform.engine.claim("train", "w")
    assert client.get(QUOTA).json["used"] == NOTHING | {"cpu": 1.0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"cpu": -1},
        {"gpu": 1e9},
        {"weight": 0},
        {"weight": None},
        {"weight": "NaN"},
        {"trainings": 1.5},
        {"borrows": None},
        {"storage": -1},
    ],
)
def test_what_cannot_be(client, wrong):
    error_of(client.put(QUOTA, json=LIMITS | wrong), 422)
    assert client.get(QUOTA).json["edited"] is False


def test_a_quota_is_set_as_a_whole(client):
    error_of(client.put(QUOTA, json={"cpu": 1}), 422)


def test_a_project_that_keeps_as_much_as_it_may_starts_nothing(client):
    client.post(FLOWS, json={"document": FLOW})
    client.put(QUOTA, json=DEFAULTS | {"storage": 0})
    error = error_of(client.post(f"{HERE}/runs", json={"flow": "small"}), 422)
    assert (error["code"], error["details"]) == ("storage_full", {"kept": 0, "limit": 0})
    client.put(QUOTA, json=DEFAULTS | {"storage": 1})
    assert client.post(f"{HERE}/runs", json={"flow": "small"}).status_code == 201
