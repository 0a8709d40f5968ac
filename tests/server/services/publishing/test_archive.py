"""Archives that are refused, each for its own reason."""

from __future__ import annotations

import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from patchbay_server.services.publishing import archive
from patchbay_server.services.publishing.archive import unpack
from patchbay_server.services.publishing.errors import ReleaseRefused
from tests.server.services.publishing.packages import source, tarred, zipped


def refused(path: Path, tmp_path: Path) -> str:
    folder = tmp_path / "unpacked"
    with pytest.raises(ReleaseRefused) as error:
        unpack(path, folder)
    assert not folder.exists() or not any(folder.iterdir()), "something was written"
    return error.value.message


@pytest.mark.parametrize("make", [zipped, tarred])
def test_files_are_written_below_the_folder(make: Callable[..., Path], tmp_path: Path) -> None:
    unpack(make(source(), tmp_path / "package"), tmp_path / "unpacked")
    written = {
        p.relative_to(tmp_path / "unpacked").as_posix() for p in (tmp_path / "unpacked").rglob("*") if p.is_file()
    }
    assert written == set(source())


def test_a_tar_that_begins_every_name_with_a_dot(tmp_path: Path) -> None:
    unpack(tarred(source(), tmp_path / "package", under="./"), tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "pyproject.toml").is_file()


NAMES = {
    "../outside.py": "leads out of the package",
    "fab_tools/../../outside.py": "leads out of the package",
    "/etc/cron.d/x": "is an absolute path",
    "C:/windows/x.py": "is an absolute path",
    "fab_tools\\x.py": "has a backslash",
    "fab_tools//x.py": "has an empty part",
    "fab_tools/./x.py": "has an empty part",
    "fab_tools/x?.py": "is not a name that every system can store",
    "fab_tools/晶圆.py": "is not a name that every system can store",
    "fab_tools/x.": "is not a name that every system can store",
    "fab_tools/nul.py": "is not a name that every system can store",
    "fab_tools/new\nline.py": "is not a name that every system can store",
    f"fab_tools/{'x' * 101}": "has a part of 101 characters",
    "/".join(["fab_tools", *["x" * 50] * 4]): "characters long",
    "fab_tools/fast.so": "is native code",
    "fab_tools/fast.cpython-311-x86_64-linux-gnu.so": "is native code",
    "fab_tools/libfast.so.1.2": "is native code",
    "fab_tools/fast.PYD": "is native code",
    "fab_tools/fast.dll": "is native code",
    "fab_tools/tool.exe": "is native code",
    "fab_tools/__pycache__/x.cpython-311.pyc": "is compiled Python",
    "evil.pth": "would run code whenever Python starts",
}


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
def test_names(make: Callable[..., Path], name: str, tmp_path: Path) -> None:
    assert NAMES[name] in refused(make({**source(), name: "x"}, tmp_path / "package"), tmp_path)


def test_a_nul_in_a_name(tmp_path: Path) -> None:
    path = zipped({**source(), "fab_tools/x@.py": "x"}, tmp_path / "package")
    path.write_bytes(path.read_bytes().replace(b"x@.py", b"x\0.py"))
    assert "has a NUL character" in refused(path, tmp_path)


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize(
    "content", [b"\x7fELF\x02\x01", b"MZ\x90\x00", b"\xcf\xfa\xed\xfe\x07"], ids=["elf", "pe", "mach-o"]
)
def test_programs_under_another_name(make: Callable[..., Path], content: bytes, tmp_path: Path) -> None:
    assert "is a program for" in refused(
        make({**source(), "fab_tools/data.bin": content}, tmp_path / "package"), tmp_path
    )


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("fab_tools/Double.py", "differ in case only"),
        ("FAB_tools/x.py", "differ in case only"),
        ("fab_tools/double.py/x.py", "is a file and a folder"),
    ],
)
def test_names_that_collide(make: Callable[..., Path], other: str, reason: str, tmp_path: Path) -> None:
    assert reason in refused(make({**source(), other: "x"}, tmp_path / "package"), tmp_path)


