"""Uploads: they resume, whoever was killed; nothing that is wrong is taken; names are no paths."""

import contextlib
import hashlib
import os
import resource
import signal
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa

from patchbay_server import config
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.datasets import retention, uploads
from patchbay_server.services.datasets.errors import ChecksumMismatch, DiskFull, TooLarge
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.people import audit, projects
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import upload

DATA = os.urandom(100_000)
SHA = hashlib.sha256(DATA).hexdigest()


def announce(platform, project, **changes):
    values = {"file_name": "lots.csv", "size": len(DATA), "sha256": SHA}
    return uploads.create(platform, COMMAND, project, **values | changes)


def send(platform, project, id, offset, end, **more):
    return uploads.append(platform, COMMAND, project, id, offset=offset, data=DATA[offset:end], **more)


def file_of(platform, project, known):
    return uploads.path_of(platform.settings, project, known)


def test_a_file_arrives_in_chunks(platform, project):
    known = announce(platform, project)
    assert (known.state, known.received) == ("open", 0)
    assert send(platform, project, known.id, 0, 60_000).received == 60_000
    whole = send(platform, project, known.id, 60_000, 100_000)
    assert (whole.state, whole.received) == ("complete", len(DATA))
    path = file_of(platform, project, known)
    assert path.read_bytes() == DATA
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(Conflict, match="complete"):
        send(platform, project, known.id, 0, 10)


def test_a_wrong_offset_says_where_to_go_on(platform, project):
    known = announce(platform, project)
    send(platform, project, known.id, 0, 50)
    for offset in (0, 49, 51, 90_000):
        with pytest.raises(Conflict, match="goes on at byte 50") as error:
            send(platform, project, known.id, offset, offset + 10)
        assert error.value.details["received"] == 50
    assert send(platform, project, known.id, 50, 60).received == 60


def test_a_chunk_that_is_not_what_was_sent_does_not_count(platform, project):
    known = announce(platform, project)
    with pytest.raises(ChecksumMismatch):
        send(platform, project, known.id, 0, 50, sha256=hashlib.sha256(b"other").hexdigest())
    assert uploads.find(platform, project, known.id).received == 0
    sha256 = hashlib.sha256(DATA[:50]).hexdigest().upper()
    assert send(platform, project, known.id, 0, 50, sha256=sha256).received == 50


def test_a_file_that_is_not_what_was_announced_fails(platform, project):
    known = announce(platform, project, sha256="0" * 64)
    with pytest.raises(ChecksumMismatch, match=SHA):
        send(platform, project, known.id, 0, len(DATA))
    found = uploads.find(platform, project, known.id)
    assert found.state == "failed"
    assert SHA in found.error
    assert not file_of(platform, project, known).exists()


def test_chunks_beyond_the_end_or_without_end_are_refused(platform, project, monkeypatch):
    known = announce(platform, project, size=10)
    with pytest.raises(TooLarge, match="would end at 11"):
        send(platform, project, known.id, 0, 11)
    with pytest.raises(Invalid):
        send(platform, project, known.id, 0, 0)
    with pytest.raises(TooLarge):
        uploads.append(platform, COMMAND, project, known.id, offset=0, data=bytes(uploads.MAX_CHUNK + 1))


def test_what_a_crash_left_beyond_the_known_bytes_is_cut_off(platform, project):
    known = announce(platform, project)
    send(platform, project, known.id, 0, 1000)
    with file_of(platform, project, known).open("ab") as file:
        file.write(b"written, but SQL was never told")
    send(platform, project, known.id, 1000, len(DATA))
    assert file_of(platform, project, known).read_bytes() == DATA


SERVER = """
import sys
from patchbay_server import config
from patchbay_server.services.datasets import uploads
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
home, url, project, id = sys.argv[1:]
data = sys.stdin.buffer.read()
platform = Platform.open(config.load({"PATCHBAY_HOME": home, "DATABASE_URL": url}))
for offset in range(0, len(data), 1000):
    uploads.append(platform, COMMAND, int(project), id, offset=offset, data=data[offset : offset + 1000])
    print(offset, flush=True)
"""


