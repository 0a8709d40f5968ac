"""Fitted estimators as plain arrays: what an engine such as Spark has trained predicts here, without that engine.

They have scikit-learn's methods, take a float64 matrix (rows x features) without missing values, and lie on disk as
NumPy arrays (``model.npz``): loading them runs no code.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from zipfile import BadZipFile, ZipFile, ZipInfo

from patchbay_sdk.errors import ArtifactError

__all__ = [
    "BoostedClassifier",
    "BoostedRegressor",
    "Centres",
    "ForestClassifier",
    "ForestRegressor",
    "LinearClassifier",
    "Portable",
    "Trees",
]

if TYPE_CHECKING:
    import numpy as np

    Matrix = np.ndarray[Any, np.dtype[Any]]


class Portable:
    """Base of the estimators of this module: dataclasses of arrays."""

    takes_missing: ClassVar[bool] = False
    title: ClassVar[str] = "a model trained on Spark"

    def save(self, path: Path) -> None:
        """Write the arrays; equal estimators give equal files."""
        import numpy as np

        with ZipFile(path, "w") as archive:
            archive.writestr(ZipInfo("kind"), type(self).__name__)
            for each in fields(self):  # type: ignore[arg-type]
                content = io.BytesIO()
                np.lib.format.write_array(content, np.asarray(getattr(self, each.name)), allow_pickle=False)
                archive.writestr(ZipInfo(f"{each.name}.npy"), content.getvalue())


def load_portable(path: Path) -> Portable:
    """Read what `Portable.save` wrote. Raises ArtifactError when it is broken."""
    import numpy as np

    try:
        with ZipFile(path) as archive:
            kind = KINDS[archive.read("kind").decode()]
            arrays = {
                each.name: np.lib.format.read_array(io.BytesIO(archive.read(f"{each.name}.npy")), allow_pickle=False)
                for each in fields(kind)
            }
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise ArtifactError(
            {
                "en": f"The model file {path.name} is broken: {error}.",
                "zh-CN": f"模型文件“{path.name}”已损坏。请重新训练该模型。",
            }
        ) from error
    estimator: Portable = kind(**arrays)
    return estimator


@dataclass(frozen=True, eq=False)
class LinearClassifier(Portable):
    """Logistic regression. `coefficients`: one row for two classes, else a row per class; `intercepts` likewise."""

    coefficients: Matrix
    intercepts: Matrix

    def predict_proba(self, matrix: Matrix) -> Matrix:
        """Rows x classes."""
        import numpy as np

        margins = matrix @ self.coefficients.T + self.intercepts
        if margins.shape[1] == 1:
            positive = _logistic(margins[:, 0])
            return np.column_stack([1 - positive, positive])
        powers = np.exp(margins - margins.max(axis=1, keepdims=True))
        probabilities: Matrix = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, matrix: Matrix) -> Matrix:
        """The position of the likeliest class."""
        return _likeliest(self.predict_proba(matrix))


@dataclass(frozen=True, eq=False)
class Trees(Portable):
    """Binary trees, all in one list of nodes.

    `feature`, `threshold`: a row with a value of at most the threshold goes `left`, others go `right` (positions of
    nodes). A leaf has feature -1 and `values` (nodes x outputs). `roots`: the first node of each tree, `weights`: how
    much it counts.
    """

    feature: Matrix
    threshold: Matrix
    left: Matrix
    right: Matrix
    values: Matrix
    roots: Matrix
    weights: Matrix

    def total(self, matrix: Matrix) -> Matrix:
        """The weighted sum of all trees (rows x outputs)."""
        import numpy as np

        total = np.zeros((len(matrix), self.values.shape[1]))
        rows = np.arange(len(matrix))
        for root, weight in zip(self.roots, self.weights, strict=True):
            node = np.full(len(matrix), root)
            while (inner := self.feature[node] >= 0).any():
                at = node[inner]
                lower = matrix[rows[inner], self.feature[at]] <= self.threshold[at]
                node[inner] = np.where(lower, self.left[at], self.right[at])
            total += weight * self.values[node]
        return total


@dataclass(frozen=True, eq=False)
class ForestClassifier(Trees):
    """A random forest whose leaves hold the shares of the classes."""

    def predict_proba(self, matrix: Matrix) -> Matrix:
        """Rows x classes."""
        total = self.total(matrix)
        probabilities: Matrix = total / total.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, matrix: Matrix) -> Matrix:
        """The position of the likeliest class."""
        return _likeliest(self.predict_proba(matrix))


@dataclass(frozen=True, eq=False)
class ForestRegressor(Trees):
    """A random forest whose leaves hold a number."""

    def predict(self, matrix: Matrix) -> Matrix:
        """The mean over the trees."""
        prediction: Matrix = self.total(matrix)[:, 0] / self.weights.sum()
        return prediction


@dataclass(frozen=True, eq=False)
class BoostedClassifier(Trees):
    """Boosted trees for two classes: half the logarithm of the odds (Friedman 2001, section 4.5)."""

    def predict_proba(self, matrix: Matrix) -> Matrix:
        """Rows x 2."""
        import numpy as np

        positive = _logistic(2 * self.total(matrix)[:, 0])
        return np.column_stack([1 - positive, positive])

    def predict(self, matrix: Matrix) -> Matrix:
        """The position of the likelier class."""
        return _likeliest(self.predict_proba(matrix))


@dataclass(frozen=True, eq=False)
class BoostedRegressor(Trees):
    """Boosted trees whose sum is the answer."""

    def predict(self, matrix: Matrix) -> Matrix:
        """The sum over the trees."""
        prediction: Matrix = self.total(matrix)[:, 0]
        return prediction


@dataclass(frozen=True, eq=False)
class Centres(Portable):
    """Clusters around `centres` (clusters x features)."""

    centres: Matrix

    def predict(self, matrix: Matrix) -> Matrix:
        """The number of the nearest centre; of equally near ones the first."""
        import numpy as np

        nearest = np.zeros(len(matrix), np.int64)
        shortest = np.full(len(matrix), np.inf)
        for number, centre in enumerate(self.centres):
            distance = ((matrix - centre) ** 2).sum(axis=1)
            nearer = distance < shortest
            nearest[nearer], shortest[nearer] = number, distance[nearer]
        return nearest


KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (LinearClassifier, ForestClassifier, ForestRegressor, BoostedClassifier, BoostedRegressor, Centres)
}
"""What may be loaded."""


def _likeliest(probabilities: Matrix) -> Matrix:
    positions: Matrix = probabilities.argmax(axis=1)
    return positions


def _logistic(margin: Matrix) -> Matrix:
    import numpy as np

    with np.errstate(over="ignore"):
        probability: Matrix = 1 / (1 + np.exp(-margin))
    return probability
