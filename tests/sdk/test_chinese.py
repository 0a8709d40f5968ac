"""What the SDK raises on behalf of any operator is said in Chinese too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sklearn.linear_model import Ridge

from patchbay_sdk import Catalogue, Context, PatchbayError, Schema, Table, Transform, convert, feature_matrix
from patchbay_sdk.estimators import load_estimator, read_estimator
from patchbay_sdk.portable import load_portable
from patchbay_sdk.search_space import search_space
from patchbay_sdk.texts import quoted
from patchbay_sdk.transform import remaining
from tests.operators.errors import assert_chinese

INSTALLED = Catalogue.installed()
NOWHERE = Context(temp_dir=Path("unused"))
RIDGE = INSTALLED.latest("model.ridge")


def file_in(folder: Path, path: str, *, must_exist: bool = True) -> Path:
    return Context(temp_dir=folder, data_roots=[folder]).data_path(path, must_exist=must_exist)


def step(operator: str) -> Transform:
    return Transform(operator, {}, ["nm"], Schema(()), Schema(()))


def broken(folder: Path) -> Path:
    path = folder / "model.npz"
    path.write_bytes(b"broken")
    return path


MISTAKES: dict[str, Callable[[Path], object]] = {
    "file that is none": lambda folder: file_in(folder, "lots.csv"),
    "file outside": lambda folder: file_in(folder, "/elsewhere/lots.csv"),
    "no data folder": lambda folder: NOWHERE.data_path("lots.csv"),
    "kept file": lambda folder: file_in(folder, "datasets/lots/1/data.parquet", must_exist=False),
    "url": lambda folder: NOWHERE.data_path("ftp://fab/lots.csv"),
    "secret": lambda folder: NOWHERE.secret("token"),
    "Spark elsewhere": lambda folder: NOWHERE.spark,
    "missing column": lambda folder: Table({"a": [1]}).require("nm", "tool"),
    "what is no table": lambda folder: Table(5),
    "text as a feature": lambda folder: feature_matrix(Table({"a": ["x"]}), ["a"]),
    "infinite feature": lambda folder: feature_matrix(Table({"a": [float("inf")]}), ["a"], Ridge()),
    "missing value": lambda folder: feature_matrix(Table({"a": [1.0, None]}), ["a"], Ridge()),
    "step without its column": lambda folder: step("feature.scale@1.0.0").apply(Table({"a": [1]})),
    "other steps": lambda folder: remaining(
        [step("feature.scale@1.0.0")], Table({"a": [1]}, lineage=[step("feature.pca@1.0.0")])
    ),
    "a step too many": lambda folder: remaining([], Table({"a": [1]}, lineage=[step("feature.pca@1.0.0")])),
    "unknown operator": lambda folder: INSTALLED.get("nothing@1.0.0"),
    "mistyped operator": lambda folder: INSTALLED.get("shape.splitt@1.0.0"),
    "unknown version": lambda folder: INSTALLED.get("shape.split@9.0.0"),
    "no version": lambda folder: INSTALLED.get("shape.split"),
    "deprecated operator": lambda folder: Catalogue([RIDGE], deprecated={RIDGE.key}).latest(RIDGE.id),
    "param that cannot be searched": lambda folder: search_space(RIDGE, only=["target"]),
    "unknown param": lambda folder: search_space(RIDGE, only=["alhpa"]),
    "value for another port": lambda folder: convert("text", "table", folder),
    "broken model": lambda folder: load_portable(broken(folder)),
    "broken estimator": lambda folder: load_estimator(broken(folder)),
    "foreign estimator": lambda folder: read_estimator("os:system", {}),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_what_the_sdk_raises_is_said_in_chinese_too(mistake: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(PatchbayError) as raised:
        mistake(tmp_path)
    assert_chinese(raised.value)


def test_of_many_names_the_first_are_shown() -> None:
    assert quoted(["a", "b"]) == "“a”、“b”"
    assert quoted(["a", "b", "c"], most=2) == "“a”、“b”等"
