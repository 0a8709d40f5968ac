"""Operators of plugins are tried by the searches whose task their specs name, and what they have learned is kept."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from patchbay_sdk import Table
from tests.operators.plugins import installed_model
from tests.operators.running import run, run_with_log, saved

CODE = """
{imports}

from patchbay_sdk import Model, Operator


class Plugin(Operator):
    def run(self, context, table, {params}):
        frame = table.polars()
        names = [name for name in table.columns if name != "target"]
        rows = frame.select(names).to_numpy()
        {check}
        estimator = {estimator}
        return {{"model": Model.fitted(estimator, table, task="{task}", features=names, operator=self.spec.key)}}
"""


def code(task: str, module: str, estimator: str, params: str, check: str = "") -> str:
    """A model operator around an estimator of scikit-learn."""
    imports = f"from sklearn.{module} import {estimator.partition('(')[0]}"
    return CODE.format(task=task, imports=imports, estimator=estimator, params=params, check=check)


LIKE_FOREST = ("model.isolation_forest@1.0.0", ["features"], "unusual")
NEIGHBOURS = ("anomaly", "neighbors", "LocalOutlierFactor(novelty=True).fit(rows)", "features=()")


def sensors() -> pl.DataFrame:
    """Two sensors; one row is far from all others."""
    draw = np.random.default_rng(0)
    pressure = draw.normal(10, 1, 200)
    pressure[100] = 30.0
    return pl.DataFrame({"pressure": pressure, "flow": draw.normal(5, 1, 200)})


def test_what_finds_unusual_rows_is_tried_and_votes(tmp_path: Path) -> None:
    with installed_model(tmp_path / "site", "neighbours", code(*NEIGHBOURS), *LIKE_FOREST) as key:
        found = run("model.auto_unusual", tmp_path, {"table": sensors()})
        vote = [{"kind": "vote", "params": {}}]
        replay = json.dumps(json.loads(found["schedule"]) | {"tried": vote})
        model = run("model.auto_unusual", tmp_path, {"table": sensors()}, replay=replay)["model"]
    assert "Values together (neighbours)" in found["leaderboard"].polars()["name"].to_list()
    assert key in [each["operator"] for each in json.loads(found["summary"])["leaderboard"]]
    assert key in model.about["members"]
    answers = model.predict(Table(sensors())).polars()
    assert answers["score"].arg_max() == 100
    assert saved(model, tmp_path / "model").predict(Table(sensors())).polars().equals(answers)


def test_what_breaks_is_left_out_and_the_log_or_the_leaderboard_says_why(tmp_path: Path) -> None:
    always, on_many = (code(*NEIGHBOURS, check=f"assert len(rows) < {most}, 'too many for me'") for most in (1, 100))
    with (
        installed_model(tmp_path / "one", "never", always, *LIKE_FOREST) as never,
        installed_model(tmp_path / "two", "small", on_many, *LIKE_FOREST) as small,
    ):
        found, log = run_with_log("model.auto_unusual", tmp_path, {"table": sensors()})
        alone = json.loads(found["schedule"])["learners"]
    assert any(line.startswith(f"{never.partition('@')[0]} is not tried: ") for line in log)
    assert alone == ["model.isolation_forest@1.0.0", small]
    board = found["leaderboard"].polars()
    assert "too many for me" in board.filter(pl.col("name").str.contains("small"))["error"][0]


def test_what_finds_groups_is_tried(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    points = np.concatenate([draw.normal(centre, 1, (20, 2)) for centre in ((0, 0), (12, 0), (0, 12))])
    table = pl.DataFrame(points, schema=["temperature", "pressure"])
    by_itself = code("clustering", "cluster", "MeanShift().fit(rows)", "features=()")
    as_told = code("clustering", "mixture", "GaussianMixture(clusters, random_state=0).fit(rows)", "clusters=2")
    like = "model.k_means@1.0.0"
    with (
        installed_model(tmp_path / "one", "shift", by_itself, like, ["features"], "groups") as shift,
        installed_model(tmp_path / "two", "mixture", as_told, like, ["clusters"], "groups") as mixture,
    ):
        found = run("model.auto_groups", tmp_path, {"table": table}, most=3)
        tried = json.loads(found["schedule"])["tried"]
        only = json.loads(found["schedule"]) | {"tried": [each for each in tried if each["kind"] == shift]}
        again = run("model.auto_groups", tmp_path, {"table": table}, replay=json.dumps(only))
    assert [each["kind"] for each in tried if each["params"]["way"] == "plain"] == [
        "model.k_means@1.0.0", mixture, shift, "model.k_means@1.0.0", mixture,
    ]  # fmt: skip
    names = set(found["leaderboard"].polars()["name"])
    assert {"3 groups by mixture, columns as they are", "Groups by shift, columns as they are"} <= names
    assert json.loads(found["summary"])["baseline"]["name"]["en"] == "2 groups by K-means, columns as they are"
    assert again["metrics"]["groups"] == 3, "it finds out by itself how many"
    assert again["model"].predict(Table(table)).polars()["prediction"].n_unique() == 3


def test_what_learns_a_number_from_values_before_is_tried_as_a_forecast(tmp_path: Path) -> None:
    hours = np.arange(160)
    times = [datetime(2024, 3, 1) + timedelta(hours=int(hour)) for hour in hours]
    table = pl.DataFrame({"t": times, "y": 50 + 5 * np.sin(hours * 2 * np.pi / 24)})
    tree = code("regression", "tree", "DecisionTreeRegressor(random_state=0).fit(rows, frame[target])", "target")
    with installed_model(tmp_path / "site", "tree", tree, "model.ridge@1.0.0", ["target"], "forecast") as key:
        found = run("model.auto_forecast", tmp_path, {"table": table}, target="y", horizon=3, trials=12)
        tried = {"seed": 0, "learners": [key], "tried": [{"kind": key, "params": {"lags": 24}}]}
        model = run("model.auto_forecast", tmp_path, {"table": table}, target="y", horizon=3, replay=json.dumps(tried))[
            "model"
        ]
    assert [name for name in found["leaderboard"].polars()["name"] if name.startswith("tree on the last ")]
    answers = model.predict(Table(table)).polars()
    assert np.abs(answers["prediction_1"][60:-1] - table["y"][61:]).max() < 0.1
    assert model.predict(Table(table[:70])).polars().equals(answers[:70]), "it never looks ahead"
    assert saved(model, tmp_path / "model").predict(Table(table)).polars().equals(answers)
