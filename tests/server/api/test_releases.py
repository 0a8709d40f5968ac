"""Operator packages over the API: uploaded, reviewed by somebody else, published, seen by everybody."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing.folder import OperatorsFolder
from tests.server.api.conftest import API, People, error_of
from tests.server.services.publishing.sayings import CODE, archive

RELEASES = f"{API}/operator-releases"
ONE = f"{RELEASES}/say-tools/1.0.0"
BYTES = "application/octet-stream"


@pytest.fixture
def anna(people: People) -> FlaskClient:
    return people.client("anna", roles={"default": "engineer"})


@pytest.fixture
def ben(people: People) -> FlaskClient:
    return people.client("ben", roles={"default": "engineer"})


def send(client: FlaskClient, package: Path, **headers: str):
    return client.post(f"{RELEASES}?submit=true", data=package.read_bytes(), content_type=BYTES, headers=headers)


def step(client: FlaskClient, name: str, etag: int, **body: str):
    return client.post(f"{ONE}/{name}", json=body or None, headers={"If-Match": f'"{etag}"'})


def test_from_an_upload_to_an_operator_that_everybody_sees(
    anna: FlaskClient, ben: FlaskClient, client: FlaskClient, tmp_path: Path
) -> None:
    made = send(anna, archive(tmp_path))
    assert (made.status_code, made.json["state"], made.headers["ETag"]) == (201, "in_review", '"1"')
    assert made.json["report"]["ok"] is True
    error_of(client.get(f"{API}/operators/say.word@1.0.0"), 404)
    assert [r["name"] for r in ben.get(f"{RELEASES}?state=in_review").json["items"]] == ["say-tools"]
    assert {file["path"] for file in ben.get(f"{ONE}/files").json} >= {"say_tools/word.py"}
    source = ben.get(f"{ONE}/source?path=say_tools/word.py").json
    assert (source["text"], source["cut"]) == (CODE.replace("SAID", "one"), False)
    for path in ("../../../index.json", "/etc/passwd", "say_tools/../say_tools/word.py"):
        error_of(ben.get(f"{ONE}/source", query_string={"path": path}), 404)
    assert ben.get(f"{ONE}/rehearsal").json["counts"] == {"breaks": 0, "changes": 0, "stays": 0}

    error_of(step(anna, "approve", 1), 403)
    error_of(step(ben, "approve", 7), 409)
    error_of(ben.post(f"{ONE}/approve"), 428)
    approved = step(ben, "approve", 1)
    assert (approved.json["state"], approved.json["reviewer"], approved.headers["ETag"]) == ("published", "ben", '"2"')
    shown = client.get(f"{API}/operators/say.word@1.0.0").json
    assert (shown["state"], shown["release"], shown["spec"]["id"]) == ("published", "say-tools@1.0.0", "say.word")
    assert "say.word@1.0.0" in [o["key"] for o in client.get(f"{API}/operators?q=say").json["items"]]

    step(ben, "deprecate", 2, note="old")
    assert client.get(f"{API}/operators?q=say").json["items"] == []
    assert [o["state"] for o in client.get(f"{API}/operators?q=say&latest=false").json["items"]] == ["deprecated"]
    step(ben, "withdraw", 3, note="wrong")
    (gone,) = client.get(f"{API}/operators/say.word/versions").json
    assert (gone["state"], gone["notice"].startswith("Operator say.word@1.0.0 was withdrawn: wrong.")) == (
        "withdrawn", True,
    )  # fmt: skip


def test_a_refusal_lists_its_reasons(anna: FlaskClient, tmp_path: Path) -> None:
    error = error_of(send(anna, archive(tmp_path, operators={"source.csv": "2.0.0"})), 422)
    assert error["code"] == "release_refused"
    assert "source.csv is an operator that is installed" in error["details"]["reasons"][0]
    assert error_of(anna.post(RELEASES, data=b"no archive", content_type=BYTES), 422)["details"]["reasons"]
    error_of(anna.post(RELEASES, json={}), 415)
    assert anna.get(RELEASES).json["items"] == []


def test_the_same_key_gives_the_same_answer(anna: FlaskClient, tmp_path: Path) -> None:
    package = archive(tmp_path)
    first, again = (send(anna, package, **{"Idempotency-Key": "once"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    error_of(send(anna, archive(tmp_path, said="two")), 409)


def test_while_somebody_publishes_others_are_told_to_wait(
    anna: FlaskClient, platform: Platform, tmp_path: Path
) -> None:
    with OperatorsFolder(platform.settings.operators).held():
        refused = send(anna, archive(tmp_path))
    assert error_of(refused, 503)["code"] == "publishing_busy"
    assert int(refused.headers["Retry-After"]) > 0


def test_operators_come_in_pages(client: FlaskClient) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{API}/operators?limit=7{f'&cursor={cursor}' if cursor else ''}").json
        found += [operator["key"] for operator in page["items"]]
        cursor = page["next"]
    assert len(found) == len(set(found)) > 40
    assert found == sorted(found)
    assert error_of(client.get(f"{API}/operators?cursor=nothing"), 422)["code"] == "cursor_invalid"
    shapes = client.get(f"{API}/operators?category=clean&q=fill").json["items"]
    assert [operator["key"] for operator in shapes] == ["clean.fill_missing@1.0.0"]
    assert client.get(f"{API}/operators/broken").json == []
    error_of(client.get(f"{API}/operators/nobody.knows/versions"), 404)


def test_a_spec_keeps_the_order_of_its_fields(client: FlaskClient) -> None:
    """A form shows the fields of a list's items in the order of the spec."""
    spec = client.get(f"{API}/operators/shape.group_by@1.0.0").json["spec"]
    fields = spec["params"]["properties"]["aggregations"]["items"]["properties"]
    assert list(fields) == ["function", "column", "quantile", "name"]
