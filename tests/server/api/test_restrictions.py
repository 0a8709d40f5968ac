"""Which roles may run which operators: seen while editing, refused at every way to start."""

import pytest

from patchbay_server.services.people.restrictions import DEFAULTS
from tests.server.api.conftest import API, HERE, error_of
from tests.server.api.test_flows import FLOW, FLOWS

RESTRICTIONS = f"{HERE}/restrictions"
SQL = {
    "format": 1,
    "name": "lots",
    "nodes": [
        {"id": "read", "operator": "source.sql@1.0.0", "params": {"url": "sqlite:///lots.db", "query": "SELECT 1"}}
    ],
}


def restrict(client, subject, *roles):
    answer = client.put(f"{RESTRICTIONS}/{subject}", json={"roles": list(roles)})
    assert answer.status_code == 200, answer.json
    return answer.json


def test_projects_begin_with_some(client):
    client.post(f"{API}/projects", json={"name": "other"})
    for project in ("default", "other"):
        found = client.get(f"{API}/projects/{project}/restrictions").json["items"]
        assert {item["subject"]: tuple(item["roles"]) for item in found} == dict(sorted(DEFAULTS.items()))


def test_other_peoples_databases_are_for_those_who_build_flows(client, as_role):
    assert client.post(FLOWS, json={"document": SQL}).status_code == 201
    for role in ("expert", "on-duty"):
        someone = as_role(role)
        refused = error_of(someone.post(f"{HERE}/runs", json={"flow": "lots"}), 403)
        assert [problem["code"] for problem in refused["details"]["problems"]] == ["not_allowed"]
        checked = someone.post(f"{HERE}/flow-checks", json={"document": SQL}).json["problems"]
        assert ("not_allowed", "read") in [(problem["code"], problem["node"]) for problem in checked]
    assert as_role("scientist").post(f"{HERE}/runs", json={"flow": "lots"}).status_code == 201


def test_a_family_an_operator_and_an_engine_can_be_restricted(client, as_role):
    client.post(FLOWS, json={"document": FLOW})
    someone = as_role("scientist")
    for subject in ("family:clean", "operator:clean.fill_missing", "engine:local"):
        restrict(client, subject, "admin")
        error_of(someone.post(f"{HERE}/runs", json={"flow": "small"}), 403)
        assert client.post(f"{HERE}/runs", json={"flow": "small"}).status_code == 201
        assert client.delete(f"{RESTRICTIONS}/{subject}").status_code == 204
        assert someone.post(f"{HERE}/runs", json={"flow": "small"}).status_code == 201


def test_what_is_refused_inside_of_a_body_is_seen(client, as_role):
    body = {"nodes": SQL["nodes"]}
    outer = {"format": 1, "name": "outer", "nodes": [{"id": "inner", "kind": "flow", "body": body}]}
    found = as_role("expert").post(f"{HERE}/flow-checks", json={"document": outer}).json["problems"]
    assert ("not_allowed", "inner/read") in [(problem["code"], problem["node"]) for problem in found]


def test_resuming_is_starting(client, as_role):
    client.post(FLOWS, json={"document": FLOW})
    someone = as_role("expert")
    id = someone.post(f"{HERE}/runs", json={"flow": "small"}).json["id"]
    someone.post(f"{HERE}/runs/{id}/cancel")
    restrict(client, "operator:source.csv", "engineer")
    error_of(someone.post(f"{HERE}/runs/{id}/resume"), 403)


def test_setting_one_is_on_record(client):
    restrict(client, "gpu")
    assert restrict(client, "gpu", "viewer", "admin")["roles"] == ["admin", "viewer"]
    client.delete(f"{RESTRICTIONS}/gpu")
    error_of(client.delete(f"{RESTRICTIONS}/gpu"), 404)
    entries = client.get(f"{API}/audit?action=restriction.").json["items"]
    assert [(entry["action"], entry["after"]) for entry in entries] == [
        ("restriction.lifted", None),
        ("restriction.set", {"roles": ["admin", "viewer"]}),
        ("restriction.set", {"roles": []}),
    ]


@pytest.mark.parametrize("subject", ["cpu", "operator:", "family:a.b", "engine:*", "gpu:1", "operator:a b"])
def test_what_is_no_subject(client, subject):
    error_of(client.put(f"{RESTRICTIONS}/{subject}", json={"roles": []}), 422)


def test_what_is_no_role(client):
    error_of(client.put(f"{RESTRICTIONS}/gpu", json={"roles": ["king"]}), 422)
