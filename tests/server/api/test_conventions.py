"""What holds for every resource: pages, ETags, idempotency keys, rubbish, one error payload, headers."""

import threading

import pytest

from patchbay_server.app import create_app
from patchbay_server.store.database import DatabaseError
from tests.server.api.conftest import API, HERE, error_of


def test_health_is_open(app):
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


def test_every_answer_forbids_browsers_to_do_more_than_show_it(client):
    for path in (f"{API}/session", "/health", "/nothing", f"{API}/openapi.json"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Server" not in headers


class TestPages:
    @pytest.fixture(autouse=True)
    def projects(self, client):
        for number in range(5):
            client.post(f"{API}/projects", json={"name": f"fab-{number}", "title": f"Fab 晶圆 {number}"})

    def test_following_next_gives_everything_once(self, client):
        names, cursor = [], ""
        while cursor is not None:
            page = client.get(f"{API}/projects?limit=2{cursor and '&cursor=' + cursor}").json
            names += [item["name"] for item in page["items"]]
            cursor = page["next"]
        assert names == ["default", "fab-0", "fab-1", "fab-2", "fab-3", "fab-4"]

    def test_what_comes_meanwhile_is_neither_skipped_nor_doubled(self, client):
        first = client.get(f"{API}/projects?limit=3").json
        client.post(f"{API}/projects", json={"name": "fab-01"})
        rest = client.get(f"{API}/projects?limit=9&cursor={first['next']}").json
        assert [item["name"] for item in rest["items"]] == ["fab-2", "fab-3", "fab-4"]

    def test_searching(self, client):
        assert len(client.get(f"{API}/projects", query_string={"q": "晶圆"}).json["items"]) == 5
        assert client.get(f"{API}/projects?q=%25").json["items"] == []

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=201", "limit=x", "cursor=", "cursor=rubbish", "cursor=MQ", "cursor=%00", "colour=red"],
    )
    def test_a_query_that_cannot_be_is_refused(self, client, query):
        error_of(client.get(f"{API}/projects?{query}"), 422)


class TestETags:
    def test_whoever_has_that_state_gets_no_body(self, client):
        answer = client.get(HERE)
        again = client.get(HERE, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    @pytest.mark.parametrize(
        ("given", "status"),
        [
            ({}, 428),
            ({"If-Match": "*"}, 428),
            ({"If-Match": '"7"'}, 409),
            ({"If-Match": '"x"'}, 409),
            ({"If-Match": '"1", "2"'}, 409),
        ],
    )
    def test_a_change_names_what_it_changes(self, client, given, status):
        body = {"title": "New", "description": ""}
        error_of(client.put(HERE, json=body, headers=given), status)
        assert client.get(HERE).json["title"] == "Default"

    def test_of_two_who_change_the_same_one_is_told(self, client):
        seen = {"If-Match": client.get(HERE).headers["ETag"]}
        answers = [client.put(HERE, json={"title": t, "description": ""}, headers=seen).status_code for t in "ab"]
        assert answers == [200, 409]


class TestIdempotencyKeys:
    def test_the_same_request_makes_one_thing(self, client):
        answers = [
            client.post(f"{API}/projects", json={"name": "etch"}, headers={"Idempotency-Key": "k1"}) for _ in range(3)
        ]
        assert [answer.status_code for answer in answers] == [201] * 3
        assert answers[0].json == answers[1].json == answers[2].json
        assert answers[0].headers["ETag"] == answers[2].headers["ETag"]

    def test_the_key_of_another_request_is_refused(self, client):
        client.post(f"{API}/projects", json={"name": "etch"}, headers={"Idempotency-Key": "k1"})
        other = client.post(f"{API}/projects", json={"name": "litho"}, headers={"Idempotency-Key": "k1"})
        assert "another request" in error_of(other, 422)["message"]

    def test_keys_of_different_people_do_not_meet(self, client, people):
        client.post(f"{API}/projects", json={"name": "etch"}, headers={"Idempotency-Key": "k1"})
        other = people.client("second", admin=True)
        made = other.post(f"{API}/projects", json={"name": "litho"}, headers={"Idempotency-Key": "k1"})
        assert made.json["name"] == "litho"

    def test_a_request_that_was_refused_may_be_made_again(self, client):
        headers = {"Idempotency-Key": "k1"}
        error_of(client.post(f"{API}/projects", json={"name": "default"}, headers=headers), 409)
        error_of(client.post(f"{API}/projects", json={"name": "default"}, headers=headers), 409)

    def test_pressed_twice_at_once_makes_one_thing(self, app, client):
        statuses = []
        barrier = threading.Barrier(4)

        def press():
            with app.test_client() as own:
                own.environ_base.update(client.environ_base)
                barrier.wait()
                answer = own.post(f"{API}/projects", json={"name": "etch"}, headers={"Idempotency-Key": "k"})
                statuses.append(answer.status_code)

        threads = [threading.Thread(target=press) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(statuses) <= {201, 409} and 201 in statuses
        made = client.get(f"{API}/audit?action=project.created&thing=etch").json["items"]
        assert len(made) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"name": 5}', 422),
        (b'{"name": "etch", "colour": "red"}', 422),
        (b'{"name": "a\\u0000b"}', 422),
        (b'{"name": "etch", "title": "\\ud800"}', 422),
        (b'{"name": "etch", "title": NaN}', 400),
        (b'{"name": "etch", "title": 1e999}', 422),
        (b'{"name": "\xff"}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b'{"name": "etch", "title": "' + b"x" * 300 + b'"}', 422),
        (b'{"name": "../etc"}', 422),
    ],
)
def test_rubbish_is_refused_with_the_one_payload(client, body, status):
    error_of(client.post(f"{API}/projects", data=body, content_type="application/json"), status)


