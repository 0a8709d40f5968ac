"""Runs and their tasks over HTTP: started, listed, followed, cancelled, resumed; each project its own."""

import pytest

from patchbay_server.engine import Result
from patchbay_server.graph.cache_key import CacheParts
from tests.server.api.conftest import API, HERE, error_of
from tests.server.api.test_flows import FLOW, FLOWS, MEAN, put

RUNS = f"{HERE}/runs"


@pytest.fixture(autouse=True)
def saved(client):
    client.post(FLOWS, json={"document": FLOW})


def start(client, **body):
    answer = client.post(RUNS, json={"flow": "small", **body})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def test_a_run_is_started_followed_cancelled_and_resumed(client):
    id = start(client, params={"file": "other.csv"})
    run = client.get(f"{RUNS}/{id}").json
    assert (run["state"], run["params"], run["created_by"]) == ("queued", {"file": "other.csv"}, "the-admin")
    tasks = client.get(f"{RUNS}/{id}/tasks").json["items"]
    assert [(task["path"], task["state"]) for task in tasks] == [("read", "ready"), ("fill", "waiting")]
    first = client.get(f"{RUNS}/{id}/events").json
    assert ([event["data"] for event in first["items"]], first["next"]) == ([{"state": "queued"}], 1)
    assert client.post(f"{RUNS}/{id}/cancel").json["state"] == "cancelled"
    seen = []
    while page := client.get(f"{RUNS}/{id}/events?limit=1&after={first['next']}").json["items"]:
        seen += page
        first["next"] = page[-1]["seq"]
    assert [event["seq"] for event in seen] == list(range(2, 2 + len(seen)))
    assert seen[-1]["data"] == {"state": "cancelled"}
    assert client.get(f"{RUNS}/{id}/events?after={first['next']}").json == {"items": [], "next": first["next"]}
    resumed = client.post(f"{RUNS}/{id}/resume").json["id"]
    assert client.get(f"{RUNS}/{resumed}").json["resumed_from"] == id
    error_of(client.post(f"{RUNS}/{resumed}/resume"), 409)


def test_runs_are_listed_latest_first_and_filtered(client, people):
    scientist = people.client("sue", roles={"default": "scientist"})
    ids = [start(client), start(scientist), start(client)]
    client.post(f"{RUNS}/{ids[0]}/cancel")

    def listed(query):
        return [run["id"] for run in client.get(f"{RUNS}?{query}").json["items"]]

    assert listed("") == ids[::-1]
    assert listed("flow=small") == ids[::-1] and listed("flow=other") == []
    assert listed("state=cancelled") == [ids[0]]
    assert listed("who=sue") == [ids[1]]
    assert listed("since=1") == ids[::-1] and listed("until=1") == []
    first = client.get(f"{RUNS}?limit=2").json
    start(client)
    assert [run["id"] for run in client.get(f"{RUNS}?limit=2&cursor={first['next']}").json["items"]] == [ids[0]]


def test_an_earlier_revision_can_be_run_and_is_called_as_it_was_then(client):
    title = {"en": "Mean yield", "zh-CN": "平均良率"}
    put(client, {**MEAN, "title": title}, 1)
    earlier, newest = (client.get(f"{RUNS}/{id}").json for id in (start(client, revision=1), start(client)))
    assert (earlier["revision"], earlier["flow_title"]) == (1, FLOW.get("title"))
    assert (newest["revision"], newest["flow_title"]) == (2, title)
    error_of(client.post(RUNS, json={"flow": "small", "revision": 3}), 404)


def test_a_task_tells_all_about_itself(client, platform):
    id = start(client, mode="to", nodes=["fill"])
    read, fill = client.get(f"{RUNS}/{id}/tasks").json["items"]
    details = client.get(f"{RUNS}/{id}/tasks/{fill['id']}").json
    assert (details["waits"]["code"], details["waits"]["details"]) == ("parents", {"paths": ["read"]})
    assert details["inputs"] == [
        {"port": "table", "path": "read", "index": "", "output_port": "table", "artifact_id": None}
    ]
    claim = platform.engine.claim("train", "w")
    platform.engine.commit(claim, Result({"table": "artifact-1"}, rows={"table": 3}), "w")
    details = client.get(f"{RUNS}/{id}/tasks/{read['id']}").json
    assert (details["task"]["outputs"], details["task"]["rows"]) == ({"table": "artifact-1"}, {"table": 3})
    assert [(attempt["number"], attempt["state"]) for attempt in details["attempts"]] == [(1, "done")]
    assert client.get(f"{RUNS}/{id}/tasks/{fill['id']}").json["inputs"][0]["artifact_id"] == "artifact-1"


