"""Flows over HTTP: saved, compared, checked, upgraded, deleted; each project its own."""

import pytest

from tests.server.api.conftest import API, HERE, error_of

FLOW = {
    "format": 1,
    "name": "small",
    "title": {"en": "Small", "zh-CN": "小"},
    "params": {"file": {"type": "string", "default": "data.csv"}},
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "file"}}},
        {"id": "fill", "operator": "clean.fill_missing@1.0.0"},
    ],
    "edges": [{"from": "read.table", "to": "fill.table"}],
}
FLOWS = f"{HERE}/flows"


def with_node(**changes):
    return FLOW | {"nodes": [FLOW["nodes"][0], FLOW["nodes"][1] | changes]}


MEAN = with_node(params={"strategy": "mean"})


@pytest.fixture
def saved(client):
    answer = client.post(FLOWS, json={"document": FLOW})
    assert answer.status_code == 201, answer.json
    return answer


def put(client, document, revision, flow="small"):
    return client.put(f"{FLOWS}/{flow}", json={"document": document}, headers={"If-Match": f'"{revision}"'})


def test_a_flow_gets_a_revision_per_change(client, saved):
    assert (saved.json["number"], saved.headers["ETag"]) == (1, '"1"')
    assert put(client, FLOW, 1).json["number"] == 1
    changed = put(client, MEAN, 1)
    assert (changed.json["number"], changed.headers["ETag"]) == (2, '"2"')
    now = client.get(f"{FLOWS}/small")
    assert now.json["document"]["nodes"][1]["params"] == {"strategy": "mean"}
    assert client.get(f"{FLOWS}/small/revisions/1").json["document"] == saved.json["document"]
    revisions = client.get(f"{FLOWS}/small/revisions?limit=1").json
    assert [(r["number"], r["created_by"]) for r in revisions["items"]] == [(2, "the-admin")]
    older = client.get(f"{FLOWS}/small/revisions?cursor={revisions['next']}").json
    assert ([r["number"] for r in older["items"]], older["next"]) == ([1], None)


def test_the_list_says_how_the_newest_run_of_each_flow_ended(client, saved):
    assert client.get(FLOWS).json["items"][0]["last_run"] is None
    for _ in range(2):
        run = client.post(f"{HERE}/runs", json={"flow": "small"}).json
    last = client.get(FLOWS).json["items"][0]["last_run"]
    assert (last["id"], last["state"]) == (run["id"], "queued")


def test_samples_can_be_saved_under_another_name(client):
    samples = client.get(f"{API}/flow-samples").json
    assert {"yield", "text", "regression", "clustering"} <= {sample["name"] for sample in samples}
    document = samples[0]["document"] | {"name": "mine"}
    saved = client.post(FLOWS, json={"document": document}).json
    assert [problem for problem in saved["problems"] if problem["level"] == "error"] == []


def test_of_two_who_save_at_once_one_is_told_the_present_revision(client, saved):
    put(client, MEAN, 1)
    error = error_of(put(client, FLOW, 1), 409)
    assert error["details"]["revision"] == 2
    error_of(client.put(f"{FLOWS}/small", json={"document": FLOW}), 428)


def test_a_name_is_taken_once_and_free_again(client, saved):
    error_of(client.post(FLOWS, json={"document": MEAN}), 409)
    error_of(put(client, FLOW | {"name": "other"}, 1), 422)
    run = client.post(f"{HERE}/runs", json={"flow": "small"}).json["id"]
    assert client.delete(f"{FLOWS}/small", headers={"If-Match": '"1"'}).status_code == 204
    error_of(client.get(f"{FLOWS}/small"), 404)
    error_of(client.get(f"{FLOWS}/small/revisions"), 404)
    assert client.get(FLOWS).json["items"] == []
    assert client.get(f"{HERE}/runs/{run}").json["flow"] == "small"
    assert client.post(FLOWS, json={"document": FLOW}).json["number"] == 1


def test_flows_are_found_by_name_and_title(client, saved):
    client.post(FLOWS, json={"document": FLOW | {"name": "良率 1%", "title": "Yield"}})
    assert [flow["name"] for flow in client.get(FLOWS).json["items"]] == ["small", "良率 1%"]
    for q, names in {"小": ["small"], "YIELD": ["良率 1%"], "1%": ["良率 1%"], "none": []}.items():
        found = client.get(FLOWS, query_string={"q": q}).json["items"]
        assert [flow["name"] for flow in found] == names, q
    assert client.get(f"{FLOWS}/良率 1%").json["document"]["title"] == "Yield"


def test_another_project_has_other_flows(client, people, saved):
    client.post(f"{API}/projects", json={"name": "other"})
    assert client.get(f"{API}/projects/other/flows").json["items"] == []
    error_of(client.get(f"{API}/projects/other/flows/small"), 404)
    assert client.post(f"{API}/projects/other/flows", json={"document": FLOW}).json["number"] == 1
    stranger = people.client("stranger", roles={"other": "admin"})
    assert "project" in error_of(stranger.get(FLOWS), 404)["message"]


