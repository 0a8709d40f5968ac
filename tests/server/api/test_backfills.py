"""Backfills over HTTP; that they make their runs is tested with their service."""

import pytest

from tests.server.api.conftest import HERE, error_of
from tests.server.api.test_flows import FLOW, FLOWS

BACKFILLS = f"{HERE}/backfills"
DAY = 24 * 3600
WEEK = {"flow": "small", "from": 1_770_000_000, "until": 1_770_000_000 + 7 * DAY, "cron": "0 6 * * *"}


@pytest.fixture(autouse=True)
def saved(client):
    client.post(FLOWS, json={"document": FLOW})


def test_a_backfill_from_its_beginning_to_its_end(client):
    made = client.post(BACKFILLS, json=WEEK)
    assert made.status_code == 201, made.json
    assert (made.json["state"], made.json["flows"], made.json["owner"]) == ("running", ["small"], "the-admin")
    assert (made.json["counts"]["pending"], made.json["counts"]["done"]) == (7, 0)
    here = f"{BACKFILLS}/{made.json['id']}"
    assert client.get(here).json == made.json
    assert [item["id"] for item in client.get(BACKFILLS).json["items"]] == [made.json["id"]]
    items = client.get(f"{here}/items").json["items"]
    assert [item["due_at"] - items[0]["due_at"] for item in items] == [day * DAY for day in range(7)]
    assert {(item["flow"], item["state"], item["run"]) for item in items} == {("small", "pending", None)}
    assert client.post(f"{here}/pause").json["state"] == "paused"
    assert error_of(client.post(f"{here}/pause"), 409)["details"]["state"] == "paused"
    assert client.post(f"{here}/resume").json["state"] == "running"
    assert client.post(f"{here}/cancel").json["state"] == "cancelled"


def test_what_cannot_be_is_refused(client, people):
    refused = [
        ({"flow": "none"}, 404, "'none'"),
        ({"cron": "soon"}, 422, "soon"),
        ({"until": WEEK["from"]}, 422, "never due"),
        ({"cron": "* * * * *"}, 422, "1000"),
        ({"parallel": 0}, 422, ""),
        ({"params": {"fiel": 1}}, 422, "'fiel'"),
    ]
    for changes, status, text in refused:
        assert text in error_of(client.post(BACKFILLS, json=WEEK | changes), status)["message"]
    viewer = people.client("eve", roles={"default": "viewer"})
    error_of(viewer.post(BACKFILLS, json=WEEK), 403)
