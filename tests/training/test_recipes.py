"""What the recipes train predicts on tables, is the same after storing, and holds no code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import ArtifactError, DataError, Model, Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator
from patchbay_training.errors import StrategyRefused
from tests.operators.running import run

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("training")]

GENERATOR = np.random.default_rng(0)
SMALL = {"width": 16, "depth": 1, "batch_size": 8, "learning_rate": 0.01, "checkpoint_steps": 1000}


def numbers() -> pl.DataFrame:
    x = GENERATOR.normal(size=(120, 2))
    return pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "kind": np.where(x[:, 0] > 0, "high", "low"), "sum": x.sum(1)})


def machines() -> pl.DataFrame:
    """Six machines whose heat tells how long they still last."""
    rows = [(unit, cycle, 20.0 - cycle + 0.1 * unit) for unit in range(6) for cycle in range(20)]
    return pl.DataFrame(rows, schema=["unit", "cycle", "heat"], orient="row")


def maps() -> pl.DataFrame:
    """Bad dies in the centre or at the edge."""
    distance = np.hypot(*(np.indices((8, 8)) - 3.5))
    kinds = GENERATOR.integers(0, 2, 64)
    bad = [(distance < 2) if kind else (distance > 3) for kind in kinds]
    return pl.DataFrame(
        {
            "map": [np.where(places, 2, 1).ravel().tolist() for places in bad],
            "pattern": ["center" if kind else "edge" for kind in kinds],
        }
    )


def messages() -> pl.DataFrame:
    words = {"spam": "win free cash prize now", "ham": "see you at home for lunch"}
    kinds = ["spam", "ham"] * 32
    texts = [" ".join(GENERATOR.permutation(words[kind].split())[:4]) for kind in kinds]
    return pl.DataFrame({"text": texts, "kind": kinds})


def again(model: Model, folder: Path) -> Model:
    """Stored and read back."""
    folder.mkdir()
    model.save(folder)
    return Model.load({path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()})


def trained(operator: str, folder: Path, frame: pl.DataFrame, **params: Any) -> Mapping[str, Any]:
    return run(operator, folder, {"table": frame}, **{**SMALL, **params})


def assert_same_when_stored(model: Model, frame: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The answers, which do not depend on storing, on the order of rows, or on the target being there."""
    answers = model.predict(Table(frame)).polars()
    loaded = again(model, folder / "model")
    shuffled = frame.with_row_index("row").sample(fraction=1.0, shuffle=True, seed=1)
    frame = shuffled.drop("row", *([model.target] if model.target else []))
    from_disk = loaded.predict(Table(frame)).polars()
    expected = answers[shuffled["row"]]
    assert from_disk.columns == answers.columns
    for name in answers.columns:
        if answers[name].dtype.is_float():
            np.testing.assert_allclose(from_disk[name], expected[name], atol=1e-5)
        else:
            assert from_disk[name].to_list() == expected[name].to_list()
    assert loaded.predict(Table(frame[:0])).num_rows == 0
    return answers


def test_tabular_classes(tmp_path: Path) -> None:
    frame = numbers()
    outputs = trained("train.tabular", tmp_path, frame, target="kind", features=["a", "b"], epochs=15)
    answers = assert_same_when_stored(outputs["model"], frame, tmp_path)
    assert (answers["prediction"] == frame["kind"]).mean() > 0.9
    assert outputs["metrics"]["validation_accuracy"] > 0.8
    assert {each["name"] for each in outputs["curves"].series} == {"training loss", "validation loss", "learning rate"}
    gaps = frame.with_columns(a=pl.lit(None, pl.Float64))
    assert outputs["model"].predict(Table(gaps)).num_rows == 120


def test_tabular_numbers(tmp_path: Path) -> None:
    frame = numbers()
    model = trained("train.tabular", tmp_path, frame, task="regression", target="sum", dropout=0.0, epochs=20)["model"]
    answers = assert_same_when_stored(model, frame, tmp_path)
    assert np.corrcoef(answers["prediction"], frame["sum"])[0, 1] > 0.95


def test_remaining_life(tmp_path: Path) -> None:
    frame = machines()
    model = trained(
        "train.sequence", tmp_path, frame, entity="unit", time="cycle", window=4, heads=2, dropout=0.0, epochs=20
    )["model"]
    answers = assert_same_when_stored(model, frame, tmp_path)
    left = frame.select(pl.col("cycle").max().over("unit") - pl.col("cycle")).to_series()
    assert np.corrcoef(answers["prediction"], left)[0, 1] > 0.95


