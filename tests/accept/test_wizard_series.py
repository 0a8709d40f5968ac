"""Forecasts, unusual rows and groups found by themselves reach the reference figures that come with the datasets.

`pytest -m accept -s tests/accept/test_wizard_series.py` prints the figures of docs/wizards.md.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from patchbay_sdk import Table
from tests.datasets import dataset
from tests.operators.running import run

pytestmark = [pytest.mark.accept, pytest.mark.timeout(1800)]

MONTH = 30 * 24
HORIZON = 24
BLOCKS = 5
"""Parts of the test time whose scores give the deviation of a fold."""


def tell(name: str, **figures: float) -> None:
    """Print figures as a JSON line."""
    sys.stdout.write(json.dumps({"dataset": name, **{key: round(value, 4) for key, value in figures.items()}}) + "\n")


def test_forecast_on_etth1(tmp_path: Path) -> None:
    """OT, 24 hours ahead, 12/4/4 months, in deviations of the first 12 months: ridge on 336 lags has MSE 0.0260.

    The search chooses on the first 16 months alone. Ridge, by hand on the first 12, is recomputed beside it.
    """
    hours = pl.read_csv(dataset("etth1/ETTh1.csv.gz"), try_parse_dates=True).select("date", "OT")
    begin = time.monotonic()
    found = run(
        "model.auto_forecast", tmp_path, {"table": hours[: 16 * MONTH]}, target="OT", horizon=HORIZON, minutes=8
    )
    seconds = time.monotonic() - begin
    before = 1000  # rows that give the first windows of the test their past
    test = hours[16 * MONTH - before : 20 * MONTH]
    answers = found["model"].predict(Table(test)).polars().to_numpy()[before - 1 : -HORIZON]
    deviation = float(hours["OT"][: 12 * MONTH].std(ddof=0))  # type: ignore[arg-type]
    truth = np.lib.stride_tricks.sliding_window_view(test["OT"].to_numpy()[before:], HORIZON)
    squared = (((answers - truth) / deviation) ** 2).mean(axis=1)
    blocks = [float(part.mean()) for part in np.array_split(squared, BLOCKS)]
    mse, fold = float(squared.mean()), float(np.std(blocks, ddof=1))
    tell("etth1", mse=mse, fold_deviation=fold, seconds=seconds, trials=len(found["leaderboard"].polars()))
    assert mse <= 0.0260 + 0.1 * fold  # a whole deviation would let the last value pass; the search is held closer
    assert seconds <= 600


@pytest.mark.parametrize(("name", "reference"), [("machine_temperature_system_failure", 0.8609), ("nyc_taxi", 0.8142)])
def test_unusual_rows_on_nab(name: str, reference: float, tmp_path: Path) -> None:
    """The best of three ways by hand, chosen with the labels; the labels are used here for the score alone."""
    rows = pl.read_csv(dataset(f"nab_anomaly/{name}.csv.gz"), try_parse_dates=True)
    windows = json.loads(dataset("nab_anomaly/labels_windows.json").read_text())
    [spans] = [each for key, each in windows.items() if name in key]
    ends = [[datetime.fromisoformat(end) for end in span] for span in spans]
    labelled = np.any([rows["timestamp"].is_between(*span).to_numpy() for span in ends], axis=0)
    begin = time.monotonic()
    found = run("model.auto_unusual", tmp_path, {"table": rows}, time="timestamp")
    seconds = time.monotonic() - begin
    answers = found["model"].predict(Table(rows)).polars()
    auc = metrics.roc_auc_score(labelled, answers["score"])
    shown = answers["prediction"].to_numpy()
    tell(name, auc=auc, shown=int(shown.sum()), shown_in_windows=int((shown & labelled).sum()), seconds=seconds)
    assert auc >= reference
    assert seconds <= 600


def test_groups_on_wholesale_customers(tmp_path: Path) -> None:
    """k-means on logarithms with two groups has silhouette 0.2903 and agrees with the channel by 0.5135."""
    rows = pl.read_csv(dataset("wholesale_customers/wholesale_customers.csv"))
    found = run("model.auto_groups", tmp_path, {"table": rows}, exclude=["Channel", "Region"])
    numbers = found["model"].predict(Table(rows)).polars()["prediction"]
    agreement = metrics.adjusted_rand_score(rows["Channel"], numbers)
    tell("wholesale_customers", groups=found["metrics"]["groups"], silhouette=found["metrics"]["silhouette"],
         stability=found["metrics"]["stability"], adjusted_rand=agreement)  # fmt: skip
    assert found["metrics"]["silhouette"] >= 0.2903 - 0.001
    assert agreement >= 0.5135 - 0.001
