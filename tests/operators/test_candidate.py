"""What an operator says within another one reaches people in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import DataError, Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator

TABLE = Table({"x": [1.0, 900.0, 3.0, 40.0, 5.0, 60.0], "y": ["a", "b", "b", "a", "a", "b"]})


def _cross_validated(folder: Path, operator: str, **params: object) -> Sequence[Mapping[str, Any]]:
    """The lines logged."""
    spec = installed_catalogue().get("evaluate.cross_validation@1.0.0")
    chosen = {"operator": operator, "params": params, "target": "y", "folds": 2}
    return run_operator(spec, {"table": TABLE}, chosen, folder)[1]


def test_a_fold_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Fold 1: The model needs at least 5 rows") as raised:
        _cross_validated(tmp_path, "model.nearest_neighbours@1.0.0")
    assert raised.value.details["texts"]["zh-CN"].startswith("第 1 折：模型至少需要 5 行")


def test_what_a_model_warns_of(tmp_path: Path) -> None:
    lines = _cross_validated(tmp_path, "model.logistic@1.0.0", max_iterations=1)
    warned = [line["texts"]["zh-CN"] for line in lines if line["level"] == "warning"]
    assert any(text.startswith("LogisticRegression 的警告") for text in warned)
