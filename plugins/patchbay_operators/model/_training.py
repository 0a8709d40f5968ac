"""What all model operators share: from a table to a fitted estimator, its model and its scores on the training rows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import rows_without
from patchbay_operators.labels import choose_positive, label_text, label_texts
from patchbay_operators.scores import Scores, binary_scores, multi_class_scores, regression_scores
from patchbay_sdk import Context, DataError, Metrics, Model, Outputs, ParamError, Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

MAX_CLASSES = 200
"""More different target values than this are taken for a number to predict, not for classes."""


def train_classifier(
    context: Context,
    operator: str,
    estimator: Any,
    table: Table,
    target: str,
    features: Sequence[str],
    positive: str = "",
    min_rows: int = 2,
) -> Outputs:
    """Fit a scikit-learn classifier; the outputs `model` and `metrics`.

    With two classes the scores speak of `positive` (empty: the rarer class, which is logged).

    Raises:
        DataError: no usable target or features, one class only, or too few rows.
        ParamError: `positive` is not a class of the target, or there are more than two classes.
    """
    import numpy as np

    table = rows_with_target(context, table, target, min_rows)
    counts = class_counts(table.empty()[target], table.polars()[target].value_counts().rows())
    classes = list(counts)
    matrix = feature_matrix(table, features, estimator)
    positions = {label: position for position, label in enumerate(classes)}
    codes = np.array([positions[label] for label in table.polars()[target].to_list()])
    fit(context, estimator, matrix, codes)
    return classifier_outputs(context, operator, estimator, table, table, target, features, counts, positive)


def classifier_outputs(
    context: Context,
    operator: str,
    estimator: Any,
    table: Table,
    scored: Table,
    target: str,
    features: Sequence[str],
    counts: dict[Any, int],
    positive: str,
) -> Outputs:
    """The model of a fitted classifier and its scores on the rows `scored` of its training table."""
    positive_class = _positive_class(context, target, counts, positive)
    model = Model.fitted(
        estimator,
        table,
        task="classification",
        features=features,
        target=target,
        classes=list(counts),
        positive=positive_class,
        threshold=0.5 if hasattr(estimator, "predict_proba") else 0.0,
        operator=operator,
    )
    about: dict[str, Any] = {"classes": {label_text(label): count for label, count in counts.items()}}
    if positive_class is not None:
        about["positive"] = label_text(positive_class)
    return outputs(model, table, _scores_on_training_rows(model, scored), about)


def train_regressor(
    context: Context,
    operator: str,
    estimator: Any,
    table: Table,
    target: str,
    features: Sequence[str],
    min_rows: int = 2,
) -> Outputs:
    """Fit a scikit-learn regressor; the outputs `model` and `metrics`.

    Raises:
        DataError: no usable target or features, a target that is no number, or too few rows.
    """
    require_number(table, target)
    table = rows_with_target(context, table, target, min_rows)
    truth = feature_matrix(table, [target])[:, 0]
    matrix = feature_matrix(table, features, estimator)
    fit(context, estimator, matrix, truth)
    model = Model.fitted(estimator, table, task="regression", features=features, target=target, operator=operator)
    return outputs(model, table, regression_scores(truth, estimator.predict(matrix)), {})


def require_number(table: Table, target: str) -> None:
    """Raise DataError when the target is no number."""
    column = table.schema.get(target)
    if column is not None and column.kind not in ("number", "boolean"):
        raise DataError(f"target: {target!r} is {column.type}; regression needs a number. Choose classification.")


def choose_features(
    context: Context, table: Table, features: Sequence[str], exclude: Sequence[str], target: str | None = None
) -> list[str]:
    """The features given, or all number and boolean columns but the target and those to leave out.

    Raises:
        ParamError: the target is among the features.
        DataError: the target is missing in the table, or there is nothing to choose.
    """
    if target is not None:
        table.require(target)
    if target in features:
        raise ParamError(f"features: {target!r} is the target; a model must not see it.", field="features")
    if features:
        return list(features)
    unwanted = {target, *exclude}
    candidates = [column for column in table.schema if column.name not in unwanted]
    chosen = [column.name for column in candidates if column.kind in ("number", "boolean")]
    not_numbers = [column.name for column in candidates if column.kind not in ("number", "boolean")]
    if not chosen:
        raise DataError(
            "There is no number or boolean column to learn from. Encode text columns (feature.encode, feature.tfidf) "
            "or take date parts (feature.date_parts)."
        )
    if not_numbers:
        context.log(f"Not used, because they are neither numbers nor booleans: {', '.join(not_numbers[:20])}.")
    return chosen


def rows_with_target(context: Context, table: Table, target: str, min_rows: int) -> Table:
    """The rows whose target is known; the others are counted in a warning.

    Raises:
        DataError: fewer than `min_rows` are left, or the target is infinite somewhere.
    """
    import polars as pl

    frame = table.polars()
    known = pl.col(target).is_not_null()
    if frame.schema[target].is_float():
        known &= pl.col(target).is_not_nan()
        refuse_infinite(target, int(frame[target].is_infinite().sum()))
    kept = frame.filter(known)
    check_rows(context, target, frame.height, kept.height, min_rows)
    return table.replace(kept)


def refuse_infinite(target: str, rows: int) -> None:
    """Raise DataError when the target is infinite in so many rows."""
    if rows:
        raise DataError(f"target: {target!r} is infinite in {rows} rows. Drop them (shape.filter_rows).")


def check_rows(context: Context, target: str, rows: int, kept: int, min_rows: int) -> None:
    """Warn of rows without a target. Raises DataError when too few are left."""
    missing = rows - kept
    if kept < min_rows:
        of_them = f" ({missing} of {rows} have no {target!r})" if missing else ""
        raise DataError(f"The model needs at least {min_rows} rows with a target; there are {kept}{of_them}.")
    if missing:
        context.warn(rows_without(target, missing, rows).as_json())


def fit(context: Context, estimator: Any, matrix: np.ndarray[Any, Any], truth: Any = None) -> None:
    """Fit the estimator; what scikit-learn warns of, such as missing convergence, goes to the log.

    Raises:
        DataError: scikit-learn refuses the data.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            estimator.fit(matrix, truth)
        except ValueError as error:
            raise DataError(f"{type(estimator).__name__} cannot learn from these rows: {error}") from error
    for message in dict.fromkeys(str(warning.message).strip() for warning in caught):
        context.warn(f"{type(estimator).__name__}: {message}")


