"""What a fitted estimator answers, as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from patchbay_sdk.model import Model


def answers(model: Model, matrix: np.ndarray[Any, Any]) -> pl.DataFrame:
    """The columns that `Model.predict` describes, a row per row of `matrix` (rows x features)."""
    import numpy as np
    import polars as pl

    if model.task == "classification":
        return _classified(model, matrix)
    predicted = model.estimator.predict(matrix) if len(matrix) or hasattr(model.estimator, "take") else []
    if model.task == "anomaly":
        strange = pl.Series([answer == -1 for answer in predicted], dtype=pl.Boolean)
        scores = -model.estimator.score_samples(matrix) if len(matrix) else []
        return pl.DataFrame({"prediction": strange, "score": pl.Series(scores, dtype=pl.Float64)})
    if isinstance(predicted, np.ndarray) and predicted.ndim == 2:
        return pl.DataFrame({f"prediction_{number}": column for number, column in enumerate(predicted.T, start=1)})
    type = pl.Int64 if model.task == "clustering" else pl.Float64
    return pl.DataFrame({"prediction": pl.Series(predicted, dtype=type)})


def _classified(model: Model, matrix: np.ndarray[Any, Any]) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    scores = class_scores(model, matrix)
    if scores.ndim == 1:
        positive = positive_position(model)
        positions = np.where(scores >= model.threshold, positive, 1 - positive)
        columns = {"score": scores}
    else:
        positions = scores.argmax(axis=1)
        word = "probability" if gives_probabilities(model) else "score"
        columns = {f"{word}_{label}": scores[:, position] for position, label in enumerate(model.classes)}
    labels = pl.Series("prediction", list(model.classes)).gather(pl.Series(positions, dtype=pl.UInt32))
    return pl.DataFrame([labels, *(pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items())])


def class_scores(model: Model, matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Probabilities, or decision values where the estimator knows none.

    Two classes: those of the positive one, one number per row. More: rows x classes.
    """
    import numpy as np

    two = len(model.classes) == 2
    if not len(matrix):
        return np.empty(0) if two else np.empty((0, len(model.classes)))
    if gives_probabilities(model):
        probabilities: np.ndarray[Any, Any] = model.estimator.predict_proba(matrix)
        return probabilities[:, positive_position(model)] if two else probabilities
    decisions: np.ndarray[Any, Any] = model.estimator.decision_function(matrix)
    return decisions if not two or positive_position(model) == 1 else -decisions


def gives_probabilities(model: Model) -> bool:
    """Whether scores are probabilities from 0 to 1; otherwise they are decision values around 0."""
    return hasattr(model.estimator, "predict_proba")


def positive_position(model: Model) -> int:
    """Position of the positive class of two; without one, the second."""
    return 1 if model.positive is None else list(model.classes).index(model.positive)
