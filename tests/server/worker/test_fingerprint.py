import os
from pathlib import Path

import pytest
from blake3 import blake3

from patchbay_server.worker.environment import environment_digest
from patchbay_server.worker.fingerprint import MISSING, file_fingerprint, source_fingerprints


def test_a_fingerprint_is_that_of_the_content(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"x" * 1000)
    assert file_fingerprint(file) == blake3(b"x" * 1000).hexdigest()


def test_a_file_changed_right_after_it_was_read_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("one")
    before, status = file_fingerprint(file), file.stat()
    file.write_text("two")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file_fingerprint(file) != before


def test_a_file_left_alone_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("one")
    os.utime(file, (1, 1))
    before = file_fingerprint(file)
    file.write_text("two")
    os.utime(file, (1, 1))
    assert file_fingerprint(file) == before  # same path, size, time and inode: known
    os.utime(file, (2, 2))
    assert file_fingerprint(file) != before


def test_params_that_name_files_are_looked_up_in_the_data_folders(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a")
    (tmp_path / "b.csv").write_text("b")
    params = {"path": "a.csv", "more": ["a.csv", "b.csv"], "gone": "no.csv", "outside": "/etc/passwd", "unset": None}
    found = source_fingerprints(params, params, [str(tmp_path)])
    assert found["path"] == blake3(b"a").hexdigest()
    assert set(found) == {"path", "more", "gone", "outside"}
    assert (found["gone"], found["outside"]) == (MISSING, MISSING)
    (tmp_path / "b.csv").write_text("c")
    assert source_fingerprints(params, params, [str(tmp_path)])["more"] != found["more"]


def test_the_environment_is_that_of_the_operators_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment_digest("patchbay_operators") == environment_digest("patchbay_operators")
    assert environment_digest("patchbay_operators") != environment_digest("somebody_elses")
