"""Datasets over HTTP, without workers: who may, what comes back, what is refused."""

import hashlib

import polars as pl
import pytest

from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.project_folder import project_folder
from tests.server.api.conftest import API, HERE, error_of
from tests.server.services.datasets.saved import save

DATA = b"lot,wafers\nA1,25\nA2,24\n"
BYTES = "application/octet-stream"


@pytest.fixture
def folder(platform):
    """Of the project's own files."""
    return project_folder(platform.settings, projects.find(platform, COMMAND, "default").id)


@pytest.fixture
def lots(folder):
    """A dataset with one version of three rows, as a run would have saved it."""
    frame = pl.DataFrame({"lot": ["A1", "A2", "A3"], "fail": [0, 1, 0], "cd": [1.5, None, 2.5]})
    save(folder, "lots", frame)
    return f"{HERE}/datasets/lots"


def announce(client, **changes):
    body = {"file_name": "lots.csv", "size": len(DATA), "sha256": hashlib.sha256(DATA).hexdigest()} | changes
    return client.post(f"{HERE}/uploads", json=body)


def send(client, id, offset, data, **headers):
    sent = {"Upload-Offset": str(offset), "Content-Type": BYTES} | headers
    return client.patch(f"{HERE}/uploads/{id}", data=data, headers=sent)


def test_an_upload_resumes_where_the_server_says(client):
    id = announce(client).json["id"]
    assert send(client, id, 0, DATA[:10]).json["received"] == 10
    error = error_of(send(client, id, 5, DATA[5:]), 409)
    assert error["details"]["received"] == 10
    head = client.head(f"{HERE}/uploads/{id}")
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("10", str(len(DATA)))
    done = send(client, id, 10, DATA[10:], **{"Upload-Checksum": hashlib.sha256(DATA[10:]).hexdigest()}).json
    assert (done["state"], done["received"]) == ("complete", len(DATA))


def test_an_upload_says_how_it_would_be_read(client):
    data = b"lot;cd;made\nA1;1,5;31/12/2024\nA2;2,5;03/04/2024\n"
    id = announce(client, size=len(data), sha256=None).json["id"]
    error_of(client.post(f"{HERE}/uploads/{id}/preview", json={}), 409)
    send(client, id, 0, data)
    found = client.post(f"{HERE}/uploads/{id}/preview", json={}).json
    assert found["operator"].startswith("source.csv@")
    assert found["options"] == {"decimal_comma": True}
    assert [column["type"] for column in found["columns"]] == ["string", "float", "date"]
    assert found["rows"][0] == ["A1", "1.5", "2024-12-31"]
    assert all(each["title"]["zh-CN"] for each in found["reading"])
    changed = client.post(f"{HERE}/uploads/{id}/preview", json={"options": {"delimiter": "comma"}}).json
    assert len(changed["columns"]) != 3
    error_of(client.post(f"{HERE}/uploads/{id}/preview", json={"options": {"delimiter": "nothing"}}), 422)
    other = client.post(f"{HERE}/uploads/{id}/preview", json={"source": "source.parquet"}).json
    assert (other["columns"], [each["code"] for each in other["reading"]]) == ([], ["unreadable"])


def test_an_upload_can_become_a_file_that_flows_name(client):
    id = announce(client).json["id"]
    error_of(client.post(f"{HERE}/files", json={"upload_id": id}), 409)
    send(client, id, 0, DATA)
    made = client.post(f"{HERE}/files", json={"upload_id": id}, headers={"Idempotency-Key": "once"})
    assert (made.status_code, made.json["path"]) == (201, "files/lots.csv")
    again = client.post(f"{HERE}/files", json={"upload_id": id}, headers={"Idempotency-Key": "once"})
    assert again.json == made.json
    assert [file["path"] for file in client.get(f"{HERE}/files?q=LOTS").json["items"]] == ["files/lots.csv"]


