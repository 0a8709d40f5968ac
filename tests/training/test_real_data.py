"""Every recipe learns from real data, in seconds; tests/accept/test_training.py gives minutes and asks for more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training import real_data

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("training")]

SMALL = {"batch_size": 64, "warmup": 5, "checkpoint_steps": 10_000}


def test_remaining_life(tmp_path: Path) -> None:
    figures = real_data.remaining_life(
        tmp_path, units=20, width=16, depth=1, heads=2, epochs=1, learning_rate=0.005, **SMALL
    )
    assert figures["rmse"] < 0.8 * figures["mean"]


def test_forecast(tmp_path: Path) -> None:
    figures = real_data.forecast(
        tmp_path, months=2, window=48, patch=12, width=16, depth=1, heads=2, epochs=2, learning_rate=0.005, **SMALL
    )
    assert figures["mse"] < 0.5 * figures["mean"]


def test_wafer_maps(tmp_path: Path) -> None:
    figures = real_data.wafer_patterns(
        tmp_path, maps_count=800, width=8, depth=4, balanced=True, epochs=6, learning_rate=0.003, **SMALL
    )
    assert figures["macro_f1"] > 0.2  # of eight patterns: whoever guesses gets 0.1


def test_text(tmp_path: Path) -> None:
    figures = real_data.spam(
        tmp_path, folds=1, length=32, width=16, depth=1, heads=2, epochs=2, learning_rate=0.005, **SMALL
    )
    assert figures["f1"] > 0.7


def test_language(tmp_path: Path) -> None:
    figures = real_data.language(
        tmp_path, texts_count=800, length=64, width=32, depth=1, heads=2, epochs=3, learning_rate=0.01, **SMALL
    )
    assert figures["bits"] < figures["unigram"]


def test_tabular(tmp_path: Path) -> None:
    figures = real_data.power_plant(
        tmp_path, rows_count=2000, folds=1, width=32, depth=1, epochs=10, learning_rate=0.01, **SMALL
    )
    assert figures["rmse"] < 0.4 * figures["mean"]
