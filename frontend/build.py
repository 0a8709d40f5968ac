"""Builds the web pages into the server's package: `python frontend/build.py`, or `... build.py tools` to install only.

`make` and the build of a wheel use it. Nothing is done again while the sources are the same.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
WEB = FRONTEND.parent / "server" / "patchbay_server" / "web"
"""Where vite.config.ts writes to."""
STAMP = ".built-from"


class CannotBuild(Exception):
    """The pages cannot be built here; the message says what is missing."""


def install_tools() -> None:
    """Bring the packages of package-lock.json to node_modules.

    Raises:
        CannotBuild: there is no Node, or npm failed.
    """
    lock = _digest([FRONTEND / "package-lock.json"])
    stamp = FRONTEND / "node_modules" / STAMP
    if _read(stamp) != lock:
        _npm("ci", "--no-audit", "--no-fund")
        stamp.write_text(lock)


def build() -> None:
    """Make `WEB`, unless it was made from these very sources.

    Raises:
        CannotBuild: as `install_tools`.
    """
    sources = _digest(_sources())
    if _read(WEB / STAMP) == sources:
        return
    install_tools()
    _npm("run", "--silent", "build", "--", "--logLevel", "warn")
    (WEB / STAMP).write_text(sources)


def _sources() -> Iterator[Path]:
    for name in ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"):
        yield FRONTEND / name
    for path in sorted((FRONTEND / "src").rglob("*")):
        if path.is_file() and ".test." not in path.name:
            yield path


def _digest(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(FRONTEND).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None


def _npm(*arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise CannotBuild("npm is not there; it comes with Node 20 or newer")
    done = subprocess.run([npm, *arguments], cwd=FRONTEND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise CannotBuild(f"'npm {' '.join(arguments)}' failed:\n{done.stdout.strip()}")


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["tools"]:
            install_tools()
        else:
            build()
    except CannotBuild as error:
        sys.exit(f"Web pages not built: {error}")