def test_what_was_not_imported_yet_is_pending(client):
    first, second = announce(client).json["id"], announce(client).json["id"]
    send(client, second, 0, DATA)
    client.post(f"{HERE}/datasets/lots/versions", json={"upload": second})
    pending = {known["id"]: known for known in client.get(f"{HERE}/uploads?pending=true").json["items"]}
    assert set(pending) == {first, second}  # its import waits
    assert (pending[first]["run_state"], pending[first]["dataset"]) == (None, None)
    assert (pending[second]["run_state"], pending[second]["dataset"]) == ("queued", "lots")


def test_which_operator_reads_which_files(client):
    readers = client.get(f"{API}/file-readers").json
    of = {ending: reader["operator"] for reader in readers for ending in reader["endings"]}
    assert of[".csv"] == of[".csv.gz"] and of[".csv"] != of[".parquet"]
    assert ".parquet.gz" not in of
    for reader in readers:
        spec = client.get(f"{API}/operators/{reader['operator']}").json["spec"]
        assert reader["file_param"] in spec["params"]["properties"]


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        (DATA, {"Content-Type": "application/json"}, 400),
        (DATA, {"Content-Type": "text/plain"}, 415),
        (DATA, {"Upload-Offset": "-1"}, 422),
        (DATA, {"Upload-Offset": "x"}, 422),
        (DATA, {"Upload-Checksum": "abc"}, 422),
        (DATA, {"Upload-Checksum": "0" * 64}, 422),
        (b"", {}, 422),
        (DATA + b"more", {}, 413),
        (bytes((8 << 20) + 1), {}, 413),
    ],
)
def test_a_chunk_that_cannot_be(client, data, headers, status):
    id = announce(client).json["id"]
    error_of(send(client, id, 0, data, **headers), status)
    assert client.get(f"{HERE}/uploads/{id}").json["received"] == 0


def test_what_is_announced_is_checked(client):
    error_of(announce(client, size=1 << 62), 413)
    error_of(announce(client, size=0), 422)
    error_of(announce(client, file_name=".."), 422)
    assert announce(client, file_name="../../etc/passwd").json["file_name"] == "passwd"
    assert client.get(f"{HERE}/uploads?limit=1").json["items"][0]["state"] == "open"


def test_the_same_key_announces_once(client):
    headers = {"Idempotency-Key": "k1"}
    body = {"file_name": "lots.csv", "size": 5}
    first = client.post(f"{HERE}/uploads", json=body, headers=headers).json
    assert client.post(f"{HERE}/uploads", json=body, headers=headers).json == first
    assert len(client.get(f"{HERE}/uploads").json["items"]) == 1


def test_an_import_is_a_run(client, platform, folder):
    id = announce(client).json["id"]
    url = f"{HERE}/datasets/lots/versions"
    assert "is open" in error_of(client.post(url, json={"upload": id}), 409)["message"]
    send(client, id, 0, DATA)
    error = error_of(client.post(url, json={"upload": id, "options": {"delimter": "tab"}}), 422)
    assert "did you mean delimiter" in error["message"]
    started = client.post(url, json={"upload": id, "options": {"delimiter": "comma"}})
    assert started.status_code == 202, started.json
    run = platform.engine.run(started.json["run_id"])
    assert [task.operator for task in platform.engine.tasks(run.id)] == ["source.csv@1.0.0", "export.dataset@1.0.0"]
    assert run.data_roots == [str(folder)]
    assert client.get(f"{HERE}/uploads/{id}").json["run_id"] == run.id
    assert client.get(f"{HERE}/datasets/lots").json["latest"] is None


@pytest.mark.parametrize("body", [{}, {"upload": "x", "run": 1, "node": "a"}, {"run": 1}, {"node": "a"}])
def test_an_import_names_one_origin(client, body):
    error_of(client.post(f"{HERE}/datasets/lots/versions", json=body), 422)


