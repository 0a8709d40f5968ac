"""Answers beyond all bounds: such an attempt fails by itself and does not end the search."""

import numpy as np
import polars as pl
import pytest

from patchbay_operators import candidate
from patchbay_operators.model._trials import score_of
from patchbay_operators.scores import Scores, regression_scores, spread
from patchbay_sdk import DataError


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_score_that_is_not_finite_is_none(value: float) -> None:
    tested = candidate.Tested(2, pl.DataFrame(), Scores({"rmse": value}), 0.1, "regression")
    with pytest.raises(DataError, match="no finite numbers on fold 2"):
        score_of(tested, "rmse")
    assert spread([1.0, value]) is None


def test_answers_beyond_all_bounds_have_endless_scores() -> None:
    scores = regression_scores(np.array([1.0, 2.0, 4.0]), np.array([1e200, -1e200, 0.0]))
    assert scores.values["rmse"] == np.inf
    assert scores.values["r2"] == -np.inf
    assert scores.values["mae"] == pytest.approx(2e200 / 3)
