"""Files become versions through ordinary runs of the real operators."""

import gzip
import io
import json

import polars as pl
import pytest

from patchbay_server.engine.errors import NotFound
from patchbay_server.graph.reader import parse
from patchbay_server.services import runs
from patchbay_server.services.datasets import datasets, imports, uploads, versions
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.project_folder import data_roots

LOTS = "lot,wafers,yield\nA1,25,0.93\nA2,24,\n"


@pytest.fixture
def store(runner):
    return runner._store.root


def put(platform, project, file_name, data):
    known = uploads.create(platform, COMMAND, project, file_name=file_name, size=len(data))
    return uploads.append(platform, COMMAND, project, known.id, offset=0, data=data)


def load(platform, project, work, file_name, data, name="lots", **how):
    known = put(platform, project, file_name, data)
    run_id = imports.start(platform, COMMAND, project, name=name, upload_id=known.id, **how)
    work()
    return platform.engine.run(run_id)


def parquet(frame):
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def excel(frame):
    file = io.BytesIO()
    frame.write_excel(file)
    return file.getvalue()


FRAME = pl.DataFrame({"lot": ["A1", "A2"], "wafers": [25, 24], "yield": [0.93, None]})
CHINESE = "设备,测量值\n刻蚀一号,3\n光刻二号,5\n".encode("gb18030")


@pytest.mark.parametrize(
    ("file_name", "data", "columns"),
    [
        ("lots.csv", LOTS.encode(), ["lot", "wafers", "yield"]),
        ("lots.csv.gz", gzip.compress(LOTS.encode()), ["lot", "wafers", "yield"]),
        ("LOTS.TSV", LOTS.replace(",", "\t").encode(), ["lot", "wafers", "yield"]),
        ("lots.parquet", parquet(FRAME), ["lot", "wafers", "yield"]),
        ("lots.xlsx", excel(FRAME), ["lot", "wafers", "yield"]),
        ("lots.jsonl", b'{"lot": "A1", "wafers": 25}\n{"lot": "A2"}\n', ["lot", "wafers"]),
        ("lots.csv", CHINESE, ["设备", "测量值"]),
        ("../../etc/passwd.csv", LOTS.encode(), ["lot", "wafers", "yield"]),
    ],
    ids=["csv", "csv.gz", "tsv", "parquet", "excel", "json_lines", "gb18030", "traversal"],
)
def test_a_file_becomes_a_version(platform, project, work, file_name, data, columns):
    run = load(platform, project, work, file_name, data)
    assert run.state == "done", platform.engine.tasks(run.id)
    known = datasets.find(platform, project, "lots")
    assert (known.latest, known.rows, known.columns, known.versions) == (1, 2, len(columns), 1)
    version = versions.find(platform, project, "lots", 1)
    assert [column["name"] for column in version.schema["columns"]] == columns
    assert version.run_id == run.id
    assert version.source["kind"] == "upload"
    assert version.source["file_name"] == file_name.rsplit("/", 1)[-1]
    assert version.content_hash.startswith("sha256:")


def test_the_same_content_is_the_same_version(platform, project, work):
    load(platform, project, work, "a.csv", LOTS.encode())
    load(platform, project, work, "b.parquet", parquet(FRAME))
    assert datasets.find(platform, project, "lots").versions == 1
    load(platform, project, work, "c.csv", LOTS.encode() + b"A3,1,1\n")
    found = versions.listed(platform, project, "lots").items
    assert [(version.number, version.rows) for version in found] == [(2, 3), (1, 2)]


def test_options_are_the_params_of_the_source(platform, project, work):
    options = {"header": False, "column_names": ["lot", "n"], "delimiter": "semicolon", "types": {"n": "string"}}
    load(platform, project, work, "lots.txt", b"A1;01\nA2;02\n", options=options)
    (version,) = versions.listed(platform, project, "lots").items
    assert version.schema["columns"] == [{"name": "lot", "type": "string"}, {"name": "n", "type": "string"}]


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ({"options": {"delimeter": "comma"}}, "did you mean delimiter"),
        ({"options": {"delimiter": "komma", "skip_lines": -1}}, "skip_lines is -1"),
        ({"options": {"path": "/etc/passwd"}}, "options.path is set by the import"),
        ({"source": "clean.cast"}, "does not read one file"),
        ({"source": "source.sql"}, "does not read one file"),
        ({"name": "../lots"}, "Dataset name"),
    ],
)
def test_what_cannot_be_imported_is_said_before_the_run(platform, project, how, text):
    known = put(platform, project, "lots.csv", LOTS.encode())
    with pytest.raises(Invalid, match=text):
        imports.start(platform, COMMAND, project, **{"name": "lots", "upload_id": known.id} | how)