def test_a_dataset_is_made_described_and_deleted(client):
    made = client.post(f"{HERE}/datasets", json={"name": "lots", "meta": {"title": "Lots", "tags": ["etch"]}})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    error_of(client.post(f"{HERE}/datasets", json={"name": "lots"}), 409)
    url, body = f"{HERE}/datasets/lots", {"meta": {"title": "All lots"}, "keep_versions": 3}
    error_of(client.put(url, json=body), 428)
    changed = client.put(url, json=body, headers={"If-Match": '"1"'})
    assert (changed.json["meta"], changed.json["keep_versions"]) == ({"title": "All lots"}, 3)
    error_of(client.put(url, json=body, headers={"If-Match": '"1"'}), 409)
    assert [item["name"] for item in client.get(f"{HERE}/datasets?q=ALL").json["items"]] == ["lots"]
    assert client.get(f"{HERE}/datasets?q=none").json == {"items": [], "next": None}
    assert client.delete(url).status_code == 204
    error_of(client.get(url), 404)
    assert client.post(f"{HERE}/datasets", json={"name": "lots"}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Lots"},
        {"name": "../x"},
        {"name": "lots", "meta": {"titel": "x"}},
        {"name": "lots", "meta": {"tags": [""]}},
        {"name": "lots", "keep_days": 0},
        {"name": "lots", "keep_versions": 1 << 40},
    ],
)
def test_a_dataset_that_cannot_be(client, body):
    error_of(client.post(f"{HERE}/datasets", json=body), 422)


def test_a_version_can_be_looked_into(client, lots):
    version = client.get(f"{lots}/versions/1").json
    assert (version["rows"], version["source"]) == (3, {"kind": "unknown"})
    assert [item["number"] for item in client.get(f"{lots}/versions").json["items"]] == [1]
    page = client.get(f"{lots}/versions/1/rows?sort=lot&descending=true&limit=2&columns=lot&columns=cd").json
    assert (page["rows"], page["total"]) == ([["A3", 2.5], ["A2", None]], 3)
    figures = client.get(f"{lots}/versions/1/statistics").json["columns"]
    assert [(column["name"], column["missing"]) for column in figures] == [("lot", 0), ("fail", 0), ("cd", 1)]
    assert client.get(f"{lots}/versions/1/statistics").json["columns"] == figures
    found = client.get(f"{lots}/versions/1/histogram?column=cd&by=fail").json
    assert sum(found["counts"]) == 2
    error_of(client.get(f"{lots}/versions/1/histogram?column=nothing"), 422)
    error_of(client.get(f"{lots}/versions/9"), 404)
    error_of(client.get(f"{lots}/versions/{1 << 62}/rows"), 404)


def test_the_target_is_the_one_that_the_meta_names(client, lots):
    assert "names no target" in error_of(client.get(f"{lots}/versions/1/target"), 422)["message"]
    wrong = client.put(lots, json={"meta": {"target": "fial"}}, headers={"If-Match": '"1"'})
    assert "did you mean 'fail'" in error_of(wrong, 422)["message"]
    meta = {"target": "fail", "group_column": "lot"}
    assert client.put(lots, json={"meta": meta}, headers={"If-Match": '"1"'}).status_code == 200
    found = client.get(f"{lots}/versions/1/target").json
    assert (found["counts"], found["rates"]) == ([2, 1], [2 / 3, 1 / 3])
    covered = client.get(f"{lots}/versions/1/coverage?column=cd").json["items"]
    assert {part["part"]: part["rate"] for part in covered} == {"A1": 1.0, "A2": 0.0, "A3": 1.0}


def test_a_version_can_be_taken_away(client, lots, tmp_path):
    parquet = client.get(f"{lots}/versions/1/download", buffered=True)
    assert parquet.headers["Content-Disposition"] == "attachment; filename=lots-1.parquet"
    (tmp_path / "lots.parquet").write_bytes(parquet.data)
    assert pl.read_parquet(tmp_path / "lots.parquet")["lot"].to_list() == ["A1", "A2", "A3"]
    assert (
        client.get(f"{lots}/versions/1/download?format=csv", buffered=True).data
        == b"lot,fail,cd\nA1,0,1.5\nA2,1,\nA3,0,2.5\n"
    )
    error_of(client.get(f"{lots}/versions/1/download?format=xls"), 422)


