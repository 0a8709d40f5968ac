"""What a confined task may touch of its data folders."""

from pathlib import Path

from patchbay_runners.confinement import around


def test_a_closed_folder_in_a_data_folder_is_left_out(tmp_path: Path) -> None:
    home = tmp_path / "share" / "patchbay"
    (home / "projects" / "1").mkdir(parents=True)
    (home / "patchbay.db").touch()
    (tmp_path / "share" / "other").mkdir()
    (tmp_path / "lots").mkdir()
    (tmp_path / "keys").touch()
    (tmp_path / "link").symlink_to(home)
    closed = [home, tmp_path / "keys"]
    assert list(around(tmp_path, closed)) == [tmp_path / "lots", tmp_path / "share" / "other"]
    assert list(around(home, closed)) == []
    assert list(around(home / "projects" / "1", closed)) == [home / "projects" / "1"]
    assert list(around(tmp_path / "lots", closed)) == [tmp_path / "lots"]
    assert list(around(tmp_path, [])) == [tmp_path]
