"""Rows of numbers: standardised with what the training rows say, missing values at the mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from patchbay_sdk import Table, feature_matrix

Array = np.ndarray[Any, Any]


class NumberReader:
    """`options`: ``mean`` and ``deviation`` of each feature."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @classmethod
    def learn(cls, table: Table, features: Sequence[str]) -> NumberReader:
        """From the training rows; a constant column has the deviation 1."""
        matrix = _finite(feature_matrix(table, features))
        rows = np.isfinite(matrix).sum(axis=0).clip(1)
        mean = np.nansum(matrix, axis=0) / rows
        deviation = np.sqrt(np.nansum((matrix - mean) ** 2, axis=0) / rows)
        return cls({"mean": mean.tolist(), "deviation": np.where(deviation > 1e-12, deviation, 1.0).tolist()})

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """rows x features, float32. Raises DataError when a feature is no number."""
        matrix = _finite(feature_matrix(table, features))
        scaled = (matrix - np.array(self.options["mean"])) / np.array(self.options["deviation"])
        inputs: Array = np.nan_to_num(scaled, nan=0.0).astype(np.float32)
        return inputs


def _finite(matrix: Array) -> Array:
    """Infinite values are missing ones."""
    return np.where(np.isfinite(matrix), matrix, np.nan)
