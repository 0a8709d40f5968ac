"""The catalogue: every entry is complete, and every file of the test data loads as its entry says."""

import hashlib
from dataclasses import replace

import pytest
import sqlalchemy as sa

from patchbay_server.services.datasets import catalogue, datasets, fetch, meta, uploads, versions
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import upload
from tests.datasets import FOLDER, dataset

TABLES = [(entry.name, table) for entry in catalogue.entries() for table in entry.tables]


@pytest.fixture
def database_url(empty_sqlite, tmp_path):
    (tmp_path / "patchbay.db").write_bytes(empty_sqlite.read_bytes())
    return f"sqlite:///{tmp_path / 'patchbay.db'}"


@pytest.fixture
def store(runner):
    return runner._store.root


@pytest.fixture
def local(platform, project):
    """The platform with the folder of test data as its catalogue folder."""
    with Platform.open(replace(platform.settings, catalogue_folder=FOLDER)) as local:
        yield local


@pytest.mark.parametrize("entry", catalogue.entries(), ids=lambda entry: entry.name)
def test_an_entry_is_complete(entry):
    for texts in (entry.title, entry.description, entry.licence, *filter(None, [entry.note])):
        assert set(texts) == {"en", "zh-CN"}
        assert all(texts.values())
    assert entry.tables or entry.note
    for table in entry.tables:
        meta.checked_dataset({**entry.meta, **table.meta}, None)
        datasets.check_name(table.dataset)
        assert table.local or table.net
        assert table.net or entry.note
        for place in filter(None, (table.local, table.net)):
            assert len(place.sha256) == 64
            assert place.size > 0
        if table.net:
            assert table.net.url.startswith("https://")


def test_names_differ():
    names = [table.dataset for _, table in TABLES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("table", [table for _, table in TABLES], ids=lambda table: table.dataset)
def test_the_checksum_is_that_of_the_file(table):
    data = dataset(table.local.file).read_bytes()
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (table.local.sha256, table.local.size)


@pytest.mark.parametrize(("name", "table"), TABLES, ids=lambda value: getattr(value, "dataset", None))
def test_a_file_loads_as_its_entry_says(local, project, work, name, table):
    dataset(table.local.file)
    (known,) = catalogue.begin(local, COMMAND, project, name, tables=[table.dataset])
    run_id = fetch.fetch(local, known.id)
    work()
    assert local.engine.run(run_id).state == "done", local.engine.tasks(run_id)
    found = datasets.find(local, project, table.dataset)
    assert found.rows == table.rows
    version = versions.find(local, project, table.dataset)
    columns = [column["name"] for column in version.schema["columns"]]
    meta.checked_dataset(found.meta, columns)
    assert set(table.options.get("column_names", columns)) == set(columns)
    assert (version.source["kind"], version.source["entry"]) == ("catalogue", name)
    assert version.source["sha256"] == table.local.sha256


def test_a_file_that_was_changed_is_refused(platform, project, tmp_path):
    (tmp_path / "catalogue" / "ccpp").mkdir(parents=True)
    (tmp_path / "catalogue" / "ccpp" / "ccpp.csv").write_bytes(bytes(309640))
    settings = replace(platform.settings, catalogue_folder=tmp_path / "catalogue")
    with Platform.open(settings) as changed:
        (known,) = catalogue.begin(changed, COMMAND, project, "ccpp")
        assert fetch.fetch(changed, known.id) is None
        found = uploads.find(changed, project, known.id)
    assert found.state == "failed"
    assert "SHA-256" in found.error


def test_what_is_nowhere_is_said(platform, project, tmp_path):
    with pytest.raises(Invalid, match="loads from a local folder only"):
        catalogue.begin(platform, COMMAND, project, "secom")
    with pytest.raises(Invalid, match="no installed source reads it"):
        catalogue.begin(platform, COMMAND, project, "wm811k")
    with Platform.open(replace(platform.settings, catalogue_folder=tmp_path)) as empty:
        (tmp_path / "outside.csv").symlink_to("/etc/passwd")
        assert catalogue.path_of(empty.settings, "outside.csv") is None
        assert catalogue.path_of(empty.settings, "../../etc/passwd") is None


def test_a_fetch_goes_on_where_one_ended(local, project):
    dataset("ccpp/ccpp.csv")
    (known,) = catalogue.begin(local, COMMAND, project, "ccpp")
    begun = (FOLDER / "ccpp/ccpp.csv").read_bytes()[:100_000]
    uploads.append(local, COMMAND, project, known.id, offset=0, data=begun)
    assert [again.id for again in catalogue.begin(local, COMMAND, project, "ccpp")] == [known.id]
    assert fetch.fetch(local, known.id) is not None
    assert uploads.find(local, project, known.id).state == "used"


def test_giving_up_the_upload_cancels(local, project):
    dataset("ccpp/ccpp.csv")
    (known,) = catalogue.begin(local, COMMAND, project, "ccpp")
    uploads.discard(local, COMMAND, project, known.id)
    assert fetch.fetch(local, known.id) is None
    assert uploads.listed(local, project).items == []


def test_not_everything_at_once(local, project, monkeypatch):
    monkeypatch.setattr(catalogue, "MAX_LOADING", 2)
    with pytest.raises(Conflict, match="wait until some have arrived"):
        catalogue.begin(local, COMMAND, project, "cmapss_fd001")


def test_a_process_of_its_own_fetches(local, project):
    dataset("ccpp/ccpp.csv")
    wanted = catalogue.begin(local, COMMAND, project, "ccpp")
    process = fetch.start(local, wanted)
    assert process.wait(60) == 0
    found = uploads.find(local, project, wanted[0].id)
    assert (found.state, found.error) == ("used", None)
    assert local.engine.run(found.run_id).state == "queued"


def test_an_upload_of_a_person_is_not_fetched(platform, project):
    known = uploads.create(platform, COMMAND, project, file_name="a.csv", size=1)
    assert fetch.fetch(platform, known.id) is None
    with platform.database.read() as transaction:
        assert transaction.core.execute(sa.select(upload.c.state)).scalar_one() == "open"