@pytest.mark.parametrize("file_name", ["lots.exe", "lots", "lots.parquet.gz"])
def test_an_unknown_ending_needs_a_source(platform, project, work, file_name):
    known = put(platform, project, file_name, LOTS.encode())
    with pytest.raises(Invalid, match="Known endings"):
        imports.start(platform, COMMAND, project, name="lots", upload_id=known.id)
    imports.start(platform, COMMAND, project, name="lots", upload_id=known.id, source="source.csv")
    work()
    assert datasets.find(platform, project, "lots").rows == 2


def test_a_file_that_is_not_what_its_name_says_fails_the_run(platform, project, work):
    run = load(platform, project, work, "lots.parquet", LOTS.encode())
    assert run.state == "failed"
    (read, _) = platform.engine.tasks(run.id)
    assert "is not a Parquet file" in read.error["message"]
    known = datasets.find(platform, project, "lots")
    assert (known.latest, known.versions) == (None, 0)
    again = imports.start(
        platform,
        COMMAND,
        project,
        name="lots",
        upload_id=uploads.listed(platform, project).items[0].id,
        source="source.csv",
    )
    work()
    assert platform.engine.run(again).state == "done"


def test_an_upload_must_be_complete_and_of_this_project(platform, project):
    other = projects.create(platform, COMMAND, name="other").id
    known = uploads.create(platform, COMMAND, project, file_name="lots.csv", size=10)
    with pytest.raises(Conflict, match="is open, with 0 of 10 bytes"):
        imports.start(platform, COMMAND, project, name="lots", upload_id=known.id)
    with pytest.raises(NotFound):
        imports.start(platform, COMMAND, other, name="lots", upload_id=known.id)


def test_a_version_that_a_flow_saved_is_known(platform, project, work):
    load(platform, project, work, "lots.csv", LOTS.encode())
    document = {
        "format": 1,
        "name": "sort",
        "nodes": [
            {"id": "read", "operator": "source.dataset@1.0.0", "params": {"name": "lots"}},
            {"id": "save", "operator": "export.dataset@1.0.0", "params": {"name": "copy"}},
        ],
        "edges": [{"from": "read.table", "to": "save.table"}],
    }
    run_id = run_flow(platform, project, document)
    work()
    version = versions.find(platform, project, "copy", 1)
    assert version.source == {"kind": "run", "run": run_id, "flow": "sort", "node": "save"}
    assert version.run_id == run_id
    other = projects.create(platform, COMMAND, name="other").id
    assert datasets.listed(platform, other).items == []
    with pytest.raises(NotFound):
        versions.find(platform, other, "copy", 1)


def test_files_that_are_no_version_are_left_alone(platform, project):
    folder = platform.settings.data_dir / "projects" / str(project) / "datasets"
    said = {"name": "x", "version": 1, "rows": 1, "schema": {"columns": []}, "content_hash": "h"}
    for path, text in {
        "broken/1/dataset.json": "{",
        "no-rows/1/dataset.json": json.dumps(said),
        "Wrong Name/1/dataset.json": json.dumps(said),
        "x/nine/dataset.json": json.dumps(said),
        "x/99999999999999999999/dataset.json": json.dumps(said),
    }.items():
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(text)
    (folder / "link").symlink_to("/etc")
    assert datasets.listed(platform, project).items == []


def run_flow(platform, project, document):
    roots = data_roots(platform.settings, project)
    request = runs.RunRequest(data_roots=roots)
    return runs.submit(platform, COMMAND, project, runs.prepare(parse(document), request, platform.catalogue), request)