def test_columns_have_a_meaning(client, lots):
    listed = client.get(f"{lots}/features?limit=2").json
    assert [feature["name"] for feature in listed["items"]] == ["lot", "fail"]
    rest = client.get(f"{lots}/features?cursor={listed['next']}").json
    assert [(f["name"], f["column_type"], f["missing_rate"]) for f in rest["items"]] == [("cd", "float", 1 / 3)]
    url, body = f"{lots}/features/cd", {"meta": {"meaning": "critical dimension", "unit": "nm"}}
    error_of(client.put(url, json=body), 428)
    seen = client.get(url)
    changed = client.put(url, json=body, headers={"If-Match": seen.headers["ETag"]})
    assert (changed.json["meta"], changed.json["version"]) == (body["meta"], 1)
    error_of(client.put(url, json=body, headers={"If-Match": seen.headers["ETag"]}), 409)
    assert [f["name"] for f in client.get(f"{lots}/features?q=critical").json["items"]] == ["cd"]
    error_of(client.get(f"{lots}/features/no/such/column"), 404)
    error_of(client.get(f"{lots}/features?cursor=x"), 422)


def test_the_meaning_goes_through_a_spreadsheet(client, lots):
    sheet = client.get(f"{lots}/feature-sheet")
    assert sheet.mimetype == "text/csv"
    text = sheet.data.decode("utf-8-sig").replace("cd,,", "cd,,=2+2")
    url = f"{lots}/feature-sheet"
    assert client.put(url, data=text.encode("gb18030"), content_type="text/csv").json == {"changed": 1}
    assert client.get(f"{lots}/features/cd").json["meta"] == {"meaning": "=2+2"}
    assert "cd,,'=2+2," in client.get(url).data.decode()
    assert client.put(url, data=client.get(url).data, content_type="text/csv").json == {"changed": 0}
    for wrong in (b"", b"a,b\n1,2\n", b"name,unit\nnothing,nm\n", b"name,unit\ncd\n", b"\xff\xff\xff", b'name\n"cd'):
        error_of(client.put(url, data=wrong, content_type="text/csv"), 422)
    error_of(client.put(url, data=b"name\n", content_type="text/plain"), 415)


def test_another_project_sees_nothing(client, lots):
    client.post(f"{API}/projects", json={"name": "other"})
    other = f"{API}/projects/other"
    assert client.get(f"{other}/datasets").json["items"] == []
    id = announce(client).json["id"]
    for path in ("datasets/lots", "datasets/lots/versions/1/rows", "datasets/lots/features", f"uploads/{id}"):
        error_of(client.get(f"{other}/{path}"), 404)


def test_who_may_look_and_who_may_change(as_role, people, lots):
    viewer, expert, outsider = as_role("viewer"), as_role("expert"), people.client("outsider")
    assert viewer.get(f"{lots}/versions/1/rows").status_code == 200
    for method, path in (("post", f"{HERE}/uploads"), ("post", f"{HERE}/datasets"), ("delete", lots)):
        error_of(getattr(viewer, method)(path, json={}), 403)
        error_of(getattr(outsider, method)(path, json={}), 404)
    assert expert.post(f"{HERE}/datasets", json={"name": "mine"}).status_code == 201


def test_what_is_done_is_kept(client, lots):
    client.delete(lots)
    entries = client.get(f"{HERE}/audit?action=dataset").json["items"]
    assert [(entry["action"], entry["actor"]) for entry in entries] == [
        ("dataset.deleted", "the-admin"),
        ("dataset.version_added", "platform"),
    ]


def test_the_catalogue_says_where_things_come_from(client):
    entries = {entry["name"]: entry for entry in client.get(f"{HERE}/dataset-catalogue").json["items"]}
    assert entries["ai4i2020"]["simulated"] is True
    (table,) = entries["etth1"]["tables"]
    assert table["origin"] == "net"
    assert table["url"].startswith("https://raw.githubusercontent.com/zhouhaoyi/ETDataset/")
    assert entries["secom"]["tables"][0]["origin"] is None
    for name in ("secom", "wm811k"):
        error_of(client.post(f"{HERE}/dataset-catalogue/{name}/load", json={}), 422)
    error_of(client.post(f"{HERE}/dataset-catalogue/none/load", json={}), 404)
    error_of(client.post(f"{HERE}/dataset-catalogue/adult/load", json={"tables": ["adult_all"]}), 422)
