"""Applying a transform to another table, and what its lineage is then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import DataError, Table, Transform
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator

CATALOGUE = installed_catalogue()


def fill(folder: Path, table: Table, **params: Any) -> tuple[Table, Transform]:
    outputs, _ = run_operator(CATALOGUE.latest("clean.fill_missing"), {"table": table}, params, folder)
    return outputs["table"], outputs["fitted"]


def apply(folder: Path, table: Table, transform: Transform) -> Table:
    inputs = {"table": table, "transform": transform}
    outputs, _ = run_operator(CATALOGUE.latest("apply.transform"), inputs, {}, folder)
    result: Table = outputs["table"]
    return result


def test_lineage_follows(tmp_path: Path) -> None:
    train = Table({"a": [1.0, None, 3.0], "b": ["x", None, "x"]})
    test = Table({"a": [None, 5.0], "b": [None, "y"]})
    train, numbers = fill(tmp_path, train, columns=["a"], strategy="mean")
    train, texts = fill(tmp_path, train, columns=["b"], strategy="most_frequent")
    once = apply(tmp_path, test, numbers)
    twice = apply(tmp_path, once, texts)
    assert twice.polars().rows() == [(2.0, "x"), (5.0, "y")]
    assert list(twice.lineage) == list(train.lineage) == [numbers, texts]
    assert list(once.lineage) == [numbers]
    assert list(test.lineage) == []


def test_a_step_is_not_applied_twice(tmp_path: Path) -> None:
    train, numbers = fill(tmp_path, Table({"a": [1.0, None]}))
    with pytest.raises(DataError, match=r"has had this step \(clean\.fill_missing@1\.0\.0\) already"):
        apply(tmp_path, train, numbers)
