"""The search on pieces of the shared datasets, for seconds: it beats the baseline by far on rows that were put aside.

`tests/accept/test_wizard_scores.py` holds it to the reference scores, with minutes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sklearn import metrics

from patchbay_sdk import Table
from tests import wizard_data
from tests.operators.running import run


@pytest.mark.parametrize(
    ("load", "rows", "families", "least"),
    [
        (wizard_data.adult, 600, ["model.logistic"], 0.8),
        (wizard_data.credit_default, 600, ["model.logistic"], 0.55),
        (wizard_data.sms_spam, 300, ["model.ridge"], 0.9),
        (wizard_data.secom_wafers, 1567, ["model.logistic"], 0.5),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_categories(
    load: Callable[[], tuple[pl.DataFrame, str]], rows: int, families: list[str], least: float, tmp_path: Path
) -> None:
    frame, target = load()
    test, told, answers = searched(tmp_path, frame.head(rows), target, families)
    truth = test[target].cast(pl.String) == told["positive"]
    assert metrics.roc_auc_score(truth, answers["score"]) > least
    assert told["best"]["score"] > told["baseline"]["score"]


def test_a_number(tmp_path: Path) -> None:
    frame, target = wizard_data.ccpp()
    test, told, answers = searched(tmp_path, frame.head(800), target, ["model.ridge"])
    assert metrics.root_mean_squared_error(test[target], answers["prediction"]) < 5.2
    assert told["baseline"]["score"] > 15


def searched(
    folder: Path, frame: pl.DataFrame, target: str, families: list[str]
) -> tuple[pl.DataFrame, dict[str, Any], pl.DataFrame]:
    """The rows put aside, the summary with the positive class, and what the model says of those rows."""
    parts = run("shape.hold_out", folder / "hold_out", {"table": frame}, target=target)
    given = {"target": target, "families": families, "trials": 2}
    outputs = run("model.auto", folder / "auto", {"table": parts["train"]}, **given)
    model = outputs["model"]
    told = json.loads(outputs["summary"]) | {"positive": str(model.positive)}
    return parts["test"].polars(), told, model.predict(Table(parts["test"].polars())).polars()
