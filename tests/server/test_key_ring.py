"""Keys in a file, and what they seal."""

import threading
from pathlib import Path

import pytest

from patchbay_server import key_ring
from patchbay_server.key_ring import BrokenSecret, KeyFileError, Owner, UnknownKey

OWNER = Owner(1, "db")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "secret-keys"


def test_the_file_is_made_once_for_its_user_only(file: Path) -> None:
    ring = key_ring.make(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert key_ring.make(file).newest == key_ring.load(file).newest == ring.newest
    assert [path.name for path in file.parent.iterdir()] == ["secret-keys"]


def test_makers_at_the_same_moment_get_the_same_key(file: Path) -> None:
    names: list[str] = []
    makers = [threading.Thread(target=lambda: names.append(key_ring.make(file).newest)) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(names) == 8 and len(set(names)) == 1


def test_a_value_opens_for_its_owner_only(file: Path) -> None:
    ring = key_ring.make(file)
    sealed = ring.encrypt(OWNER, "välue")
    assert ring.decrypt(OWNER, sealed) == "välue"
    assert sealed != ring.encrypt(OWNER, "välue")
    for other in (Owner(2, "db"), Owner(1, "other")):
        with pytest.raises(BrokenSecret, match="was changed in the database"):
            ring.decrypt(other, sealed)


@pytest.mark.parametrize("change", [lambda s: s[:-8], lambda s: s[:-4] + "AAA=", lambda s: s.split(":")[0] + ":?"])
def test_a_changed_ciphertext_does_not_open(file: Path, change) -> None:
    ring = key_ring.make(file)
    with pytest.raises(BrokenSecret):
        ring.decrypt(OWNER, change(ring.encrypt(OWNER, "value")))


def test_a_new_key_encrypts_and_the_older_ones_still_open(file: Path) -> None:
    old = key_ring.make(file)
    sealed = old.encrypt(OWNER, "value")
    both = old.with_new_key()
    assert file.stat().st_mode & 0o777 == 0o600
    assert both.decrypt(OWNER, sealed) == key_ring.load(file).decrypt(OWNER, sealed) == "value"
    assert both.newest != old.newest
    newest = key_ring.load(file).with_newest_only()
    assert len(newest) == len(key_ring.load(file)) == 1
    with pytest.raises(UnknownKey, match="restore it from a backup"):
        newest.decrypt(OWNER, sealed)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda file: file.unlink(), "is not there"),
        (lambda file: file.chmod(0o640), "chmod 600"),
        (lambda file: file.write_text(""), "does not hold keys"),
        (lambda file: file.write_text("c2hvcnQ=\n"), "does not hold keys"),
        (lambda file: file.write_bytes(b"\xff\xfe"), "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(file: Path, harm, message: str) -> None:
    key_ring.make(file)
    harm(file)
    with pytest.raises(KeyFileError, match=message) as refused:
        key_ring.load(file)
    assert str(file) in refused.value.message