def outputs(model: Model, table: Table, scores: Scores, about: dict[str, Any]) -> Outputs:
    """The model with its scores in it, and the scores as metrics; all are named ``training_...``."""
    from dataclasses import replace

    values = {f"training_{name}": value for name, value in scores.values.items()}
    facts = {
        "model": model.operator,
        "task": model.task,
        "target": model.target,
        "features": len(model.features),
        "measured_on": "the rows that the model was trained on: too good for a judgement; use an evaluate operator",
        "notes": scores.notes,
        **about,
    }
    return {"model": replace(model, metrics=values, about=about), "metrics": Metrics(values, about=facts)}


def class_counts(labels: pl.Series, rows: Sequence[tuple[Any, int]]) -> dict[Any, int]:
    """Class -> rows, in order of the classes. `labels`: the target, of which name and type count; `rows`: per class.

    Raises:
        DataError: these are no classes, or it is one only.
    """
    if labels.dtype.is_temporal():
        raise DataError(f"target: {labels.name!r} holds times; a class must be a text, a number or a boolean.")
    counted = sorted(rows, key=lambda pair: _order(pair[0]))
    fractions = [value for value, _ in counted if isinstance(value, float) and not value.is_integer()]
    if fractions or len(counted) > MAX_CLASSES:
        example = f"such as {fractions[0]}" if fractions else f"{len(counted)} of them"
        raise DataError(
            f"target: {labels.name!r} holds values that are no classes, {example}. "
            "Choose regression, or cut it into classes (shape.derive_column, feature.bin)."
        )
    if len(counted) == 1:
        raise DataError(
            f"target: every row has {labels.name!r} = {label_text(counted[0][0])}; a classifier needs at least two "
            "classes. Check the split, or take more rows."
        )
    return dict(counted)


def _order(label: Any) -> Any:
    return str(label) if not isinstance(label, bool | int | float) else label


def _positive_class(context: Context, target: str, counts: dict[Any, int], positive: str) -> Any:
    if len(counts) > 2:
        if positive:
            raise ParamError(
                f"positive: {target!r} has {len(counts)} classes; a positive class is for two. Leave it empty, "
                "or make a yes/no column of it (shape.derive_column).",
                field="positive",
            )
        return None
    chosen = choose_positive(counts, positive)
    if not positive:
        context.log(f"Positive class: {target} = {label_text(chosen)}, the rarer one.")
    return chosen


def _scores_on_training_rows(model: Model, table: Table) -> Scores:
    predicted = model.predict(table).polars()
    truth = label_texts(table.polars()[model.target or ""]).to_numpy()
    called = label_texts(predicted["prediction"]).to_numpy()
    if model.positive is not None:
        positive = label_text(model.positive)
        return binary_scores(truth == positive, called == positive, predicted["score"].to_numpy())
    prefix = "probability_"
    names = [name for name in predicted.columns if name.startswith(prefix)]
    return multi_class_scores(truth, called, {name.removeprefix(prefix): predicted[name].to_numpy() for name in names})
