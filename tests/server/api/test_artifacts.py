"""What runs have made, over HTTP: who may see it, how it is shown, and files that a hostile task has put there."""

import json
import os
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.manifest import Layout, Manifest, StoredFile
from patchbay_sdk import Chart, File, Metrics, Table
from patchbay_server.engine import Result
from patchbay_server.services import flows, runs
from patchbay_server.services.collection import collect
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from tests.server.api.conftest import API, HERE, error_of

FLOW = {
    "format": 1,
    "name": "yield",
    "nodes": [{"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "x.csv"}}],
    "edges": [],
}
FRAME = pl.DataFrame({"width": [1.0, None, float("inf")], "tool": ["E1", "E2", "E1"]})
HTML = b"<script>alert(1)</script>"


@pytest.fixture
def store(platform):
    return ArtifactStore(platform.settings.artifacts)


@pytest.fixture
def commit(platform):
    """Be the worker of a run of the project `default` whose one task makes these outputs."""
    project_id = projects.find(platform, COMMAND, "default").id

    def commit(**outputs: str) -> None:
        if not flows.listed(platform, project_id).items:
            flows.create(platform, COMMAND, project_id, FLOW)
        request = runs.RunRequest(bypass_cache=True)
        runs.start(platform, COMMAND, project_id, flow="yield", request=request)
        claim = platform.engine.claim("train", "a-worker")
        platform.engine.commit(claim, Result(outputs, {"table": 3}), "a-worker")

    return commit


@pytest.fixture
def table(store, commit):
    """The URL of a table that a run has made."""
    id = store.save(Table(FRAME), "table", "a")
    commit(table=id)
    return f"{HERE}/artifacts/{id}"


def fetch(client, url, **headers):
    """A download, read to its end and closed, as a web server does."""
    with client.get(url, headers=headers) as answer:
        answer.get_data()
        return answer


def saved(store, commit, value, port_type) -> str:
    id = store.save(value, port_type, "a")
    commit(other=id)
    return f"{HERE}/artifacts/{id}"


def test_an_artifact_says_what_it_is_and_who_made_it(client, table):
    found = client.get(table).json
    assert (found["type"], found["meta"]["rows"], [file["name"] for file in found["files"]]) == (
        "table", 3, ["table.arrow"],
    )  # fmt: skip
    (maker,) = found["made_by"]
    assert (maker["run_id"], maker["path"], maker["port"], maker["rows"]) == (1, "read", "table", 3)


def test_rows_figures_and_distributions(client, table):
    page = client.get(f"{table}/rows", query_string={"limit": 2, "sort": "tool", "descending": "true"}).json
    assert (page["rows"], page["total"]) == ([[None, "E2"], [1.0, "E1"]], 3)
    where = json.dumps([{"column": "width", "operator": ">=", "value": 1}])
    found = client.get(f"{table}/rows", query_string={"columns": "width", "where": where}).json
    assert (found["rows"], found["matching"]) == ([[1.0], ["Infinity"]], 2)
    width, tool = client.get(f"{table}/columns").json["columns"]
    assert (width["missing"], width["infinite"], tool["top"][0]) == (1, 1, {"value": "E1", "count": 2})
    histogram = client.get(f"{table}/histogram", query_string={"column": "tool", "by": "tool"}).json
    assert (histogram["values"], histogram["counts"]) == (["E1", "E2"], [2, 1])


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("rows?sort=nope", "no column 'nope'"),
        ("rows?limit=1001", "not as it should be"),
        ("rows?where=5", "not as it should be"),
        ("rows?where=[[", "not as it should be"),
        ('rows?where=[{"column":"tool","operator":"=","value":[1]}]', "not as it should be"),
        ('rows?where=[{"column":"tool","operator":"drop","value":1}]', "not as it should be"),
        ('rows?where=[{"column":"width","operator":"=","value":"x"}]', "cannot be compared with 'x'"),
        ("rows?nope=1", "not as it should be"),
        ("histogram", "not as it should be"),
        ("histogram?column=nope", "no column 'nope'"),
        ("chart", "is a table, not a chart"),
        ("metrics", "is a table, not a metrics"),
        ("text", "is a table, not a text"),
    ],
)
def test_what_does_not_fit_is_refused(client, table, path, message):
    assert message in error_of(client.get(f"{table}/{path}"), 422)["message"]


