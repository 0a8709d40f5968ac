"""Files that a user names: which of them an operator may read, and which it may write."""

from pathlib import Path

import pytest

from patchbay_sdk import Context, ParamError


def file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_what_the_platform_keeps_is_read_and_never_written(tmp_path: Path) -> None:
    context = Context(temp_dir=tmp_path, data_roots=[tmp_path / "shared", tmp_path / "project"])
    upload = f"uploads/{'0f' * 16}.csv"
    kept = ("datasets/lots/1/data.parquet", "datasets/lots/1", "datasets/.deleted/7/1/data.parquet", upload)
    for path in (*kept, "datasets/lots.csv", "uploads/mine.csv"):
        file(tmp_path / "project" / path / "x" if path == "datasets/lots/1" else tmp_path / "project" / path)
    (tmp_path / "project" / "link").symlink_to(tmp_path / "project" / "datasets" / "lots")
    for path in (*kept, "link/1/data.parquet", "a/../datasets/lots/2/new.parquet", str(tmp_path / "project" / upload)):
        with pytest.raises(ParamError, match="never changes"):
            context.data_path(path, must_exist=False)
    for path in ("datasets/lots.csv", "uploads/mine.csv"):
        assert context.data_path(path, must_exist=False) == tmp_path / "project" / path
    assert context.data_path(upload) == tmp_path / "project" / upload
    assert context.data_path("datasets/lots", must_exist=False).name == "lots"  # where export.dataset saves versions


def test_a_data_folder_does_not_open_the_folder_of_the_platform_that_lies_in_it(tmp_path: Path) -> None:
    home = tmp_path / "data" / "home"
    keys, own, other = (file(home / name) for name in ("keys", "projects/1/a.csv", "projects/2/a.csv"))
    outside, roots = file(tmp_path / "data" / "b.csv"), [own.parent, tmp_path / "data"]
    context = Context(temp_dir=tmp_path, data_roots=roots, closed=[home, tmp_path / "elsewhere"])
    assert context.data_path("a.csv") == own
    assert context.data_path(str(own)) == own
    assert context.data_path("b.csv") == outside
    for path in (keys, other, home / "new"):
        with pytest.raises(ParamError, match="lies outside"):
            context.data_path(str(path), must_exist=False)
