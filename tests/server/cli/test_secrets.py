"""`patchbay secrets`."""

import io
import sys

import pytest

VALUE = "hunter2-hunter2"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    """What comes from standard input."""

    def give(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return give


def test_from_the_first_secret_to_the_last(patchbay, typed, tmp_path) -> None:
    assert patchbay("secrets", "list").output.strip() == "There is no secret yet."
    typed(VALUE.encode() + b"\n")
    assert patchbay("secrets", "set", "db", "--description", "the fab's database").output == "Secret db was made.\n"
    typed(b"another value")
    assert patchbay("secrets", "set", "db").output == "Secret db has a new value.\n"
    listed = patchbay("secrets", "list").output
    assert "db" in listed and "the fab's database" in listed and VALUE not in listed
    assert "1 secrets have the new key" in patchbay("secrets", "rotate").output
    assert patchbay("secrets", "delete", "db").output == "Secret db was deleted.\n"
    assert (tmp_path / "home" / "secret-keys").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("data", "message"), [(b"abc\n", "fewer than 4"), (b"\xff\xfe\xff\xfe", "UTF-8"), (b"x" * 70_000, "at most 65536")]
)
def test_what_cannot_be_a_value_is_refused(patchbay, typed, data: bytes, message: str) -> None:
    typed(data)
    ended = patchbay("secrets", "set", "db")
    assert ended.status != 0 and message in ended.errors


def test_a_value_is_no_argument(patchbay) -> None:
    assert patchbay("secrets", "set", "db", VALUE).status == 2


def test_an_unknown_secret_or_project_is_named(patchbay) -> None:
    assert "no secret 'db'" in patchbay("secrets", "delete", "db").errors
    assert "'nowhere'" in patchbay("secrets", "list", "--project", "nowhere").errors
