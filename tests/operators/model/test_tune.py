"""Tuning in this process: the same again with the same seed, also after a kill; what ends it; what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_sdk import Cancelled, Catalogue, Context, Table, find_operator
from patchbay_sdk.testing import run_operator
from tests.operators.running import run

TUNE = find_operator("model.tune@1.0.0")
ROWS = Table(
    pl.DataFrame(
        {
            "x": [row * 0.37 % 5 for row in range(120)],
            "z": [(row * 7919) % 101 / 3 for row in range(120)],
            "y": ["bad" if (row * 0.37 % 5) * 3 + (row * 7919) % 11 > 14 else "good" for row in range(120)],
            "amount": [(row * 0.37 % 5) ** 2 + (row * 7919) % 11 / 4 for row in range(120)],
        }
    )
)
GIVEN = {"operator": "model.svm@1.0.0", "target": "y", "trials": 12, "folds": 3, "params": {"exclude": ["amount"]}}
MODELS = [
    spec.id
    for spec in Catalogue.installed()
    if spec.category == "model"
    and [port.type for port in spec.inputs] == ["table"]
    # Searches of their own, which need a column of times or have no classes to be judged by.
    and spec.id not in ("model.tune", "model.auto", "model.auto_forecast", "model.auto_unusual")
]


class Stop(Exception):
    """What ends an attempt in the middle of a test."""


def tuned(folder: Path, stop_after: int | None = None, **params: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The outputs of a tuning and the trials that it reported; ended by Stop after so many."""
    reported: list[dict[str, Any]] = []

    def emit(kind: str, data: dict[str, Any]) -> None:
        if kind == "metric" and data["name"].startswith("trial_"):
            reported.append(data)
            if len(reported) == stop_after:
                raise Stop

    folder.mkdir(parents=True, exist_ok=True)
    context = Context(temp_dir=folder, seed=7, emit=emit)
    filled = TUNE.spec.fill_params({**GIVEN, **params})
    return dict(TUNE.operator_run(context, "local", {"table": ROWS}, filled)), reported


def without_times(outputs: dict[str, Any]) -> pl.DataFrame:
    frame: pl.DataFrame = outputs["trials"].polars().drop("seconds")
    return frame


def test_the_same_seed_gives_the_same_trials_also_after_a_kill(tmp_path: Path) -> None:
    whole, reported = tuned(tmp_path / "whole")
    assert [data["step"] for data in reported] == list(range(1, 13))
    again, _ = tuned(tmp_path / "again")
    assert without_times(again).equals(without_times(whole))
    assert again["params"] == whole["params"]
    with pytest.raises(Stop):
        tuned(tmp_path / "killed", stop_after=5)
    with (tmp_path / "killed" / "checkpoint" / "optuna.log").open("a") as log:
        log.write('{"op_code":')  # a kill in the middle of a line
    (tmp_path / "killed" / "checkpoint" / "optuna.log.lock").symlink_to("optuna.log")  # and while Optuna writes it
    resumed, reported = tuned(tmp_path / "killed")
    assert without_times(resumed).equals(without_times(whole))
    assert [data["step"] for data in reported] == list(range(6, 13))


def test_the_best_is_the_best_of_those_that_were_finished_and_no_worse_than_the_defaults(tmp_path: Path) -> None:
    outputs, _ = tuned(tmp_path)
    trials, metrics = outputs["trials"].polars(), outputs["metrics"]
    finished = trials.filter(pl.col("state") == "complete")
    assert metrics["auc"] == finished["score"].max() >= metrics["auc_of_defaults"]
    best = trials.filter(pl.col("trial") == metrics["best_trial"]).row(0, named=True)
    assert best["score"] == pytest.approx(sum(best[f"fold_{fold}"] for fold in (1, 2, 3)) / 3)
    stopped = trials.filter(pl.col("state") == "stopped")
    assert stopped.height and stopped["folds"].max() < 3  # the pruner has done something
    params = json.loads(outputs["params"])
    by_hand = run("model.svm", tmp_path / "hand", {"table": ROWS}, seed=7, **params)
    assert outputs["model"].metrics == by_hand["model"].metrics


@pytest.mark.parametrize("operator", MODELS)
def test_every_built_in_model_can_be_tuned(operator: str, tmp_path: Path) -> None:
    fields = find_operator(f"{operator}@1.0.0").spec.params["properties"]
    regression = "task" not in fields and "positive" not in fields
    target = "" if operator == "model.k_means" else "amount" if regression else "y"
    data = ROWS.polars()
    if operator == "model.isolation_forest":
        data, target = data.with_columns(y=pl.col("y") == "bad"), "y"
    given = {"exclude": ["amount", "y"]} if target != "amount" else {"exclude": ["y"]}
    if "task" in fields:
        given["task"] = "classification"  # type: ignore[assignment]
    params = {"operator": f"{operator}@1.0.0", "target": target, "params": given}
    tuning = {"method": "random", "folds": 2, "trials": 3}
    outputs, _ = run_operator(TUNE.spec, {"table": Table(data)}, params | tuning, tmp_path)
    assert outputs["trials"].num_rows == 3
    assert outputs["model"].operator == f"{operator}@1.0.0"


def test_what_is_proposed_again_is_not_computed_again(tmp_path: Path) -> None:
    given = {"operator": "model.nearest_neighbours@1.0.0", "search": ["weights"], "trials": 5, "early_stop": False}
    outputs, _ = tuned(tmp_path, **given)
    trials = outputs["trials"].polars()
    assert trials.height == 5 and trials.unique(["param_weights", "score"]).height == 2
    assert len([folder for folder in tmp_path.iterdir() if folder.name.isdigit()]) == 2


def test_time_and_patience_end_it(tmp_path: Path) -> None:
    outputs, _ = tuned(tmp_path / "time", minutes=1e-9)
    assert outputs["trials"].num_rows == 1  # one is always finished
    outputs, _ = tuned(tmp_path / "patience", patience=2, trials=100)
    metrics = outputs["metrics"]
    assert metrics["trials"] == metrics["best_trial"] + 2 < 100


def test_a_cancelled_tuning_stops_between_folds(tmp_path: Path) -> None:
    asked: list[int] = []
    context = Context(temp_dir=tmp_path, cancelled=lambda: asked.append(1) or len(asked) > 3)  # type: ignore[func-returns-value]
    with pytest.raises(Cancelled):
        TUNE.operator_run(context, "local", {"table": ROWS}, TUNE.spec.fill_params(GIVEN))
    assert len(asked) == 4


def test_steps_that_learned_on_all_rows_are_told(tmp_path: Path) -> None:
    scale = find_operator("feature.scale@1.0.0").spec
    scaled, _ = run_operator(scale, {"table": ROWS}, {"columns": ["x"]}, tmp_path)
    given = {**GIVEN, "trials": 1}
    _, log = run_operator(TUNE.spec, {"table": scaled["table"]}, given, tmp_path)
    assert any("feature.scale@1.0.0 learned on all rows before" in line["message"] for line in log)