def test_what_changed_is_told_in_the_words_of_the_author(client, saved):
    moved = {"id": "fill", "position": [5, 5]}
    put(client, with_node(params={"strategy": "mean"}, **moved), 1)
    diff = client.get(f"{FLOWS}/small/diff?from=1").json
    assert diff["changes"] == [{"node": "fill", "field": "params.strategy", "old": None, "new": "mean"}]
    renamed = MEAN | {"nodes": [FLOW["nodes"][0], MEAN["nodes"][1] | {"id": "impute"}], "edges": []}
    put(client, renamed, 2)
    diff = client.get(f"{FLOWS}/small/diff?from=2&to=3").json
    assert (diff["renamed"], diff["added"], diff["removed"]) == ({"fill": "impute"}, [], [])
    assert diff["edges_removed"] == [{"from": "read.table", "to": "impute.table"}]
    assert client.get(f"{FLOWS}/small/diff?from=3&to=2").json["edges_added"] == [
        {"from": "read.table", "to": "fill.table"}
    ]
    error_of(client.get(f"{FLOWS}/small/diff?from=9"), 404)


def check(client, document, **params):
    answer = client.post(f"{HERE}/flow-checks", json={"document": document, "params": params})
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_draft_is_checked_without_being_saved(client, platform):
    folder = platform.settings.data_dir / "projects" / "1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lots.csv").write_text("lot,price\na,1\n")
    found = check(client, with_node(params={"columns": ["prise"]}), file="lots.csv")
    (problem,) = found["problems"]
    assert (problem["node"], problem["field"]) == ("fill", "params.columns")
    assert "'price'" in problem["message"]
    columns = found["schemas"]["read"]["table"]["columns"]
    assert columns == [{"name": "lot", "type": "string"}, {"name": "price", "type": "int"}]
    assert client.get(FLOWS).json["items"] == []


def test_files_of_another_project_stay_unknown(client, platform):
    client.post(f"{API}/projects", json={"name": "other"})
    folder = platform.settings.data_dir / "projects" / "2"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lots.csv").write_text("lot,price\na,1\n")
    for file in ("../2/lots.csv", str(folder / "lots.csv")):
        assert check(client, FLOW, file=file)["schemas"]["read"]["table"] is None


def test_a_draft_with_problems_can_be_saved_but_not_run(client):
    saved = client.post(FLOWS, json={"document": with_node(operator="clean.fill@9.0.0")}).json
    assert [(problem["node"], problem["code"]) for problem in saved["problems"]] == [("fill", "unknown_operator")]
    assert "fill" in error_of(client.post(f"{HERE}/runs", json={"flow": "small"}), 422)["message"]
    assert client.get(f"{HERE}/runs").json["items"] == []


def test_an_upgrade_is_shown_and_saved_only_when_wanted(client, saved):
    shown = client.post(f"{FLOWS}/small/upgrade", json={})
    assert (shown.json["changes"], shown.json["number"]) == ([], None)
    kept = client.post(f"{FLOWS}/small/upgrade", json={"nodes": ["fill"]}, headers={"If-Match": '"1"'})
    assert (kept.json["number"], kept.headers["ETag"]) == (1, '"1"')
    error_of(client.post(f"{FLOWS}/small/upgrade", json={}, headers={"If-Match": '"7"'}), 409)


@pytest.mark.parametrize(
    ("body", "status", "code", "text"),
    [
        (b'{"document": {"format": 1, "name": "x"}}', 422, "document_invalid", "nodes"),
        (b'{"document": {"format": 1, "name": "a/b", "nodes": []}}', 422, "document_invalid", "name"),
        (b'{"document": {"format": 1, "name": "..", "nodes": []}}', 422, "document_invalid", "name"),
        (b'{"document": {"format": 1, "name": "x\\n", "nodes": []}}', 422, "document_invalid", "name"),
        (b'{"document": 5}', 422, "invalid_request", ""),
        (b"{}", 422, "invalid_request", ""),
    ],
)
@pytest.mark.parametrize("path", [FLOWS, f"{HERE}/flow-checks"])
def test_rubbish_is_refused_with_the_one_payload(client, path, body, status, code, text):
    error = error_of(client.post(path, data=body, content_type="application/json"), status)
    assert error["code"] == code
    assert text in error["message"]


def test_saving_is_on_record(client, saved):
    put(client, MEAN, 1)
    client.delete(f"{FLOWS}/small", headers={"If-Match": '"2"'})
    entries = client.get(f"{API}/audit?action=flow.").json["items"]
    assert [(e["action"], e["before"], e["after"]) for e in entries] == [
        ("flow.deleted", {"revision": 2}, None),
        ("flow.changed", {"revision": 1}, {"revision": 2}),
        ("flow.created", None, {"revision": 1}),
    ]
