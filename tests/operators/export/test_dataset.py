"""Datasets: immutable numbered versions, the same content once, changes found out."""

from __future__ import annotations

import datetime
import json
import math
import shutil
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_operators.export._datasets import content_hash, save
from patchbay_sdk import ArtifactError, DataError, Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator

FRAME = pl.DataFrame(
    {
        "i": [1, None, 3],
        "f": [0.5, math.nan, None],
        "s": ["a", None, ""],
        "c": pl.Series(["x", None, "y"], dtype=pl.Categorical),
        "b": [True, None, False],
        "t": [datetime.datetime(2024, 1, 1), None, datetime.datetime(2024, 1, 2)],
        "d": [datetime.date(2024, 1, 1), None, None],
        "l": [[1, 2], None, []],
        "n": [None, None, None],
    }
)


def save_table(folder: Path, frame: pl.DataFrame, name: str = "lots") -> str:
    spec = installed_catalogue().latest("export.dataset")
    outputs, _ = run_operator(spec, {"table": Table(frame)}, {"name": name}, folder)
    return str(outputs["written"])


def load_table(folder: Path, **params: Any) -> pl.DataFrame:
    spec = installed_catalogue().latest("source.dataset")
    outputs, _ = run_operator(spec, {}, {"name": "lots", **params}, folder)
    table: Table = outputs["table"]
    return table.polars()


def test_versions(tmp_path: Path) -> None:
    assert save_table(tmp_path, FRAME) == "Dataset 'lots' version 1 saved: 3 rows, 9 columns."
    assert save_table(tmp_path, FRAME) == "Dataset 'lots' version 1 unchanged: 3 rows, 9 columns."
    assert save_table(tmp_path, FRAME.reverse()) == "Dataset 'lots' version 2 saved: 3 rows, 9 columns."
    assert load_table(tmp_path).equals(FRAME.reverse())
    assert load_table(tmp_path, version=1).equals(FRAME)
    assert sorted(path.name for path in (tmp_path / "datasets" / "lots").iterdir()) == ["1", "2"]


def test_the_latest_is_what_was_saved_last(tmp_path: Path) -> None:
    save_table(tmp_path, FRAME)
    save_table(tmp_path, FRAME.reverse())
    assert save_table(tmp_path, FRAME) == "Dataset 'lots' version 3 saved: 3 rows, 9 columns."
    assert load_table(tmp_path).equals(FRAME)


def test_description(tmp_path: Path) -> None:
    save_table(tmp_path, FRAME.select("i", "s"))
    description = json.loads((tmp_path / "datasets/lots/1/dataset.json").read_text())
    assert description == {
        "name": "lots",
        "version": 1,
        "rows": 3,
        "schema": {"columns": [{"name": "i", "type": "int"}, {"name": "s", "type": "string"}], "open": False},
        "content_hash": content_hash(FRAME.select("i", "s")),
    }


def test_what_is_not_there(tmp_path: Path) -> None:
    save_table(tmp_path, FRAME, "wafers")
    with pytest.raises(DataError, match="There is no dataset 'lots'; there are: wafers"):
        load_table(tmp_path)
    save_table(tmp_path, FRAME)
    with pytest.raises(DataError, match="has no version 7; it has: 1"):
        load_table(tmp_path, version=7)


def test_a_change_after_saving_is_found_out(tmp_path: Path) -> None:
    save_table(tmp_path, FRAME)
    folder = tmp_path / "datasets/lots/1"
    FRAME.reverse().write_parquet(folder / "data.parquet")
    with pytest.raises(ArtifactError, match="version 1 was changed after it was saved"):
        load_table(tmp_path)
    (folder / "data.parquet").write_bytes(b"rubbish")
    with pytest.raises(ArtifactError, match="version 1 cannot be read"):
        load_table(tmp_path)
    (folder / "dataset.json").write_text("{")
    with pytest.raises(ArtifactError, match=r"no readable dataset\.json"):
        load_table(tmp_path)


def test_an_unfinished_version_does_not_count(tmp_path: Path) -> None:
    save_table(tmp_path, FRAME)
    shutil.copytree(tmp_path / "datasets/lots/1", tmp_path / "datasets/lots/.draft-1234")
    assert "version 2 saved" in save_table(tmp_path, FRAME.reverse())


def test_the_hash_is_of_the_content_alone() -> None:
    """Chunks, slices and what lies in memory beneath a missing value make no difference; every value does."""
    longer = pl.concat([FRAME.head(2), FRAME, FRAME.tail(1)], rechunk=False)
    assert content_hash(longer.slice(2, 3)) == content_hash(FRAME)
    hidden = pl.DataFrame({"a": [1, 2], "mask": [True, False]}).select(pl.when("mask").then("a").alias("a"))
    assert content_hash(hidden) == content_hash(pl.DataFrame({"a": [1, None]}))
    others = [
        FRAME.rename({"i": "j"}),
        FRAME.select(reversed(FRAME.columns)),
        FRAME.head(2),
        FRAME.with_columns(pl.col("i").cast(pl.Int32)),
        FRAME.with_columns(pl.col("i").fill_null(0)),
        FRAME.with_columns(pl.col("s").fill_null("")),
        FRAME.with_columns(pl.col("f").fill_nan(None)),
        FRAME.with_columns(pl.col("l").list.reverse()),
        FRAME.with_columns(pl.Series("s", ["", None, "a"])),
        FRAME.with_columns(pl.col("b").not_()),
    ]
    assert len({content_hash(frame) for frame in [FRAME, *others]}) == len(others) + 1


def test_two_that_save_at_once_get_two_versions(tmp_path: Path) -> None:
    frames = [pl.DataFrame({"a": [number] * 1000}) for number in range(8)]
    saved: list[int] = []
    start = threading.Barrier(len(frames))

    def work(frame: pl.DataFrame) -> None:
        start.wait()
        saved.append(save(tmp_path / "lots", Table(frame))[0].version)

    threads = [threading.Thread(target=work, args=(frame,)) for frame in frames]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(saved) == list(range(1, 9))
    values = {pl.read_parquet(tmp_path / "lots" / str(version) / "data.parquet")["a"][0] for version in saved}
    assert values == set(range(8))


def test_preparation_is_not_saved_and_that_is_said(tmp_path: Path) -> None:
    catalogue = installed_catalogue()
    fill = catalogue.latest("clean.fill_missing")
    outputs, _ = run_operator(fill, {"table": Table({"a": [1.0, None]})}, {}, tmp_path)
    _, logs = run_operator(catalogue.latest("export.dataset"), {"table": outputs["table"]}, {"name": "x"}, tmp_path)
    assert any("1 preparation steps, which are not saved" in line["message"] for line in logs)