def test_a_body_that_is_too_large_is_refused(client):
    body = b'{"name": "' + b"x" * (17 << 20) + b'"}'
    error_of(client.post(f"{API}/projects", data=body, content_type="application/json"), 413)


@pytest.mark.parametrize("path", ["/nothing", f"{API}/nothing", f"{API}/projects/none", "/%00", f"{API}/users/none"])
def test_what_is_not_there(client, path):
    error_of(client.get(path), 404)


def test_a_method_that_a_path_does_not_have(client):
    error_of(client.delete(f"{API}/projects"), 405)


def test_an_unexpected_error_hides_its_cause(platform):
    app = create_app(platform)

    @app.get("/breaks")
    def breaks():
        raise RuntimeError("secret")

    error = error_of(app.test_client().get("/breaks"), 500)
    assert error["code"] == "internal_error"
    assert "secret" not in error["message"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "text/plain"}, b'{"nodes": null}'),
        ({"Content-Type": "application/xml"}, b"<nodes/>"),
        ({}, b"{}"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"{}"),
    ],
)
def test_a_body_of_another_kind_is_not_taken_for_none(client, headers, body):
    error_of(client.post(f"{HERE}/flows/yield/upgrade", data=body, headers=headers), 415)


def test_a_name_stands_once_in_an_object(client):
    body = b'{"name": "etch", "name": "litho"}'
    answer = client.post(f"{API}/projects", data=body, content_type="application/json")
    assert "same name" in error_of(answer, 400)["message"]


class TestHeadersOfRefusals:
    def test_who_is_nobody_hears_how_to_be_somebody(self, app, people):
        for client in (people.with_token(None), people.with_token("wrong")):
            answer = client.get(f"{API}/session")
            error_of(answer, 401)
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="patchbay"'

    def test_a_method_that_is_not_there_names_those_that_are(self, client):
        answer = client.delete(f"{API}/projects")
        error_of(answer, 405)
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}

    def test_a_database_that_is_away_says_when_to_ask_again(self, platform):
        app = create_app(platform)

        @app.get("/away")
        def away():
            raise DatabaseError("connection to db.fab.example failed for user patchbay")

        answer = app.test_client().get("/away")
        assert "patchbay" not in error_of(answer, 503)["message"]
        assert int(answer.headers["Retry-After"]) > 0


class TestDocument:
    @pytest.fixture
    def document(self, client):
        return client.get(f"{API}/openapi.json").json

    def test_every_operation_has_a_name_of_its_own_and_a_summary(self, document):
        paths = document["paths"].values()
        operations = [operation for path in paths for method, operation in path.items() if method != "parameters"]
        assert all(operation["summary"] for operation in operations)
        names = [operation["operationId"] for operation in operations]
        assert sorted(names) == sorted(set(names))

    def test_headers_stand_beside_the_other_parameters(self, document):
        def parameters(path, method):
            return {each["name"] for each in document["paths"][path][method]["parameters"]}

        assert parameters(f"{API}/users/{{name}}/identities", "delete") >= {"subject"}
        assert parameters(f"{API}/operator-releases", "post") == {"submit", "Idempotency-Key"}
        assert parameters(f"{API}/projects/{{project_name}}/uploads/{{upload_id}}", "patch") >= {"Upload-Offset"}

    def test_files_come_in_parts(self, document):
        responses = document["paths"][f"{API}/projects/{{project_name}}/artifacts/{{artifact_id}}/csv"]["get"][
            "responses"
        ]
        assert set(responses) >= {"200", "206", "304", "416"}
        assert responses["200"]["content"] == responses["206"]["content"]
