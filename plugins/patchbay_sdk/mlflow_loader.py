"""Loads a saved model for ``mlflow.pyfunc.load_model``; the model's ``MLmodel`` file names this module.

See https://mlflow.org/docs/latest/ml/model/#custom-flavors for what MLflow expects here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk.model import Model
from patchbay_sdk.table import Table

if TYPE_CHECKING:
    import pandas as pd


class Predictor:
    """A model as MLflow calls it: pandas in, pandas out."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def predict(self, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:
        """The columns of `Model.predict`, a row per row of the input."""
        return self.model.predict(Table(model_input)).pandas()


def _load_pyfunc(path: str) -> Predictor:
    """MLflow's entry point: the predictor of the model in the folder `path`."""
    folder = Path(path)
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return Predictor(Model.load(files))
