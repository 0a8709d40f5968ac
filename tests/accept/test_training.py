"""The recipes on real data reach the reference figures that come with it. Minutes each, on two CPU cores.

`pytest -m accept -s tests/accept/test_training.py` prints the figures of docs/training.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.training import real_data

pytestmark = [pytest.mark.accept, pytest.mark.timeout(3600)]


def tell(name: str, figures: Mapping[str, float]) -> None:
    """Print figures as a JSON line."""
    sys.stdout.write(json.dumps({"dataset": name, **{key: round(value, 4) for key, value in figures.items()}}) + "\n")


def test_remaining_life_on_cmapss(tmp_path: Path) -> None:
    """Literature: CNN 18.45, LSTM 16.14."""
    figures = real_data.remaining_life(
        tmp_path, width=64, depth=2, heads=4, dropout=0.2, epochs=3, batch_size=128, learning_rate=0.001, warmup=50
    )
    tell("cmapss_fd001", figures)
    assert figures["rmse"] < 16.14


def test_forecast_on_etth1(tmp_path: Path) -> None:
    """Last value 0.0343, public 0.030."""
    figures = real_data.forecast(
        tmp_path, window=336, patch=24, width=32, depth=2, heads=4, dropout=0.2, epochs=6, batch_size=64,
        learning_rate=0.0005, warmup=50, weight_decay=0.05,
    )  # fmt: skip
    tell("etth1", figures)
    assert figures["mse"] < 0.030


def test_patterns_on_wafer_maps(tmp_path: Path) -> None:
    """A published CNN reaches accuracy 0.605 and macro F1 0.664 on the same split."""
    figures = real_data.wafer_patterns(
        tmp_path, width=16, depth=4, dropout=0.3, turned=True, balanced=True, epochs=8, batch_size=128,
        learning_rate=0.003, warmup=100, weight_decay=0.05,
    )  # fmt: skip
    tell("wm811k_defects32", figures)
    assert figures["accuracy"] > 0.605
    assert figures["macro_f1"] > 0.664


def test_spam(tmp_path: Path) -> None:
    """TF-IDF with logistic regression reaches F1 0.9352 and AUC 0.992."""
    figures = real_data.spam(
        tmp_path, symbols=6000, length=64, width=64, depth=2, heads=4, dropout=0.3, epochs=12, batch_size=64,
        learning_rate=0.001, warmup=50, weight_decay=0.05,
    )  # fmt: skip
    tell("sms_spam", figures)
    assert figures["f1"] > 0.9352


def test_language_on_messages(tmp_path: Path) -> None:
    """There is no published figure: counts of pairs of bytes in the same texts are the reference."""
    figures = real_data.language(
        tmp_path, width=128, depth=4, heads=4, epochs=10, batch_size=32, learning_rate=0.001, warmup=50
    )
    tell("sms_spam as language", figures)
    assert figures["bits"] < figures["bigram"]


def test_power_plant(tmp_path: Path) -> None:
    """Ridge regression reaches RMSE 4.56 MW, gradient boosting 3.38."""
    figures = real_data.power_plant(
        tmp_path, width=128, depth=4, epochs=60, batch_size=128, learning_rate=0.002, warmup=50, evaluate_epochs=5
    )
    tell("ccpp", figures)
    assert figures["rmse"] < 4.56
