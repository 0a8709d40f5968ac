"""Models on disk: loadable as MLflow does it, and refused when somebody changed them."""

from __future__ import annotations

import importlib
import json
import platform
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from patchbay_sdk import ArtifactError, DataError, Model, Table
from patchbay_sdk.estimators import load_estimator


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    table = Table({"a": [0, 1, 2], "b": [1.0, 0.0, 1.0], "y": [1.0, 2.0, 5.0]})
    estimator = LinearRegression().fit(table.polars()[["a", "b"]].to_numpy(), table.polars()["y"].to_numpy())
    model = Model.fitted(estimator, table, task="regression", features=["a", "b"], target="y")
    folder = tmp_path / "model"
    folder.mkdir()
    model.save(folder)
    return folder


def test_mlflow_finds_loader_environment_and_answers(saved: Path) -> None:
    flavor = json.loads((saved / "MLmodel").read_text())["flavors"]["python_function"]
    assert flavor["python_version"] == platform.python_version()
    environment = json.loads((saved / flavor["env"]["virtualenv"]).read_text())
    assert environment == {"python": platform.python_version(), "dependencies": ["-r requirements.txt"]}
    assert "patchbay[operators]==" in (saved / "requirements.txt").read_text()
    predictor = importlib.import_module(flavor["loader_module"])._load_pyfunc(str(saved))
    answers = predictor.predict(pd.DataFrame({"b": [1.0, 0.0], "a": [2, 1]}))
    assert answers["prediction"].tolist() == pytest.approx([5.0, 2.0])


def rewrite(path: Path, old: str, new: str) -> None:
    """Change text inside a skops file, as an attacker would."""
    with ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in contents["schema.json"]
    contents["schema.json"] = contents["schema.json"].replace(old.encode(), new.encode())
    with ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def test_a_function_in_place_of_the_estimator_is_refused(saved: Path) -> None:
    model = saved / "model.skops"
    with ZipFile(model) as archive:
        document = json.loads(archive.read("schema.json"))
    rewrite(model, f'"__module__": "{document["__module__"]}"', '"__module__": "os"')
    with pytest.raises(ArtifactError, match=r"not trusted: os\.LinearRegression"):
        load_estimator(model)


def test_a_function_of_a_trusted_package_is_refused(saved: Path) -> None:
    rewrite(saved / "model.skops", '"LinearRegression"', '"make_dataset"')
    with pytest.raises(ArtifactError, match="not trusted: sklearn"):
        load_estimator(saved / "model.skops")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_a_broken_file_is_named(saved: Path, content: bytes) -> None:
    (saved / "model.skops").write_bytes(content)
    with pytest.raises(ArtifactError, match=r"model\.skops is broken"):
        load_estimator(saved / "model.skops")


def test_an_empty_column_takes_the_type_of_training(saved: Path) -> None:
    files = {path.name: path for path in saved.iterdir()}
    with pytest.raises(DataError, match="Missing values in 'b', which LinearRegression cannot take"):
        Model.load(files).predict(Table(pd.DataFrame({"a": [1], "b": [np.nan]})))
    with pytest.raises(DataError, match="Missing values in 'b'"):
        Model.load(files).predict(Table({"a": [1], "b": [None]}))
    with pytest.raises(DataError, match=r"'b' must hold numbers, but holds text such as '1\.0'"):
        Model.load(files).predict(Table({"a": [1], "b": ["1.0"]}))