def test_a_server_that_is_killed_in_the_middle(platform, project):
    known = announce(platform, project)
    arguments = (str(platform.settings.data_dir), platform.settings.database_url, str(project), known.id)
    server = subprocess.Popen(
        (sys.executable, "-c", SERVER, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with server:
        server.stdin.write(DATA)
        server.stdin.close()
        for _ in range(5):
            server.stdout.readline()
        os.killpg(server.pid, signal.SIGKILL)
    received = uploads.find(platform, project, known.id).received
    assert 5000 <= received < len(DATA)
    assert file_of(platform, project, known).stat().st_size >= received
    assert send(platform, project, known.id, received, len(DATA)).state == "complete"
    assert file_of(platform, project, known).read_bytes() == DATA


def test_of_two_clients_one_wins(platform, project):
    known = announce(platform, project)
    barrier, results = threading.Barrier(8), []

    def write():
        barrier.wait()
        try:
            results.append(send(platform, project, known.id, 0, 50_000).received)
        except Conflict:
            results.append("conflict")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["50000", *["conflict"] * 7]
    send(platform, project, known.id, 50_000, len(DATA))
    assert file_of(platform, project, known).read_bytes() == DATA


def test_a_full_disk_is_said_and_nothing_is_lost(platform, project):
    known = announce(platform, project)
    send(platform, project, known.id, 0, 30_000)
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(DiskFull, match="cannot be written"):
            send(platform, project, known.id, 30_000, 90_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert uploads.find(platform, project, known.id).received == 30_000
    send(platform, project, known.id, 30_000, len(DATA))
    assert file_of(platform, project, known).read_bytes() == DATA


def test_what_does_not_fit_is_refused_before_it_is_sent(platform, project, tmp_path, database_url):
    with pytest.raises(DiskFull, match="there is room for"):
        limits = {"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url, "PATCHBAY_MAX_UPLOAD": "900Ti"}
        with Platform.open(config.load(limits)) as large:
            announce(large, project, size=800 << 40)
    with pytest.raises(TooLarge, match="allowed are"):
        announce(platform, project, size=21 << 30)
    with pytest.raises(Invalid):
        announce(platform, project, size=0)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\lots.csv", "lots.csv"),
        ("/lots.csv", "lots.csv"),
        ("lots\u202evsc.exe\x00\n.csv", "lotsvsc.exe.csv"),
        ("批次.csv", "批次.csv"),
    ],
)
def test_a_name_is_for_people_and_no_path(platform, project, given, kept):
    known = announce(platform, project, file_name=given, size=1, sha256=None)
    assert known.file_name == kept
    uploads.append(platform, COMMAND, project, known.id, offset=0, data=b"x")
    path = file_of(platform, project, known)
    assert path.parent == platform.settings.data_dir / "projects" / str(project) / "uploads"
    assert path.name.partition(".")[0] == known.id


@pytest.mark.parametrize("name", ["", "..", "a/..", "\n", "/", "x" * 256])
def test_a_name_of_nothing_is_refused(platform, project, name):
    with pytest.raises(Invalid, match="file_name"):
        announce(platform, project, file_name=name)


def test_an_upload_belongs_to_its_project(platform, project):
    other = projects.create(platform, COMMAND, name="other").id
    known = announce(platform, project)
    for act in (
        lambda: uploads.find(platform, other, known.id),
        lambda: send(platform, other, known.id, 0, 10),
        lambda: uploads.discard(platform, COMMAND, other, known.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert uploads.listed(platform, other).items == []
    assert [item.id for item in uploads.listed(platform, project).items] == [known.id]


def test_who_sends_the_last_byte_is_on_record(platform, project):
    for data in (DATA, DATA[::-1]):
        known = announce(platform, project)
        send(platform, project, known.id, 0, 10)
        with contextlib.suppress(ChecksumMismatch):
            ann = Actor(None, "ann", False, "session", "10.0.0.7")
            uploads.append(platform, ann, project, known.id, offset=10, data=data[10:])
    latest = audit.entries(platform.database, audit.Filter(project)).items[:4]
    assert [(entry.actor, entry.action) for entry in latest] == [
        ("ann", "upload.failed"), ("command line", "upload.created"),
        ("ann", "upload.completed"), ("command line", "upload.created"),
    ]  # fmt: skip


def test_giving_up_removes_what_has_arrived(platform, project):
    known = announce(platform, project)
    send(platform, project, known.id, 0, 10)
    uploads.discard(platform, COMMAND, project, known.id)
    assert not file_of(platform, project, known).exists()
    with pytest.raises(NotFound):
        send(platform, project, known.id, 10, 20)
    actions = [entry.action for entry in audit.entries(platform.database, audit.Filter(project)).items]
    assert actions[:2] == ["upload.discarded", "upload.created"]


def test_uploads_that_nobody_went_on_with_expire(platform, project):
    old, young = announce(platform, project), announce(platform, project)
    for known in (old, young):
        send(platform, project, known.id, 0, 10)
    long_ago = {"expires_at": uploads.find(platform, project, old.id).created_at - 1}
    platform.database.transact(
        lambda t: t.core.execute(sa.update(upload).where(upload.c.id == old.id).values(**long_ago))
    )
    os.utime(file_of(platform, project, old), (0, 0))
    retention.expire(platform)
    assert [item.id for item in uploads.listed(platform, project).items] == [young.id]
    assert not file_of(platform, project, old).exists()
    assert file_of(platform, project, young).exists()


def test_the_number_of_open_uploads_is_limited(platform, project, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_OPEN", 2)
    announce(platform, project, size=1)
    announce(platform, project, size=1)
    with pytest.raises(Conflict, match="2 open uploads"):
        announce(platform, project, size=1)
