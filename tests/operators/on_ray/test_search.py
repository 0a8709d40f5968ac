"""Tuning on Ray: what it shows of its trials."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_sdk import Context, Table, find_operator
from patchbay_sdk.testing import run_operator

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.xdist_group("ray"),
    pytest.mark.usefixtures("connected"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.*", "ignore::ResourceWarning"),
]
ROWS = Table(
    pl.DataFrame(
        {
            "x": [row * 0.37 % 5 for row in range(240)],
            "z": [(row * 7919) % 101 / 3 for row in range(240)],
            "y": ["bad" if (row * 0.37 % 5) * 3 + (row * 7919) % 11 > 14 else "good" for row in range(240)],
        }
    )
)


def test_ray_tune_reports_each_trial_and_trains_the_best(tmp_path: Path) -> None:
    events: list[tuple[str, dict[str, Any]]] = []
    context = Context(temp_dir=tmp_path, seed=5, emit=lambda kind, data: events.append((kind, data)))
    operator = find_operator("model.tune@1.0.0")
    given = {"operator": "model.random_forest@1.0.0", "target": "y", "trials": 4, "folds": 3, "search": ["max_depth"]}
    outputs = operator.operator_run(context, "ray", {"table": ROWS}, operator.spec.fill_params(given))
    trials = outputs["trials"].polars()
    assert trials["trial"].to_list() == [1, 2, 3, 4]
    assert set(trials["state"]) <= {"complete", "stopped"}
    assert trials["param_max_depth"].null_count()  # the operator's defaults are always tried
    best = trials.filter(pl.col("state") == "complete").sort("score", descending=True)
    assert outputs["metrics"]["auc"] == best["score"][0]
    params = json.loads(outputs["params"])
    assert params["target"] == "y"
    assert outputs["model"].estimator.max_depth == params.get("max_depth")
    reported = [data for kind, data in events if kind == "metric" and data["name"] == "trial_auc"]
    assert len(reported) == 4
    assert [data["fraction"] for kind, data in events if kind == "progress"][-1] == 1.0


def test_trials_that_cannot_be_are_shown_and_the_others_go_on(tmp_path: Path) -> None:
    spec = find_operator("model.tune@1.0.0").spec
    few = Table(ROWS.polars().head(30))
    params = {"operator": "model.nearest_neighbours@1.0.0", "target": "y", "search": ["neighbours"]}
    params |= {"trials": 4, "folds": 2, "concurrency": 1}
    outputs, _ = run_operator(spec, {"table": few}, params, tmp_path, seed=1, engine="ray")
    trials = outputs["trials"].polars()
    failed = trials.filter(pl.col("state") == "failed")
    assert failed.height and failed["param_neighbours"].min() > 15
    assert "needs at least" in failed["error"][0]
    assert outputs["metrics"]["failed"] == failed.height


def test_the_search_for_the_best_model_on_ray_replays_here_to_the_same_model(tmp_path: Path) -> None:
    operator = find_operator("model.auto@1.0.0")
    given = {"target": "y", "families": ["model.logistic", "model.ridge"], "trials": 4}
    (tmp_path / "ray").mkdir()
    context = Context(temp_dir=tmp_path / "ray", seed=5)
    found = operator.operator_run(context, "ray", {"table": ROWS}, operator.spec.fill_params(given))
    summary = json.loads(found["summary"])
    assert (summary["trials"], summary["stopped"]) == (4, "trials")
    assert "model.baseline@1.0.0" in set(found["leaderboard"].polars()["operator"])
    assert summary["best"]["score"] > summary["baseline"]["score"]
    again = operator.operator_run(
        Context(temp_dir=tmp_path),
        "local",
        {"table": ROWS},
        operator.spec.fill_params({**given, "replay": found["schedule"]}),
    )
    assert json.loads(again["summary"])["best"]["recipe"] == summary["best"]["recipe"]
    assert again["model"].predict(ROWS).polars().equals(found["model"].predict(ROWS).polars())


def test_the_search_for_the_best_forecast_on_ray_replays_here_to_the_same_model(tmp_path: Path) -> None:
    times = [datetime(2024, 3, 1) + timedelta(hours=hour) for hour in range(200)]
    table = Table(pl.DataFrame({"t": times, "y": [hour % 24 + hour * 0.37 % 5 for hour in range(200)]}))
    operator = find_operator("model.auto_forecast@1.0.0")
    given = {"target": "y", "horizon": 4, "trials": 4}
    (tmp_path / "ray").mkdir()
    context = Context(temp_dir=tmp_path / "ray", seed=5)
    found = operator.operator_run(context, "ray", {"table": table}, operator.spec.fill_params(given))
    summary = json.loads(found["summary"])
    assert (summary["trials"], summary["stopped"]) == (4, "trials")
    assert summary["baseline"]["name"]["en"] == "Repeat the last value"
    assert summary["best"]["score"] < summary["baseline"]["score"]
    replay = operator.spec.fill_params({**given, "replay": found["schedule"]})
    again = operator.operator_run(Context(temp_dir=tmp_path), "local", {"table": table}, replay)
    assert again["schedule"] == found["schedule"]
    assert again["model"].predict(table).polars().equals(found["model"].predict(table).polars())
