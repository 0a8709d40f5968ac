"""Unpacks an uploaded package without trusting a byte of it: nothing is executed, nothing lands outside, nothing grows.

A wheel, a source distribution (``.tar.gz``) or a ``.zip`` of a source folder. The content counts, not the file's name.
"""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from patchbay_server.services.publishing.errors import ReleaseRefused
from patchbay_server.services.publishing.file_names import collisions, objection_to_content, objection_to_name

MOST_PACKED = 16 << 20
"""Bytes of an archive."""
MOST_UNPACKED = 64 << 20
"""Bytes of all its files together."""
MOST_FILES = 2000
HIGHEST_RATIO = 100
"""How many times larger than the archive its files may be, once they are larger than `SMALL`."""
SMALL = 1 << 20

_ENCRYPTED = 0x1
_MOST_ENTRIES = 10 * MOST_FILES
"""Entries of an archive's list of contents that are looked at: reading a longer one would take memory already."""


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of an archive into an empty folder, with plain permissions and today's time.

    Raises:
        ReleaseRefused: what is wrong with the archive, and with which file of it.
    """
    size = archive.stat().st_size
    if size > MOST_PACKED:
        raise ReleaseRefused([f"The archive has {size >> 20} MiB; at most {MOST_PACKED >> 20} MiB are allowed."])
    with archive.open("rb") as file:
        start = file.read(4)
    if start.startswith(b"PK"):
        files = _zip_files(archive)
    elif start.startswith(b"\x1f\x8b"):
        files = _tar_files(archive)
    else:
        raise ReleaseRefused(["This is no package: upload a wheel, a .tar.gz, or a .zip of the source folder."])
    _write(dict(_checked(files, size)), folder)


def _write(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o644)


def _checked(files: Iterator[tuple[str, bytes]], packed: int) -> Iterator[tuple[str, bytes]]:
    total, names = 0, []
    for name, content in files:
        total += len(content)
        names.append(name)
        _refuse_size(total, len(names), packed)
        if objection := objection_to_content(name, content):
            raise ReleaseRefused([objection])
        yield name, content
    if reasons := list(collisions(names)):
        raise ReleaseRefused(reasons)
    if not names:
        raise ReleaseRefused(["The archive is empty."])


def _refuse_size(total: int, count: int, packed: int) -> None:
    if count > MOST_FILES:
        raise ReleaseRefused([f"The archive holds more than {MOST_FILES} files."])
    if total > MOST_UNPACKED:
        raise ReleaseRefused([f"The archive's files are larger than {MOST_UNPACKED >> 20} MiB together."])
    if total > SMALL and total > HIGHEST_RATIO * packed:
        raise ReleaseRefused([f"The archive's files are more than {HIGHEST_RATIO} times larger than itself: a bomb?"])


def _refuse_names(names: list[str]) -> None:
    if reasons := [reason for name in names if (reason := objection_to_name(name))]:
        raise ReleaseRefused(reasons[:20])


def _zip_files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.read_bytes().count(b"PK\x01\x02") > _MOST_ENTRIES:
        raise ReleaseRefused([f"The archive holds more than {MOST_FILES} files."])
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_names([entry.orig_filename for entry in entries])
            _refuse_size(sum(entry.file_size for entry in entries), len(entries), path.stat().st_size)
            for entry in entries:
                _refuse_entry(entry)
            yield from ((entry.filename, archive.read(entry)) for entry in entries if not entry.is_dir())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, OSError) as error:
        raise ReleaseRefused([f"The archive is broken: {error}."]) from error


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    name = repr(entry.filename)
    if entry.flag_bits & _ENCRYPTED:
        raise ReleaseRefused([f"{name} is encrypted; upload the archive without a password."])
    if kind == stat.S_IFLNK:
        raise ReleaseRefused([f"{name} is a link; put the file itself there."])
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ReleaseRefused([f"{name} is a device or a pipe, not a file."])
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ReleaseRefused([f"{name} is packed in an unusual way; use an ordinary zip."])


def _tar_files(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with gzip.open(path) as packed:
            content = packed.read(MOST_UNPACKED + 1)
        _refuse_size(len(content), 0, path.stat().st_size)
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            members = []
            for member in archive:
                member.name = member.name.removeprefix("./")
                if member.name != ".":
                    members.append(member)
                _refuse_size(0, len(members), 1)
                _refuse_member(member)
            _refuse_names([member.name for member in members])
            for member in members:
                if member.isreg() and (file := archive.extractfile(member)):
                    yield member.name, file.read()
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, UnicodeError, ValueError, OSError) as error:
        raise ReleaseRefused([f"The archive is broken: {error}."]) from error


def _refuse_member(member: tarfile.TarInfo) -> None:
    name = repr(member.name)
    if member.issym() or member.islnk():
        raise ReleaseRefused([f"{name} is a link; put the file itself there."])
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise ReleaseRefused([f"{name} is a device, a pipe or a sparse file, not an ordinary one."])