def test_exports(client, table):
    csv = fetch(client, f"{table}/csv")
    assert csv.data == b"width,tool\n1.0,E1\n,E2\ninf,E1\n"
    assert csv.headers["Content-Disposition"].startswith("attachment; filename=table-")
    assert pl.read_parquet(BytesIO(fetch(client, f"{table}/parquet").data)).equals(FRAME)


def test_nothing_of_an_export_stays_behind(client, platform, table):
    before = sorted(platform.settings.data_dir.iterdir())
    fetch(client, f"{table}/csv")
    assert sorted(platform.settings.data_dir.iterdir()) == before


def test_charts_metrics_and_texts_are_data(client, store, commit):
    chart = Chart(kind="line", title="loss", series=[{"name": "a", "x": [1], "y": [float("nan")]}], notes=["n"])
    found = client.get(saved(store, commit, chart, "chart") + "/chart").json
    assert (found["kind"], found["series"], found["notes"]) == ("line", [{"name": "a", "x": [1], "y": [None]}], ["n"])
    metrics = Metrics({"auc": 0.9, "f1": None}, {"confusion": [{"a": 1}]}, {"rows": 5})
    found = client.get(saved(store, commit, metrics, "metrics") + "/metrics").json
    assert found == {"values": {"auc": 0.9, "f1": None}, "tables": {"confusion": [{"a": 1}]}, "about": {"rows": 5}}
    found = client.get(saved(store, commit, "x" * (1 << 20) + "y", "text") + "/text").json
    assert (len(found["text"]), found["truncated"]) == (1 << 20, True)


def test_a_chart_may_say_its_texts_in_both_languages(client, store, commit):
    title = {"en": "Loss", "zh-CN": "损失"}
    chart = Chart("bar", title, [{"name": title, "x": [title], "y": [1]}], notes=[title])
    found = client.get(saved(store, commit, chart, "chart") + "/chart").json
    assert (found["title"], found["x_label"], found["notes"]) == (title, "", [title])
    assert found["series"] == [{"name": title, "x": [title], "y": [1]}]


def test_a_download_is_never_shown_by_a_browser(client, store, commit, tmp_path):
    (tmp_path / "page.html").write_bytes(HTML)
    report = File(tmp_path / "page.html", name='../re"port\n.html', media_type="text/html")
    url = saved(store, commit, report, "file")
    answer = fetch(client, f"{url}/files/content")
    assert answer.data == HTML
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "port.html" in answer.headers["Content-Disposition"]
    part = fetch(client, f"{url}/files/content", Range="bytes=1-6")
    assert (part.status_code, part.data) == (206, b"script")
    for name in ("nope", "../content", "x/../content"):
        assert "has no file" in error_of(client.get(f"{url}/files/{name}"), 404)["message"]