class TestLogs:
    @pytest.fixture
    def attempt(self, client, platform):
        """Path of the log of an attempt of a new run, as its worker would name it."""
        id = start(client)
        claim = platform.engine.claim("train", "w")
        log = platform.settings.data_dir / "logs" / "attempts" / "log"
        log.parent.mkdir(parents=True)

        def at(path):
            with platform.database.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE attempt SET log_path = ?", (str(path),))
            return f"{RUNS}/{id}/tasks/{claim.task.id}/attempts/1/log"

        return at, log

    def test_a_log_is_read_piece_by_piece(self, client, attempt):
        at, log = attempt
        path = at(log)
        assert client.get(path).json == {"text": "", "next": 0}
        log.write_bytes("reading 良".encode()[:-1])
        assert client.get(path).json == {"text": "reading ", "next": 8}
        log.write_text("reading 良率\n")
        assert client.get(f"{path}?offset=8").json == {"text": "良率\n", "next": 15}
        assert client.get(f"{path}?offset=99").json == {"text": "", "next": 99}
        log.write_bytes(b"x" * 300_000 + b"\xff!")
        first = client.get(path).json
        assert (len(first["text"]), first["next"]) == (256 << 10, 256 << 10)
        assert client.get(f"{path}?offset=299999").json["text"] == "x\ufffd!"

    def test_no_file_outside_of_the_logs_is_read(self, client, platform, attempt, tmp_path):
        at, log = attempt
        secret = tmp_path / "secret"
        secret.write_text("secret")
        log.symlink_to(secret)
        for path in (secret, log, f"{log.parent}/../../../../secret", platform.settings.data_dir / "patchbay.db", ""):
            assert client.get(at(path)).json == {"text": "", "next": 0}, path

    def test_what_is_not_there(self, client, attempt):
        at, log = attempt
        error_of(client.get(at(log).replace("/attempts/1/", "/attempts/2/")), 404)
        error_of(client.get(f"{at(log)}?offset=-1"), 422)


APPROVAL = {
    **FLOW,
    "name": "asking",
    "nodes": [FLOW["nodes"][0], {"id": "ask", "kind": "approval"}, {**FLOW["nodes"][1], "id": "after"}],
    "edges": [{"from": "read.table", "to": "ask.value"}, {"from": "ask.value", "to": "after.table"}],
}


@pytest.fixture
def asking(client, platform):
    """A run that waits for a person, and the address of the task that asks."""
    client.post(FLOWS, json={"document": APPROVAL})
    id = client.post(RUNS, json={"flow": "asking"}).json["id"]
    engine = platform.engine
    engine.commit(engine.claim("train", "w"), Result({"table": "artifact-1"}), "w")
    engine.ask(engine.claim("train", "w"), CacheParts("approval", ""))
    return id, f"{RUNS}/{id}/tasks/{client.get(f'{RUNS}/{id}/tasks?path=ask').json['items'][0]['id']}"


def test_a_person_approves_and_the_run_goes_on(client, asking):
    id, ask = asking
    found = client.get(ask).json
    assert (found["task"]["state"], found["waits"]["code"]) == ("waiting_approval", "approval")
    told = client.post(f"{ask}/approve", json={"note": "fine"}).json["task"]
    assert (told["state"], told["outputs"]) == ("done", {"value": "artifact-1"})
    assert {**told["decision"], "at": 0} == {"approved": True, "by": "the-admin", "note": "fine", "at": 0}
    assert client.get(f"{RUNS}/{id}/tasks?path=after").json["items"][0]["state"] == "ready"
    error_of(client.post(f"{ask}/reject", json={"note": "late"}), 409)
    (entry,) = client.get(f"{API}/audit?action=task.approved").json["items"]
    assert (entry["thing"], entry["after"]["note"]) == (f"run:{id}", "fine")
    event = client.get(f"{RUNS}/{id}/events?limit=1000").json["items"][-1]
    assert (event["data"]["path"], event["data"]["decision"]["by"]) == ("ask", "the-admin")


def test_a_person_rejects_with_a_reason_and_the_run_fails(client, people, asking):
    id, ask = asking
    error_of(client.post(f"{ask}/reject", json={}), 422)
    error_of(people.client("guest", roles={"default": "viewer"}).post(f"{ask}/approve", json={}), 403)
    told = client.post(f"{ask}/reject", json={"note": "mixed up"}).json["task"]
    assert (told["state"], told["error"]["message"]) == ("failed", "ask was rejected by the-admin: mixed up")
    assert client.get(f"{RUNS}/{id}").json["state"] == "failed"


def test_tasks_are_filtered_by_node_and_iteration(client):
    read = {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "x.csv"}}
    body = {"params": {"x": {"type": "integer"}}, "nodes": [read], "edges": []}
    node = {"id": "each", "kind": "map", "over": "x", "params": {"x": [1, 2]}, "body": body}
    mapped = {**FLOW, "name": "mapped", "nodes": [node, {**read, "id": "each_other"}], "edges": []}
    client.post(FLOWS, json={"document": mapped})
    id = client.post(RUNS, json={"flow": "mapped"}).json["id"]

    def listed(query):
        return [(task["path"], task["index"]) for task in client.get(f"{RUNS}/{id}/tasks?{query}").json["items"]]

    assert listed("path=each") == [("each/read", "0"), ("each/read", "1")]
    assert listed("path=each&index=1") == [("each/read", "1")]
    assert listed("state=done") == []
    error_of(client.get(f"{RUNS}/{id}/tasks?index=x"), 422)