def test_forecast(tmp_path: Path) -> None:
    hours = pl.DataFrame({"hour": range(200), "load": np.sin(np.arange(200) / 4)})
    params = {"task": "forecast", "time": "hour", "target": "load", "horizon": 3, "window": 16, "patch": 4, "heads": 2}
    model = trained("train.sequence", tmp_path, hours, **params, dropout=0.0, epochs=25)["model"]
    answers = assert_same_when_stored(model, hours, tmp_path)
    assert answers.columns == ["prediction_1", "prediction_2", "prediction_3"]
    np.testing.assert_allclose(answers["prediction_1"][20:-1], hours["load"][21:], atol=0.3)


def test_wafer_maps(tmp_path: Path) -> None:
    frame = maps()
    model = trained("train.wafer_map", tmp_path, frame, column="map", target="pattern", epochs=5)["model"]
    answers = assert_same_when_stored(model, frame, tmp_path)
    assert (answers["prediction"] == frame["pattern"]).all()
    with pytest.raises(DataError, match="must have 8 x 8 places"):
        model.predict(Table({"map": [[0, 1, 2]]}))
    with pytest.raises(DataError, match="must hold 0"):
        model.predict(Table({"map": [[3] * 64]}))


def test_texts(tmp_path: Path) -> None:
    frame = messages()
    params = {"column": "text", "target": "kind", "length": 8, "heads": 2}
    model = trained("train.text", tmp_path, frame, **params, epochs=4)["model"]
    answers = assert_same_when_stored(model, frame, tmp_path)
    assert (answers["prediction"] == frame["kind"]).all()
    assert model.predict(Table({"text": ["", None, "日本語 🙂"]})).num_rows == 3


def test_language(tmp_path: Path) -> None:
    frame = messages()
    params = {"column": "text", "length": 32, "heads": 2}
    model = trained("train.language", tmp_path, frame, **params, epochs=20)["model"]
    answers = assert_same_when_stored(model, frame, tmp_path)["prediction"]
    strange = model.predict(Table({"text": ["QXZ%%% 7781 ##"]})).polars()["prediction"]
    assert strange[0] > 2 * answers.max()  # type: ignore[operator]


def test_the_same_seed_gives_the_same_model(tmp_path: Path) -> None:
    frame = numbers()
    models = [
        trained("train.tabular", tmp_path / str(n), frame, target="kind", epochs=2, seed=seed)["model"]
        for n, seed in enumerate((1, 1, 2))
    ]
    for number, model in enumerate(models):
        again(model, tmp_path / f"model{number}")
    one, same, other = ((tmp_path / f"model{n}/estimator/weights.safetensors").read_bytes() for n in range(3))
    assert one == same != other


def test_only_classes_of_patchbay_are_made(tmp_path: Path) -> None:
    model = trained("train.tabular", tmp_path, numbers(), target="kind", epochs=1)["model"]
    folder = tmp_path / "model"
    again(model, folder)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    about, network = folder / "patchbay.json", folder / "estimator/network.json"
    for file, entry, name in (
        (about, "estimator", "os:system"),
        (about, "estimator", "patchbay_sdk.table:Table"),
        (network, "network", "os:system"),
        (network, "network", "patchbay_sdk.table:Table"),
        (network, "reader", "subprocess:Popen"),
    ):
        before = file.read_text()
        file.write_text(json.dumps({**json.loads(before), entry: name}))
        with pytest.raises(ArtifactError, match=name):
            Model.load(files)
        file.write_text(before)
    (folder / "estimator/weights.safetensors").write_bytes(b"cut short")
    with pytest.raises(ArtifactError, match="weights are broken"):
        Model.load(files)


def test_refused_before_the_data_is_looked_at(tmp_path: Path) -> None:
    spec = installed_catalogue().get("train.tabular@1.0.0")
    for params, why in (
        ({"precision": "fp16"}, "fp16 needs a GPU"),
        ({"strategy": "ddp", "workers": 2}, "Engine local trains in one process"),
    ):
        with pytest.raises(StrategyRefused, match=why):
            run_operator(spec, {"table": Table(numbers())}, {"target": "kind", **params}, tmp_path)
