"""Uploads: what is kept, what is refused, and that nothing is left of what is refused."""

import errno
import json
import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from patchbay_server.services.datasets.errors import DiskFull
from patchbay_server.services.errors import AlreadyExists, Forbidden
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing import releases, upload
from patchbay_server.services.publishing.errors import PublishingBusy, ReleaseRefused
from patchbay_server.services.publishing.folder import OperatorsFolder
from tests.server.services.publishing.sayings import ANNA, BEN, CODE, archive, published


def reasons(platform: Platform, package: Path, actor: Any = ANNA) -> str:
    """Why it is refused; nothing of it is left then."""
    before = left(platform)
    with pytest.raises(ReleaseRefused) as caught:
        upload.upload(platform, actor, package)
    assert left(platform) == before
    return "\n".join(caught.value.details["reasons"])


def left(platform: Platform) -> tuple[list[str], list[tuple[str, str]]]:
    """Every folder of releases, environments and drafts, and every release that SQL knows."""
    root = platform.settings.operators
    folders = [str(path.relative_to(root)) for pattern in ("*/*", "releases/*/*") for path in root.glob(pattern)]
    known = [(release.name, release.version) for release in releases.listed(platform).items]
    return sorted(folder for folder in folders if folder.count("/") == 2 or "releases" not in folder), known


def test_an_upload_is_a_draft_that_nobody_sees(platform: Platform, tmp_path: Path) -> None:
    release = upload.upload(platform, ANNA, archive(tmp_path))
    assert (release.summary.state, release.summary.created_by, release.lock) == ("draft", 1, None)
    assert [operator.key for operator in release.operators] == ["say.word@1.0.0"]
    assert "say.word@1.0.0" not in platform.catalogue
    assert (release.root / "say_tools" / "word.py").read_text() == CODE.replace("SAID", "one")
    assert not (release.root / "say_tools" / "word.py").stat().st_mode & 0o222
    (entry,) = audit.entries(platform.database, audit.Filter(action="release.")).items
    assert (entry.action, entry.thing, entry.after["operators"]) == (
        "release.uploaded", "release:say-tools@1.0.0", ["say.word@1.0.0"],
    )  # fmt: skip


def test_the_same_again_is_the_same_release_and_other_content_is_refused(platform: Platform, tmp_path: Path) -> None:
    first = upload.upload(platform, ANNA, archive(tmp_path))
    assert upload.upload(platform, ANNA, archive(tmp_path)) == first
    with pytest.raises(AlreadyExists, match=r"release 1\.0\.0 of say-tools already"):
        upload.upload(platform, ANNA, archive(tmp_path, said="two"))


def test_a_package_belongs_to_whoever_published_it_first(platform: Platform, tmp_path: Path) -> None:
    upload.upload(platform, ANNA, archive(tmp_path))
    with pytest.raises(Forbidden):
        upload.upload(platform, BEN, archive(tmp_path, "1.1.0"))
    assert upload.upload(platform, COMMAND, archive(tmp_path, "1.1.0")).summary.version == "1.1.0"


def test_an_id_belongs_to_one_package(platform: Platform, tmp_path: Path) -> None:
    published(platform, archive(tmp_path))
    other = archive(tmp_path, name="other-tools")
    assert "say.word belongs to package say-tools" in reasons(platform, other, BEN)
    assert "source.csv is an operator that is installed" in reasons(
        platform, archive(tmp_path, "3.0.0", {"source.csv": "9.0.0"})
    )
    assert upload.upload(platform, ANNA, archive(tmp_path, "4.0.0", {"source.sayings": "1.0.0"})).operators


def test_a_published_version_never_changes_and_a_new_one_is_newer(platform: Platform, tmp_path: Path) -> None:
    published(platform, archive(tmp_path, operators={"say.word": "1.2.0"}))
    again = reasons(platform, archive(tmp_path, "2.0.0", {"say.word": "1.2.0"}, said="two"))
    assert "say.word@1.2.0 is published already, with another spec or other code" in again
    assert "older than say.word@1.2.0" in reasons(platform, archive(tmp_path, "2.0.0", {"say.word": "1.1.9"}))
    both = published(platform, archive(tmp_path, "2.0.0", {"say.word": "1.2.0", "say.more": "1.0.0"}))
    assert [operator.key for operator in both.operators] == ["say.more@1.0.0", "say.word@1.2.0"]
    homes = {spec.key: spec.home.release for spec in platform.catalogue if spec.home}
    assert homes == {"say.word@1.2.0": "say-tools@1.0.0", "say.more@1.0.0": "say-tools@2.0.0"}


