"""Secrets of projects, and changing their keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from patchbay_server import config, key_ring
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.secrets import stored
from patchbay_server.key_ring import BrokenSecret, KeyFileError, KeyRing, Owner
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people import audit, projects, secret_keys, secrets
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from patchbay_server.store.people import secret

VALUE = "hunter2-hunter2"


@pytest.fixture
def platform(database_url: str, tmp_path: Path) -> Iterator[Platform]:
    settings = config.load({"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url})
    prepare(settings)
    with Platform.open(settings) as platform:
        yield platform


@pytest.fixture
def project_id(platform: Platform) -> int:
    return projects.find(platform, COMMAND, "default").id


def keep(platform: Platform, project_id: int, *names: str, value: str = VALUE) -> None:
    for name in names:
        secrets.create(platform, COMMAND, project_id, name=name, value=value, description=f"for {name}")


def value_of(platform: Platform, project_id: int, name: str) -> str:
    """As a worker opens it."""
    with platform.database.read() as transaction:
        found = stored(transaction, project_id, [name])[name]
    return key_ring.load(platform.settings.secret_keys).decrypt(Owner(project_id, name), found.ciphertext)


def keys_in_use(platform: Platform) -> set[str]:
    with platform.database.read() as transaction:
        return {text.partition(":")[0] for text in transaction.core.execute(sa.select(secret.c.ciphertext)).scalars()}


def test_a_secret_is_kept_changed_and_forgotten(platform: Platform, project_id: int) -> None:
    keep(platform, project_id, "db")
    assert value_of(platform, project_id, "db") == VALUE
    made = secrets.find(platform, project_id, "db")
    assert (made.description, made.version, made.created_by) == ("for db", 1, None)
    changed = secrets.change(platform, COMMAND, project_id, "db", expected=1, value="another value")
    assert (changed.description, changed.version) == ("for db", 2)
    assert changed.changed_at >= made.changed_at
    described = secrets.change(platform, COMMAND, project_id, "db", expected=2, description="new")
    assert described.changed_at == changed.changed_at
    assert value_of(platform, project_id, "db") == "another value"
    with pytest.raises(Conflict):
        secrets.delete(platform, COMMAND, project_id, "db", expected=1)
    secrets.delete(platform, COMMAND, project_id, "db", expected=3)
    with pytest.raises(NotFound):
        secrets.find(platform, project_id, "db")


def test_everything_is_recorded_and_no_value_is(platform: Platform, project_id: int) -> None:
    keep(platform, project_id, "db")
    secrets.change(platform, COMMAND, project_id, "db", expected=1, value="another value")
    secret_keys.rotate(platform, COMMAND)
    secrets.delete(platform, COMMAND, project_id, "db", expected=2)
    lines = list(audit.export(platform.database, audit.Filter(action="secret.")))
    assert [line.split('"action": "')[1].split('"')[0] for line in lines] == [
        "secret.created", "secret.changed", "secret.keys_rotated", "secret.deleted",
    ]  # fmt: skip
    assert VALUE not in "".join(lines) and "another value" not in "".join(lines)
    assert audit.first_break(platform.database) is None


def test_pages_show_no_values(platform: Platform, project_id: int) -> None:
    keep(platform, project_id, "b", "a", "c")
    first = secrets.listed(platform, project_id, limit=2)
    rest = secrets.listed(platform, project_id, cursor=first.next)
    assert [item.name for item in [*first.items, *rest.items]] == ["a", "b", "c"]
    assert VALUE not in repr(first)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("abc", "fewer than 4 characters"),
        ("  abc  ", "fewer than 4 characters"),
        ("ab\0cd", "zero byte"),
        ("ab\ud800cd", "is not text"),
        ("é" * (32 << 10) + "x", "65537 bytes"),
        ("\n".join(f"line {n}" for n in range(1001)), "more than 1000 lines"),
    ],
)
def test_what_cannot_be_a_value_is_refused_without_showing_it(
    platform: Platform, project_id: int, value: str, message: str
) -> None:
    with pytest.raises(Invalid, match=message) as refused:
        keep(platform, project_id, "db", value=value)
    assert value not in refused.value.message
    assert not platform.settings.secret_keys.exists()


@pytest.mark.parametrize("name", ["", "a b", "a/b", "ä", "-a", "a\n", "x" * 101])
def test_what_cannot_be_a_name_is_refused(platform: Platform, project_id: int, name: str) -> None:
    with pytest.raises(Invalid, match="Secret name"):
        keep(platform, project_id, name)


def test_a_name_is_taken_once_per_project(platform: Platform, project_id: int) -> None:
    keep(platform, project_id, "db")
    with pytest.raises(AlreadyExists):
        keep(platform, project_id, "db")
    other = projects.create(platform, COMMAND, name="other").id
    keep(platform, other, "db", value="of the other project")
    assert value_of(platform, project_id, "db") == VALUE
    assert value_of(platform, other, "db") == "of the other project"


def test_lost_keys_are_never_replaced_while_something_needs_them(platform: Platform, project_id: int) -> None:
    keep(platform, project_id, "db")
    platform.settings.secret_keys.unlink()
    with pytest.raises(KeyFileError, match="restore it from a backup"):
        keep(platform, project_id, "other")
    with pytest.raises(KeyFileError):
        secrets.change(platform, COMMAND, project_id, "db", expected=1, value="another value")
    with pytest.raises(KeyFileError):
        secret_keys.rotate(platform, COMMAND)
    assert not platform.settings.secret_keys.exists()
    secrets.delete(platform, COMMAND, project_id, "db", expected=1)
    keep(platform, project_id, "db")
    assert value_of(platform, project_id, "db") == VALUE


def test_all_secrets_get_a_new_key(platform: Platform, project_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_keys, "AT_ONCE", 2)
    keep(platform, project_id, "a", "b", "c", "d", "e")
    (before,) = keys_in_use(platform)
    assert secret_keys.rotate(platform, COMMAND) == secret_keys.Rotated(5, continued=False)
    (after,) = keys_in_use(platform)
    ring = key_ring.load(platform.settings.secret_keys)
    assert (before != after, ring.newest, len(ring)) == (True, after, 1)
    assert {value_of(platform, project_id, name) for name in "abcde"} == {VALUE}
    assert secrets.find(platform, project_id, "a").version == 1


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("moment", range(9))
def test_a_rotation_that_was_killed_is_continued(
    platform: Platform, project_id: int, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Killed before each of its steps: the new key, three secrets, the looks for more, the record, the old keys."""
    monkeypatch.setattr(secret_keys, "AT_ONCE", 1)
    keep(platform, project_id, "a", "b", "c")
    real, steps = type(platform.database).transact, iter(range(100))

    def transact(database, body, *arguments, **options):
        if next(steps) == moment:
            raise Killed
        return real(database, body, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(type(platform.database), "transact", transact)
        if moment < 8:
            with pytest.raises(Killed):
                secret_keys.rotate(platform, COMMAND)
        else:
            secret_keys.rotate(platform, COMMAND)
    assert {value_of(platform, project_id, name) for name in "abc"} == {VALUE}
    keep(platform, project_id, "d")
    rotated = secret_keys.rotate(platform, COMMAND)
    assert rotated.continued == (0 < moment < 8)
    ring = key_ring.load(platform.settings.secret_keys)
    assert (keys_in_use(platform), len(ring)) == ({ring.newest}, 1)
    assert {value_of(platform, project_id, name) for name in "abcd"} == {VALUE}


def test_killed_while_the_file_is_written(platform: Platform, project_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(platform, project_id, "a")

    def killed(ring: KeyRing) -> KeyRing:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(KeyRing, "with_newest_only", killed)
        with pytest.raises(Killed):
            secret_keys.rotate(platform, COMMAND)
    assert secret_keys.rotate(platform, COMMAND) == secret_keys.Rotated(0, continued=True)
    assert value_of(platform, project_id, "a") == VALUE


def test_a_damaged_secret_keeps_the_old_keys(platform: Platform, project_id: int) -> None:
    keep(platform, project_id, "a", "b")
    swapped = sa.select(secret.c.ciphertext).where(secret.c.name == "a").scalar_subquery()
    statement = secret.update().where(secret.c.name == "b").values(ciphertext=swapped)
    platform.database.transact(lambda transaction: transaction.core.execute(statement).rowcount)
    with pytest.raises(BrokenSecret, match="'b'"):
        secret_keys.rotate(platform, COMMAND)
    assert len(key_ring.load(platform.settings.secret_keys)) == 2
    secrets.change(platform, COMMAND, project_id, "b", expected=1, value="set again")
    assert secret_keys.rotate(platform, COMMAND).continued
    assert value_of(platform, project_id, "b") == "set again"


def test_without_secrets_there_is_no_key_to_change(platform: Platform) -> None:
    with pytest.raises(Invalid, match="no secret yet"):
        secret_keys.rotate(platform, COMMAND)
