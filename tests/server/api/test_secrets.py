"""Secrets over the API: written, listed, never read."""

import json

import pytest
from flask.testing import FlaskClient

from patchbay_server.errors import GraphError
from patchbay_server.graph.reader import parse
from patchbay_server.services import flows, runs
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from tests.server.api.conftest import API, HERE, error_of

SECRETS = f"{HERE}/secrets"
VALUE = "hunter2-hunter2"


def flow(name: str, **params: object) -> dict:
    """A flow of one node that reads a database."""
    node = {"id": "read", "kind": "operator", "operator": "source.sql@1.0.0", "params": {"query": "SELECT 1", **params}}
    return {"format": 1, "name": name, "nodes": [node], "edges": []}


def test_no_answer_holds_a_value(client: FlaskClient) -> None:
    made = client.post(SECRETS, json={"name": "db", "value": VALUE, "description": "the fab's database"})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    changed = client.put(f"{SECRETS}/db", json={"value": VALUE + "!"}, headers={"If-Match": '"1"'})
    answers = [made, changed, client.get(SECRETS), client.get(f"{SECRETS}/db"), client.get(f"{SECRETS}/db/flows")]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert not [answer for answer in answers if VALUE in answer.text]
    shown = client.get(f"{SECRETS}/db").json
    assert set(shown) == {"name", "description", "created_at", "created_by", "changed_at"}
    assert (shown["description"], shown["created_by"]) == ("the fab's database", "the-admin")


def test_a_change_says_what_it_has_seen(client: FlaskClient) -> None:
    client.post(SECRETS, json={"name": "db", "value": VALUE})
    error_of(client.put(f"{SECRETS}/db", json={"value": VALUE}), 428)
    error_of(client.put(f"{SECRETS}/db", json={"value": VALUE}, headers={"If-Match": '"7"'}), 409)
    error_of(client.delete(f"{SECRETS}/db"), 428)
    assert client.delete(f"{SECRETS}/db", headers={"If-Match": '"1"'}).status_code == 204
    error_of(client.get(f"{SECRETS}/db"), 404)


def test_refusals_do_not_show_the_value(client: FlaskClient) -> None:
    for body in (
        {"name": "db", "value": "xyz"},
        {"name": "db", "value": " xyz "},
        {"name": "d b", "value": VALUE},
        {"name": "db", "value": VALUE, "more": VALUE},
        {"name": "db", "value": {"text": VALUE}},
        {"name": "db", "value": VALUE * 10_000},
    ):
        answer = client.post(SECRETS, json=body)
        error = error_of(answer, 422)
        assert VALUE not in json.dumps(error) and "xyz" not in json.dumps(error)
    assert client.get(SECRETS).json["items"] == []


def test_roles(as_role, people) -> None:
    wanted = {"admin": 201, "engineer": 201, "scientist": 403, "expert": 403, "on-duty": 403, "viewer": 403}
    for role, status in wanted.items():
        member = as_role(role)
        assert member.post(SECRETS, json={"name": f"of-{role}", "value": VALUE}).status_code == status
        assert member.get(SECRETS).status_code == (200 if role in ("admin", "engineer", "scientist") else 403)
    assert people.client("outsider").get(SECRETS).status_code == 404
    assert people.with_token(None).get(SECRETS).status_code == 401


def test_where_a_secret_is_used(client: FlaskClient, platform: Platform) -> None:
    project_id = projects.find(platform, COMMAND, "default").id
    for name, params in (
        ("by-secret", {"connection": "secret", "secret": "db"}),
        ("by-url", {"connection": "url", "url": "sqlite:///db"}),
        ("by-another", {"connection": "secret", "secret": "db2"}),
        ("hidden", {"connection": "url", "url": "sqlite:///x", "secret": "db"}),
    ):
        platform.engine.save_revision(project_id, parse(flow(name, **params)).to_json())
    found = client.get(f"{SECRETS}/db/flows").json
    assert found == {"items": [{"flow": "by-secret", "nodes": ["read"]}], "next": None}
    other = projects.create(platform, COMMAND, name="other").id
    platform.engine.save_revision(other, parse(flow("elsewhere", connection="secret", secret="db")).to_json())
    assert client.get(f"{SECRETS}/db/flows").json == found
    assert client.get(f"{API}/projects/other/secrets/db/flows").json["items"][0]["flow"] == "elsewhere"


def test_a_flow_that_names_a_secret_that_is_not_there_has_a_problem(client: FlaskClient, platform: Platform) -> None:
    project_id = projects.find(platform, COMMAND, "default").id
    document = flow("by-secret", connection="secret", secret="db")
    (problem,) = flows.create(platform, COMMAND, project_id, document).problems
    assert (problem.code, problem.node, problem.field, problem.value) == (
        "secret_unknown", "read", "params.secret", "db",
    )  # fmt: skip
    with pytest.raises(GraphError, match="'read': secret names the secret 'db', which this project does not have"):
        runs.start(platform, COMMAND, project_id, flow="by-secret", request=runs.RunRequest())
    client.post(SECRETS, json={"name": "db", "value": VALUE})
    assert flows.check_draft(platform, COMMAND, project_id, document, {}).problems == []
    assert runs.start(platform, COMMAND, project_id, flow="by-secret", request=runs.RunRequest()).id