def test_whoever_fails_its_own_tests_is_refused(platform: Platform, tmp_path: Path) -> None:
    liar = CODE.replace('word + " SAID"', '"nothing"')
    assert "say.word@1.0.0" in reasons(platform, archive(tmp_path, code=liar))


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("the database", "open(DATABASE)"),
        ("a write", "open(DATABASE, 'a')"),
        ("the network", "import socket; socket.create_connection(('127.0.0.1', 9))"),
        ("an exit", "import os; os._exit(0)"),
        ("memory", "x = bytearray(1 << 40)"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_hostile_code_is_refused_and_harms_nothing(platform: Platform, tmp_path: Path, what: str, lines: str) -> None:
    secret = platform.settings.data_dir / "secret-keys"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text("do not tell")
    hostile = CODE.replace("class Say", lines.replace("DATABASE", repr(str(secret))) + "\n\n\nclass Say")
    said = reasons(platform, archive(tmp_path, code=hostile))
    assert said and "do not tell" not in said
    assert secret.read_text() == "do not tell"


def test_one_publishes_at_a_time(platform: Platform, tmp_path: Path) -> None:
    with OperatorsFolder(platform.settings.operators).held(), pytest.raises(PublishingBusy) as caught:
        upload.upload(platform, ANNA, archive(tmp_path))
    assert caught.value.details["seconds"] > 0
    assert upload.upload(platform, ANNA, archive(tmp_path)).summary.state == "draft"


def test_of_two_who_publish_one_name_at_once_one_gets_it(platform: Platform, tmp_path: Path) -> None:
    packages = {1: archive(tmp_path), 2: archive(tmp_path, said="two")}

    def publish(actor: Actor) -> str:
        try:
            return str(upload.upload(platform, actor, packages[actor.user_id or 0], wait=120).summary.created_by)
        except Forbidden:
            return "refused"

    with ThreadPoolExecutor() as threads:
        ended = list(threads.map(publish, (ANNA, BEN)))
    assert sorted(ended) in (["1", "refused"], ["2", "refused"])
    assert len(releases.listed(platform).items) == 1


def test_a_publisher_that_is_killed_leaves_nothing_visible(platform: Platform, tmp_path: Path) -> None:
    package, folder = archive(tmp_path), OperatorsFolder(platform.settings.operators)
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=publish_halfway, args=(platform.settings.operators, ready))
    process.start()
    assert ready.wait(60)
    with pytest.raises(PublishingBusy):
        upload.upload(platform, ANNA, package)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert list((folder.root / "drafts").iterdir())
    release = published(platform, package)
    assert list(folder.root.glob("drafts/*")) == []
    assert (release.root / "say_tools" / "word.py").read_text() == CODE.replace("SAID", "one")
    assert "say.word@1.0.0" in platform.catalogue


def publish_halfway(root: Path, ready: Any) -> None:
    """What a publisher has done just before SQL hears of it."""
    folder = OperatorsFolder(root)
    with folder.held(), folder.draft():
        place = folder.release("say-tools", "1.0.0")
        place.mkdir(parents=True)
        (place / "something.py").write_text("raise SystemExit")
        ready.set()
        signal.pause()


def test_a_full_disk_is_said_and_leaves_nothing(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, before = archive(tmp_path), left(platform)

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        with pytest.raises(DiskFull, match="the disk is full"):
            upload.upload(platform, ANNA, package)
    assert left(platform) == before
    assert upload.upload(platform, ANNA, package).summary.state == "draft"


def test_dependencies_that_nobody_has_are_refused_with_the_reason(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    package = archive(tmp_path, dependencies=["patchbay", "say-nothing-1234"])
    before = left(platform)
    with pytest.raises(Exception, match="say-nothing-1234") as caught:
        upload.upload(platform, ANNA, package)
    assert caught.value.details["reasons"]  # type: ignore[attr-defined]
    assert left(platform) == before


def test_the_index_is_what_sql_says(platform: Platform, tmp_path: Path) -> None:
    release = published(platform, archive(tmp_path))
    index = json.loads(platform.settings.published.read_text())
    (entry,) = index["operators"]
    assert (entry["release"], entry["state"], entry["python"]) == ("say-tools@1.0.0", "published", None)
    assert platform.settings.operators / entry["root"] == release.root
    assert entry["digest"] == release.digest
