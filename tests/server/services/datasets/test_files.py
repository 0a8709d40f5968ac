"""Files for flows: what can be named is listed, an upload becomes one, and nothing else is shown."""

import os

import pytest

from patchbay_server.engine.errors import NotFound
from patchbay_server.services.datasets import files, uploads
from patchbay_server.services.errors import Conflict
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.project_folder import data_roots, project_folder

DATA = b"a,b\n1,2\n"


def uploaded(platform, project, name="lots.csv"):
    known = uploads.create(platform, COMMAND, project, file_name=name, size=len(DATA))
    return uploads.append(platform, COMMAND, project, known.id, offset=0, data=DATA)


def kept(platform, project, name="lots.csv"):
    return files.keep(platform, COMMAND, project, upload_id=uploaded(platform, project, name).id)


def test_an_upload_becomes_a_file_that_operators_can_read(platform, project):
    file = kept(platform, project)
    assert (file.path, file.size) == ("files/lots.csv", len(DATA))
    assert (project_folder(platform.settings, project) / file.path).read_bytes() == DATA
    assert str(project_folder(platform.settings, project)) == data_roots(platform.settings, project)[0]
    assert uploads.listed(platform, project).items == []
    actions = [entry.action for entry in audit.entries(platform.database, audit.Filter(project)).items]
    assert "file.added" in actions


def test_of_two_with_one_name_the_second_gets_a_number(platform, project):
    paths = [kept(platform, project, name).path for name in ("lots.csv.gz", "lots.csv.gz", ".hidden", "批次.csv")]
    assert paths == ["files/lots.csv.gz", "files/lots-2.csv.gz", "files/hidden", "files/批次.csv"]
    assert len(kept(platform, project, "长" * 255).path.encode()) < 255


def test_what_has_not_arrived_is_no_file(platform, project):
    known = uploads.create(platform, COMMAND, project, file_name="lots.csv", size=10)
    with pytest.raises(Conflict, match="0 of 10"):
        files.keep(platform, COMMAND, project, upload_id=known.id)
    with pytest.raises(NotFound):
        files.keep(platform, COMMAND, project, upload_id="0" * 32)


def test_files_are_listed_but_for_datasets_uploads_hidden_ones_and_links(platform, project):
    own = project_folder(platform.settings, project)
    uploaded(platform, project)
    for path in ("scores.csv", "deep/er/a.csv", "datasets/lots/1/data.parquet", ".secret", ".git/config"):
        (own / path).parent.mkdir(parents=True, exist_ok=True)
        (own / path).write_bytes(DATA)
    os.symlink("/etc/passwd", own / "link.csv")
    kept(platform, project)
    listed = files.listed(platform, project)
    assert ([file.path for file in listed.items], listed.next) == (
        ["deep/er/a.csv", "files/lots.csv", "scores.csv"],
        None,
    )
    first = files.listed(platform, project, limit=2)
    assert [file.path for file in files.listed(platform, project, limit=2, cursor=first.next).items] == ["scores.csv"]
    assert [file.path for file in files.listed(platform, project, q="LOTS").items] == ["files/lots.csv"]