def test_the_same_name_twice(tmp_path: Path) -> None:
    path = zipped(source(), tmp_path / "package")
    with zipfile.ZipFile(path, "a") as more, warnings.catch_warnings(action="ignore"):
        more.writestr("fab_tools/double.py", "import os")
    assert "'fab_tools/double.py' is there twice" in refused(path, tmp_path)
    extra = tarfile.TarInfo("fab_tools/double.py")
    assert "'fab_tools/double.py' is there twice" in refused(tarred(source(), tmp_path / "tar", extra=extra), tmp_path)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, "is a link"),
        (tarfile.LNKTYPE, "is a link"),
        (tarfile.CHRTYPE, "is a device"),
        (tarfile.BLKTYPE, "is a device"),
        (tarfile.FIFOTYPE, "is a device"),
    ],
)
def test_members_of_a_tar_that_are_no_files(kind: bytes, reason: str, tmp_path: Path) -> None:
    extra = tarfile.TarInfo("fab_tools/x")
    extra.type, extra.linkname = kind, "/etc/passwd"
    assert reason in refused(tarred(source(), tmp_path / "package", extra=extra), tmp_path)


@pytest.mark.parametrize(
    ("kind", "reason"), [(stat.S_IFLNK, "is a link"), (stat.S_IFCHR, "is a device"), (stat.S_IFIFO, "is a device")]
)
def test_entries_of_a_zip_that_are_no_files(kind: int, reason: str, tmp_path: Path) -> None:
    path = zipped(source(), tmp_path / "package")
    entry = zipfile.ZipInfo("fab_tools/x")
    entry.external_attr = (kind | 0o644) << 16
    with zipfile.ZipFile(path, "a") as more:
        more.writestr(entry, "/etc/passwd")
    assert reason in refused(path, tmp_path)


@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_bomb(make: Callable[..., Path], tmp_path: Path) -> None:
    path = make({**source(), "fab_tools/x.csv": bytes(20 << 20)}, tmp_path / "package")
    assert "100 times larger" in refused(path, tmp_path)


@pytest.mark.parametrize("make", [zipped, tarred])
def test_too_much_in_all(make: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 1 << 20)
    path = make({**source(), "fab_tools/x.csv": bytes(2 << 20)}, tmp_path / "package")
    assert "larger than 1 MiB together" in refused(path, tmp_path)


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    path = zipped({**source(), "fab_tools/x.csv": bytes(20 << 20)}, tmp_path / "package")
    path.write_bytes(path.read_bytes().replace((20 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert "The archive is broken" in refused(path, tmp_path)


@pytest.mark.parametrize("make", [zipped, tarred])
def test_too_many_files(make: Callable[..., Path], tmp_path: Path) -> None:
    files = {f"fab_tools/{number}.txt": "" for number in range(archive.MOST_FILES)}
    assert "more than 2000 files" in refused(make({**source(), **files}, tmp_path / "package"), tmp_path)


def test_an_archive_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    with (path := tmp_path / "package").open("wb") as file:
        file.truncate(archive.MOST_PACKED + 1)
    assert "at most 16 MiB" in refused(path, tmp_path)


def test_an_encrypted_archive(tmp_path: Path) -> None:
    path = zipped(source(), tmp_path / "package")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "is encrypted" in refused(path, tmp_path)


@pytest.mark.parametrize("make", [zipped, tarred])
def test_broken_archives(make: Callable[..., Path], tmp_path: Path) -> None:
    path = make(source(), tmp_path / "package")
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:100] + bytes(100) + whole[200:]):
        path.write_bytes(content)
        assert "The archive is broken" in refused(path, tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK", b"\x1f\x8b", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "package").write_bytes(content)
    assert refused(tmp_path / "package", tmp_path)


def test_an_archive_within_an_archive_is_a_file(tmp_path: Path) -> None:
    inner = zipped({"x": bytes(1 << 19)}, tmp_path / "inner").read_bytes()
    unpack(zipped({**source(), "fab_tools/inner.zip": inner}, tmp_path / "package"), tmp_path / "unpacked")
    assert (tmp_path / "unpacked/fab_tools/inner.zip").read_bytes() == inner
