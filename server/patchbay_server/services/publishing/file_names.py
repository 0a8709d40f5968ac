"""Which names of files a package may have: those that mean the same file on every system, and no code but Python's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

LONGEST_PATH = 200
LONGEST_NAME = 100

_PORTABLE = re.compile(r"[A-Za-z0-9 ._+@!=~,()\[\]-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_NATIVE = re.compile(r".*\.(so(\.\d+)*|pyd|dll|dylib|exe|com|msi|o|a|lib|bat|cmd|ps1|jar|class|wasm)", re.IGNORECASE)
_BYTE_CODE = re.compile(r".*\.py[co]", re.IGNORECASE)
_MAGIC = {
    b"\x7fELF": "Linux",
    b"MZ": "Windows",
    b"\xfe\xed\xfa": "macOS",
    b"\xcf\xfa\xed\xfe": "macOS",
    b"\xce\xfa\xed\xfe": "macOS",
    b"\xca\xfe\xba\xbe": "macOS",
}


def objection_to_name(name: str) -> str | None:
    """Why a file of an archive may not have this name; None: it may."""
    if "\0" in name:
        return f"{_shown(name)} has a NUL character in its name."
    if "\\" in name:
        return f"{_shown(name)} has a backslash in its name; folders are parted by '/'."
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return f"{_shown(name)} is an absolute path; a package's files lie below its own folder."
    if len(name) > LONGEST_PATH:
        return f"{_shown(name)} is {len(name)} characters long; at most {LONGEST_PATH} are allowed."
    parts = name.removesuffix("/").split("/")
    if ".." in parts:
        return f"{_shown(name)} leads out of the package ('..')."
    return next(
        filter(None, (*(_objection_to_part(name, part) for part in parts), _objection_to_kind(name, parts[-1]))), None
    )


def _objection_to_part(name: str, part: str) -> str | None:
    if part in ("", "."):
        return f"{_shown(name)} has an empty part in its path."
    if len(part) > LONGEST_NAME:
        return f"{_shown(name)} has a part of {len(part)} characters; at most {LONGEST_NAME} are allowed."
    if not _PORTABLE.fullmatch(part) or part[-1] in " ." or part[0] == " " or _DEVICE.fullmatch(part):
        return f"{_shown(name)} is not a name that every system can store: use letters, digits, '.', '_' and '-'."
    return None


def _objection_to_kind(name: str, part: str) -> str | None:
    if _NATIVE.fullmatch(part):
        return f"{_shown(name)} is native code or a program: a package holds Python and data only."
    if _BYTE_CODE.fullmatch(part):
        return f"{_shown(name)} is compiled Python, which nobody can review: leave __pycache__ out."
    if part.lower().endswith(".pth"):
        return f"{_shown(name)} would run code whenever Python starts: .pth files are refused."
    return None


def objection_to_content(name: str, content: bytes) -> str | None:
    """Why a file may not have this content: it is a program whatever its name says."""
    for magic, system in _MAGIC.items():
        if content.startswith(magic):
            return f"{_shown(name)} is a program for {system}: a package holds Python and data only."
    return None


def collisions(names: Iterable[str]) -> Iterator[str]:
    """What cannot lie side by side: the same name twice, or one that differs in case only on some systems."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        path = PurePosixPath(name)
        other = seen.get(name.lower()) or folders.get(name.lower())
        if other == name:
            yield f"{_shown(name)} is there twice."
        elif other is not None:
            yield f"{_shown(name)} and {_shown(other)} differ in case only: on some systems they are the same."
        seen.setdefault(name.lower(), name)
        for parent in list(path.parents)[:-1]:
            known = folders.setdefault(str(parent).lower(), str(parent))
            if known != str(parent):
                yield f"{_shown(str(parent))} and {_shown(known)} differ in case only."
            if str(parent).lower() in seen:
                yield f"{_shown(str(parent))} is a file and a folder."


def _shown(name: str) -> str:
    return repr(name if len(name) <= 80 else name[:60] + "..." + name[-15:])
