"""Random keys that people and programs show: cookies, tokens, links. Only their digests are kept."""

from __future__ import annotations

import hashlib
import secrets


def new_key(prefix: str = "") -> str:
    """A fresh key with 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """SHA-256 in hex. The keys are random, so nothing slower is needed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
