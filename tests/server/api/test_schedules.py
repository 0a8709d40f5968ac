"""Schedules over HTTP; that they fire is tested with their service."""

import pytest

from tests.server.api.conftest import HERE, error_of
from tests.server.api.test_flows import FLOW, FLOWS

SCHEDULES = f"{HERE}/schedules"
NIGHTLY = {"name": "nightly", "flow": "small", "cron": "30 2 * * *", "timezone": "Europe/Berlin", "params": {}}


@pytest.fixture(autouse=True)
def saved(client):
    client.post(FLOWS, json={"document": FLOW})


def test_a_schedule_from_its_beginning_to_its_end(client):
    made = client.post(SCHEDULES, json=NIGHTLY)
    assert made.status_code == 201, made.json
    assert (made.json["owner"], made.json["enabled"], made.headers["ETag"]) == ("the-admin", True, '"1"')
    assert (made.json["catch_up"], made.json["overlap"], made.json["priority"]) == ("latest", "skip", 0)
    assert len(made.json["next_times"]) == 5 and made.json["next_times"][0] == made.json["next_at"]
    assert made.json["next_times"] == sorted(set(made.json["next_times"]))
    table = {name: value for name, value in NIGHTLY.items() if name != "name"}
    off = client.put(f"{SCHEDULES}/nightly", json=table | {"enabled": False}, headers={"If-Match": '"1"'})
    assert (off.json["next_at"], off.json["next_times"], off.headers["ETag"]) == (None, [], '"2"')
    assert [item["name"] for item in client.get(SCHEDULES).json["items"]] == ["nightly"]
    run = client.post(f"{SCHEDULES}/nightly/run-now").json["id"]
    assert client.get(f"{SCHEDULES}/nightly").json["last_run_id"] == run
    error_of(client.delete(f"{FLOWS}/small", headers={"If-Match": '"1"'}), 409)
    assert client.delete(f"{SCHEDULES}/nightly", headers={"If-Match": '"2"'}).status_code == 204
    error_of(client.get(f"{SCHEDULES}/nightly"), 404)


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({"cron": "30 2 * *"}, 422, "five fields"),
        ({"cron": "0 0 30 2 *"}, 422, "never due"),
        ({"timezone": "Mars/Olympus"}, 422, "time zone"),
        ({"flow": "none"}, 404, "'none'"),
        ({"params": {"fiel": "x"}}, 422, "'fiel'"),
        ({"catch_up": "all"}, 422, "overlap"),
        ({"overlap": "sometimes"}, 422, ""),
        ({"priority": 1001}, 422, ""),
        ({"name": "a/b"}, 422, "a/b"),
        ({"name": ""}, 422, ""),
    ],
)
def test_what_cannot_be_is_refused(client, changes, status, text):
    assert text in error_of(client.post(SCHEDULES, json=NIGHTLY | changes), status)["message"]


def test_whoever_may_not_start_runs_makes_no_schedule(as_role):
    error_of(as_role("viewer").post(SCHEDULES, json=NIGHTLY), 403)
    assert as_role("on-duty").post(SCHEDULES, json=NIGHTLY).status_code == 201
