"""The API on a real database, without workers: access, errors, flows, runs, events."""

import re

import pytest

from patchbay_server import config
from patchbay_server.app import create_app
from patchbay_server.services.platform import Platform, prepare

TOKEN = "a-token"
FLOW = {
    "format": 1,
    "name": "small",
    "params": {"file": {"type": "string", "default": "data.csv"}},
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "file"}}},
        {"id": "fill", "operator": "clean.fill_missing@1.0.0"},
    ],
    "edges": [{"from": "read.table", "to": "fill.table"}],
}


@pytest.fixture
def app(tmp_path):
    settings = config.load({"PATCHBAY_HOME": str(tmp_path)})
    prepare(settings)
    with Platform.open(settings) as platform:
        yield create_app(platform, TOKEN)


@pytest.fixture
def client(app):
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


def with_node(**changes):
    return FLOW | {"nodes": [FLOW["nodes"][0], FLOW["nodes"][1] | changes]}


def error_of(response, status):
    assert response.status_code == status, response.json
    assert set(response.json) == {"error"}
    assert set(response.json["error"]) == {"code", "message", "details"}
    return response.json["error"]


def test_health_is_open(app):
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic YTpi", "Bearer", TOKEN])
@pytest.mark.parametrize("path", ["/api/v1/operators", "/api/v1/flows", "/api/v1/runs/1/events", "/api/v1/nothing"])
def test_everything_else_needs_the_token(app, path, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    error = error_of(app.test_client().get(path, headers=headers), 401)
    assert error["code"] == "unauthorized"
    assert "api-token" in error["message"]


def test_openapi_describes_every_route(app):
    document = app.test_client().get("/api/v1/openapi.json").json
    routes = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", str(rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] != "api-docs"
    }
    assert routes == set(document["paths"])


def test_operators_are_data(client):
    listed = client.get("/api/v1/operators").json
    assert listed["broken"] == []
    spec = next(spec for spec in listed["operators"] if spec["id"] == "source.csv")
    assert client.get("/api/v1/operators/source.csv@1.0.0").json == spec


def test_an_unknown_operator_is_named(client):
    error = error_of(client.get("/api/v1/operators/source.cvs@1.0.0"), 404)
    assert error["code"] == "operator_unknown"
    assert "source.csv" in error["message"]


def test_a_flow_gets_a_revision_per_change(client):
    first = client.post("/api/v1/flows", json={"document": FLOW})
    assert first.status_code == 201
    again = client.post("/api/v1/flows", json={"document": FLOW}).json
    changed = client.post("/api/v1/flows", json={"document": with_node(params={"strategy": "mean"})}).json
    assert (first.json["number"], again["number"], changed["number"]) == (1, 1, 2)
    assert [flow["number"] for flow in client.get("/api/v1/flows").json] == [2]
    assert client.get("/api/v1/flows/small").json["document"]["nodes"][1]["params"] == {"strategy": "mean"}


def test_a_draft_with_problems_can_be_saved_but_not_run(client):
    saved = client.post("/api/v1/flows", json={"document": with_node(operator="clean.fill@9.0.0")}).json
    assert [(problem["node"], problem["code"]) for problem in saved["problems"]] == [("fill", "unknown_operator")]
    error = error_of(client.post("/api/v1/runs", json={"flow": "small"}), 422)
    assert "fill" in error["message"]
    assert client.get("/api/v1/runs").json == []


@pytest.mark.parametrize(
    ("body", "status", "code", "text"),
    [
        (b"{", 400, "invalid_request", ""),
        (b"[]", 422, "invalid_request", ""),
        (b'{"document": {"format": 1, "name": "x"}}', 422, "document_invalid", "nodes"),
        (b'{"document": 5}', 422, "invalid_request", ""),
        (b"{}", 422, "invalid_request", ""),
    ],
)
def test_rubbish_is_refused_with_the_one_payload(client, body, status, code, text):
    error = error_of(client.post("/api/v1/flows", data=body, content_type="application/json"), status)
    assert error["code"] == code
    assert text in error["message"]


def test_a_run_is_started_followed_and_cancelled(client):
    client.post("/api/v1/flows", json={"document": FLOW})
    started = client.post("/api/v1/runs", json={"flow": "small", "params": {"file": "other.csv"}})
    assert started.status_code == 201, started.json
    id = started.json["id"]
    run = client.get(f"/api/v1/runs/{id}").json
    assert (run["state"], run["params"]) == ("queued", {"file": "other.csv"})
    assert [(task["path"], task["state"]) for task in run["tasks"]] == [("read", "ready"), ("fill", "waiting")]
    events = client.get(f"/api/v1/runs/{id}/events").json
    assert [event["data"] for event in events] == [{"state": "queued"}]
    assert client.post(f"/api/v1/runs/{id}/cancel").json["state"] == "cancelled"
    later = client.get(f"/api/v1/runs/{id}/events?after={events[-1]['seq']}").json
    assert [event["seq"] for event in later] == list(range(events[-1]["seq"] + 1, events[-1]["seq"] + 1 + len(later)))
    assert later[-1]["data"] == {"state": "cancelled"}
    resumed = client.post(f"/api/v1/runs/{id}/resume")
    assert resumed.status_code == 201
    assert client.get(f"/api/v1/runs/{resumed.json['id']}").json["resumed_from"] == id


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "text"),
    [
        ("get", "/api/v1/runs/77", None, 404, "77"),
        ("get", "/api/v1/runs/77/events", None, 404, "77"),
        ("post", "/api/v1/runs/77/cancel", None, 404, "77"),
        ("post", "/api/v1/runs/77/resume", None, 404, "77"),
        ("get", "/api/v1/flows/none", None, 404, "none"),
        ("post", "/api/v1/runs", {"flow": "none"}, 404, "none"),
        ("post", "/api/v1/runs", {"flow": "small", "mode": "some"}, 422, ""),
        ("post", "/api/v1/runs", {"flow": "small", "params": {"fiel": "x"}}, 422, "'fiel'"),
        ("post", "/api/v1/runs", {"flow": "small", "params": {"file": 5}}, 422, "'file'"),
        ("post", "/api/v1/runs", {"flow": "small", "mode": "only", "nodes": ["raed"]}, 422, "'raed'"),
        ("get", "/api/v1/runs?limit=0", None, 422, ""),
        ("delete", "/api/v1/runs", None, 405, ""),
        ("get", "/nothing", None, 404, ""),
    ],
)
def test_what_cannot_be_done_is_said(client, method, path, body, status, text):
    client.post("/api/v1/flows", json={"document": FLOW})
    error = error_of(getattr(client, method)(path, json=body), status)
    assert text in error["message"]


def test_a_run_of_the_api_may_touch_only_the_configured_folders(client, app):
    client.post("/api/v1/flows", json={"document": FLOW})
    refused = client.post("/api/v1/runs", json={"flow": "small", "data_roots": ["/"]})
    assert error_of(refused, 422)["details"]
    id = client.post("/api/v1/runs", json={"flow": "small"}).json["id"]
    platform = app.extensions["patchbay"]
    assert platform.engine.run(id).data_roots == []


def test_an_unexpected_error_hides_its_cause(app, client):
    @app.get("/breaks")
    def breaks():
        raise RuntimeError("secret")

    error = error_of(client.get("/breaks"), 500)
    assert error["code"] == "internal_error"
    assert "secret" not in error["message"]