def test_a_run_of_another_project_does_not_exist(client, people):
    id = start(client)
    task = client.get(f"{RUNS}/{id}/tasks").json["items"][0]["id"]
    client.post(f"{API}/projects", json={"name": "other"})
    admin = people.client("ann", roles={"other": "admin", "default": "viewer"})
    there = f"{API}/projects/other/runs/{id}"
    for path in ("", "/tasks", f"/tasks/{task}", "/events", "/scores", f"/tasks/{task}/attempts/1/log"):
        assert str(id) in error_of(admin.get(there + path), 404)["message"], path
    for verb in ("cancel", "resume"):
        error_of(admin.post(f"{there}/{verb}"), 404)
    assert client.get(f"{RUNS}/{id}").json["cancel_requested"] is False


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "text"),
    [
        ("get", "/77", None, 404, "77"),
        ("get", "/77/events", None, 404, "77"),
        ("get", "/77/tasks", None, 404, "77"),
        ("get", "/77/tasks/1", None, 404, "77"),
        ("get", "/77/scores", None, 404, "77"),
        ("get", "/99999999999999999999", None, 404, ""),
        ("post", "/77/cancel", None, 404, "77"),
        ("post", "/77/resume", None, 404, "77"),
        ("post", "", {"flow": "none"}, 404, "none"),
        ("post", "", {"flow": "small", "mode": "some"}, 422, ""),
        ("post", "", {"flow": "small", "data_roots": ["/"]}, 422, ""),
        ("post", "", {"flow": "small", "priority": 1001}, 422, ""),
        ("post", "", {"flow": "small", "params": {"fiel": "x"}}, 422, "'fiel'"),
        ("post", "", {"flow": "small", "params": {"file": 5}}, 422, "'file'"),
        ("post", "", {"flow": "small", "mode": "only", "nodes": ["raed"]}, 422, "'raed'"),
        ("get", "?limit=0", None, 422, ""),
        ("get", "?since=soon", None, 422, ""),
        ("delete", "", None, 405, ""),
    ],
)
def test_what_cannot_be_done_is_said(client, method, path, body, status, text):
    assert text in error_of(getattr(client, method)(RUNS + path, json=body), status)["message"]


def test_a_run_may_touch_only_the_files_of_its_project(client, platform):
    id = start(client)
    folder = platform.settings.data_dir / "projects" / "1"
    assert platform.engine.run(id).data_roots == [str(folder)]


def test_priority_is_bounded_by_the_role(people, platform):
    expert = people.client("eve", roles={"default": "expert"})
    error_of(expert.post(RUNS, json={"flow": "small", "priority": 1}), 403)
    urgent = FLOW | {"name": "urgent", "nodes": [FLOW["nodes"][0] | {"settings": {"priority": 500}}], "edges": []}
    people.client("sue", roles={"default": "scientist"}).post(FLOWS, json={"document": urgent})
    id = expert.post(RUNS, json={"flow": "urgent", "priority": -5}).json["id"]
    with platform.database.engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT priority FROM task WHERE run_id = ?", (id,)).all()
    assert row == (0,)


def test_the_same_key_starts_one_run(client):
    headers = {"Idempotency-Key": "once"}
    first, second = (client.post(RUNS, json={"flow": "small"}, headers=headers) for _ in range(2))
    assert first.json == second.json
    assert len(client.get(RUNS).json["items"]) == 1


def test_scores_of_a_run_that_measured_nothing(client):
    assert client.get(f"{RUNS}/{start(client)}/scores").json == {"items": []}


def test_the_priority_of_a_run_that_waits_is_changed_and_bounded_by_the_role(client, people):
    id = client.post(RUNS, json={"flow": "small"}).json["id"]
    expert = people.client("eve", roles={"default": "expert"})
    assert client.put(f"{RUNS}/{id}/priority", json={"priority": 7}).json["priority"] == 7
    error_of(expert.put(f"{RUNS}/{id}/priority", json={"priority": 1}), 403)
    assert expert.put(f"{RUNS}/{id}/priority", json={"priority": -1}).json["priority"] == -1
    client.post(f"{RUNS}/{id}/cancel")
    assert error_of(client.put(f"{RUNS}/{id}/priority", json={"priority": 7}), 409)["code"] == "run_ended"


def test_a_flow_with_a_limit_has_the_next_run_wait(client):
    limit = f"{HERE}/flows/small/limit"
    assert client.get(limit).json == {"max_open_runs": None, "open": 0, "waiting": 0}
    assert client.put(limit, json={"max_open_runs": 1}).status_code == 200
    error_of(client.put(limit, json={"max_open_runs": 0}), 422)
    _, waits = (client.post(RUNS, json={"flow": "small"}).json["id"] for _ in range(2))
    run = client.get(f"{RUNS}/{waits}").json
    assert (run["state"], run["queue"]) == ("queued", {"flow": "small", "limit": 1, "open": 1, "position": 1})
    assert client.put(limit, json={"max_open_runs": None}).json == {"max_open_runs": None, "open": 2, "waiting": 0}
    assert client.get(f"{RUNS}/{waits}").json["queue"] is None