@pytest.mark.parametrize("path", ["rows", "columns", "histogram?column=tool", "csv", "files/table.arrow"])
def test_what_one_has_already_is_not_sent_again(client, table, path):
    first = fetch(client, f"{table}/{path}")
    again = fetch(client, f"{table}/{path}", **{"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_only_the_project_whose_task_made_it_has_it(client, people, store, table):
    id = table.rpartition("/")[2]
    projects.create(people.platform, COMMAND, name="other")
    viewer = people.client("viewer", roles={"default": "viewer"})
    outsider = people.client("outsider", roles={"other": "engineer"})
    assert viewer.get(f"{table}/rows").status_code == 200
    for path in ("", "/rows", "/columns", "/histogram?column=tool", "/csv", "/files/table.arrow"):
        assert error_of(outsider.get(table + path), 404)
        there = f"{API}/projects/other/artifacts/{id}{path}"
        assert "No task of this project" in error_of(outsider.get(there), 404)["message"]
        assert error_of(client.get(there, headers={"If-None-Match": f'"{id}"'}), 404)
    stored_only = store.save("a text that no task has made", "text", "b")
    for other in (stored_only, "0" * 64, "..", "x"):
        assert error_of(client.get(f"{HERE}/artifacts/{other}/text"), 404)


# What a hostile task may have put into the store.


def forged(platform, commit, manifest: Manifest | bytes) -> str:
    content = manifest if isinstance(manifest, bytes) else manifest.to_json().encode()
    id = "ab" * 32 if isinstance(manifest, bytes) else manifest.id
    path = Layout(Path(platform.settings.artifacts)).manifest(id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    commit(other=id)
    return f"{HERE}/artifacts/{id}"


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"type": "text", "files": [], "meta": {}}',
        b'{"type": "text", "files": [{"name": 5}], "meta": {}}',
        b"[" * 1_000_000,
        b" " * (5 << 20),
        Manifest("text", (StoredFile("text.txt", "../../../patchbay.db", 10),), {}),
        Manifest("text", (StoredFile("text.txt", "/etc/passwd", 10),), {}),
        Manifest("text", (), {"x": float("nan")}),
    ],
    ids=range(10),
)
def test_a_forged_manifest_is_refused(client, platform, commit, manifest):
    url = forged(platform, commit, manifest)
    codes = [error_of(client.get(url + path), 422)["code"] for path in ("", "/text", "/files/text.txt")]
    assert codes[0] == "artifact_corrupt"
    assert set(codes[1:]) in ({"artifact_lost"}, {"artifact_corrupt"})  # it is removed when its name is not its hash


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "gone", "shorter"])
def test_a_blob_that_is_not_a_file_of_its_size_is_refused(client, platform, store, commit, tmp_path, kind):
    (tmp_path / "secret").write_text("secret text")
    url = saved(store, commit, "secret text", "text")
    digest = client.get(url).json["files"][0]["hash"]
    blob = Layout(Path(platform.settings.artifacts)).blob(digest)
    blob.unlink()
    match kind:
        case "link":
            blob.symlink_to(tmp_path / "secret")
        case "pipe":
            os.mkfifo(blob)
        case "folder":
            blob.mkdir()
        case "shorter":
            blob.write_text("secret")
    codes = [error_of(client.get(url + path), 422)["code"] for path in ("/text", "/files/text.txt")]
    first = "artifact_lost" if kind == "gone" else "artifact_corrupt"
    assert codes == [first, "artifact_corrupt" if kind == "folder" else "artifact_lost"]
    assert (tmp_path / "secret").read_text() == "secret text"


def test_what_was_collected_says_so_and_what_to_do(client, platform, store, commit):
    url = saved(store, commit, "an old text", "text")
    commit(other=store.save("a newer text", "text", "b"))
    platform.database.transact(lambda t: t.core.exec_driver_sql("UPDATE run SET ended_at = 0"))
    platform.database.transact(lambda t: t.core.exec_driver_sql("DELETE FROM cache_entry"))
    for path in (path for path in store.root.rglob("*") if path.is_file()):
        os.utime(path, (1, 1))
    collect(platform, COMMAND, keep_days=30)
    for path in ("", "/text", "/files/text.txt"):
        error = error_of(client.get(url + path), 410)
        assert (error["code"], error["details"]["run"]) == ("artifact_collected", 1)
        assert "run read of run 1 again to have it back" in error["message"]


