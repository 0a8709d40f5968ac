"""How this platform reaches its endpoints: their address, and a key of its own that every one of them takes.

Both lie in the data folder, whose owner may everything.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from patchbay_server.config import Settings
from patchbay_server.services.people.keys import new_key

PREFIX = "pbs_"
"""What the keys of endpoints begin with."""
URL = re.compile(r"http://[^\s/]+")


def folder(settings: Settings) -> Path:
    """Where the two are kept, for nobody else to read."""
    path = settings.data_dir / "serving"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def own_key(settings: Settings) -> str:
    """The platform's key, made when it is asked for first."""
    path = folder(settings) / "key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = new_key(PREFIX)
        file.write(key)
    return key


def note_url(settings: Settings, url: str) -> None:
    """Keep where the endpoints are, ``http://host:port``."""
    path = folder(settings) / "url"
    if base_url(settings) != url:
        beside = path.with_suffix(".new")
        beside.write_text(url, encoding="ascii")
        beside.replace(path)


def base_url(settings: Settings) -> str | None:
    """Where the endpoints are; None: none has been started yet."""
    try:
        url = (folder(settings) / "url").read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    return url if URL.fullmatch(url) else None
