"""Passwords: argon2id with the library's parameters, which follow RFC 9106."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from patchbay_server.services.errors import Invalid

SHORTEST, LONGEST = 12, 1024


def hash_password(password: str) -> str:
    """The hash to keep. Raises Invalid for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(
            f"A password has {SHORTEST} to {LONGEST} characters; a sentence is good.",
            field="password",
            reason="password_length",
            shortest=SHORTEST,
            longest=LONGEST,
        )
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one of that hash; takes as long where there is none, so that nobody learns of it."""
    try:
        return _hasher().verify(password_hash or _nobody(), password[: LONGEST + 1]) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")