@pytest.mark.parametrize("path", ["/text", "/files/text.txt"])
def test_a_flipped_bit_is_never_shown_and_running_again_mends_it(client, platform, store, commit, path):
    url = saved(store, commit, "the truth", "text")
    digest = client.get(url).json["files"][0]["hash"]
    blob = Layout(Path(platform.settings.artifacts)).blob(digest)
    blob.chmod(0o644)
    blob.write_text("the trush")
    os.utime(blob, (1, 1))
    error = error_of(client.get(url + path), 422)
    assert (error["code"], error["details"]["run"], error["details"]["path"]) == ("artifact_corrupt", 1, "read")
    assert "run read of run 1 again to have it back" in error["message"]
    assert saved(store, commit, "the truth", "text") == url
    assert client.get(f"{url}/text").json["text"] == "the truth"


def test_a_table_that_was_changed_is_told_from_one_that_is_none(client, platform, store, commit):
    id = store.save(Table(pl.DataFrame({"x": range(1000)})), "table", "a")
    commit(table=id)
    blob = store.open(id)["table.arrow"]
    content = blob.read_bytes()
    blob.chmod(0o644)
    blob.write_bytes(content[:-200] + bytes(200))
    url = f"{HERE}/artifacts/{id}"
    assert error_of(client.get(f"{url}/rows"), 422)["code"] == "artifact_corrupt"
    assert not blob.exists()
    assert error_of(client.get(f"{url}/csv"), 422)["code"] == "artifact_lost"


@pytest.mark.parametrize("content", ["5", "[]", "{", '{"kind": 1}', '{"kind": "line", "title": "t", "series": [1]}'])
def test_a_chart_that_is_none_is_refused(client, platform, store, commit, content):
    layout = Layout(Path(platform.settings.artifacts))
    text = store.manifest(store.save(content, "text", "x")).files[0]
    url = forged(platform, commit, Manifest("chart", (StoredFile("chart.json", text.hash, text.size),), {}))
    assert layout.blob(text.hash).exists()
    assert error_of(client.get(f"{url}/chart"), 422)["code"] == "artifact_invalid"


def test_a_broken_table_is_refused_and_the_next_one_is_read(client, platform, store, commit, table):
    digest = client.get(table).json["files"][0]["hash"]
    whole = Layout(Path(platform.settings.artifacts)).blob(digest).read_bytes()
    broken = store.manifest(store.save(whole[:-100].decode("latin-1"), "text", "x")).files[0]
    url = forged(platform, commit, Manifest("table", (StoredFile("table.arrow", broken.hash, broken.size),), {}))
    for path in ("rows", "columns", "histogram?column=tool", "csv", "parquet"):
        assert error_of(client.get(f"{url}/{path}"), 422)["code"] == "table_unreadable"
        assert client.get(f"{table}/rows").status_code == 200


def test_a_table_that_spark_wrote_as_several_files(client, platform, store, commit):
    folder = store.staging("a") / "parts"
    folder.mkdir(parents=True)
    for number, rows in enumerate((FRAME[:2], FRAME[2:])):
        rows.write_parquet(folder / f"part-0000{number}.parquet")
    meta = {"rows": 3, "schema": Table(FRAME).schema.to_json(), "encoding": "parquet", "lineage": []}
    id = store.put(folder, "table", meta, "a")
    commit(table=id)
    url = f"{HERE}/artifacts/{id}"
    page = client.get(f"{url}/rows", query_string={"sort": "tool", "descending": "true"}).json
    assert (page["rows"][0], page["total"]) == ([None, "E2"], 3)
    assert [column["missing"] for column in client.get(f"{url}/columns").json["columns"]] == [1, 0]
    assert client.get(f"{url}/histogram?column=tool").json["counts"] == [2, 1]
    assert pl.read_parquet(BytesIO(fetch(client, f"{url}/parquet").data)).equals(FRAME)
    assert fetch(client, f"{url}/csv").data.count(b"\n") == 4
    assert fetch(client, f"{url}/files/part-00001.parquet").status_code == 200
    assert store.load(id).polars().equals(FRAME)
