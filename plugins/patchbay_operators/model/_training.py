"""What all model operators share: from a table to a fitted estimator, its model and its scores on the training rows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text, rows_without
from patchbay_operators.labels import label_text, label_texts
from patchbay_operators.model._classes import class_counts, positive_of
from patchbay_operators.scores import Scores, binary_scores, multi_class_scores, regression_scores
from patchbay_sdk import Context, DataError, Metrics, Model, Outputs, ParamError, Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np


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
    counts = class_counts(table.empty()[target], table.polars()[target].alias("value").value_counts().rows())
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
    positive_class = positive_of(context, target, counts, positive)
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
        other = Text(
            f"target: {target!r} is {column.type}; regression needs a number. Choose classification.",
            f"目标列“{target}”的类型是 {column.type}；回归需要数值。请改用分类。",
        )
        raise DataError(other.as_json())


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
        seen = Text(
            f"features: {target!r} is the target; a model must not see it.",
            f"“{target}”是目标列，不能作为特征列；请从特征列中去掉。",
        )
        raise ParamError(seen.as_json(), field="features")
    if features:
        return list(features)
    unwanted = {target, *exclude}
    candidates = [column for column in table.schema if column.name not in unwanted]
    chosen = [column.name for column in candidates if column.kind in ("number", "boolean")]
    not_numbers = [column.name for column in candidates if column.kind not in ("number", "boolean")]
    if not chosen:
        raise DataError(
            Text(
                "There is no number or boolean column to learn from. Encode text columns "
                "(steps “Encode categories”, “TF-IDF”) or take date parts (step “Date parts”).",
                "没有可用来学习的数值列或布尔列。请对文本列编码（步骤“类别编码”、“TF-IDF 文本特征”），"
                "或拆分日期（步骤“日期拆分”）。",
            ).as_json()
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
        endless = Text(
            f"target: {target!r} is infinite in {rows} rows. Drop them (step “Filter rows”).",
            f"目标列“{target}”在 {rows} 行中为无穷大。请先去掉这些行（步骤“筛选行”）。",
        )
        raise DataError(endless.as_json())


def check_rows(context: Context, target: str, rows: int, kept: int, min_rows: int) -> None:
    """Warn of rows without a target. Raises DataError when too few are left."""
    missing = rows - kept
    if kept < min_rows:
        of_them = Text(f" ({missing} of {rows} have no {target!r})", f"（{rows} 行中有 {missing} 行没有“{target}”）")
        of_them = of_them if missing else Text("", "")
        few = Text(
            f"The model needs at least {min_rows} rows with a target; there are {kept}{of_them.en}.",
            f"模型至少需要 {min_rows} 行有目标值的数据；现在有 {kept} 行{of_them.zh}。",
        )
        raise DataError(few.as_json())
    if missing:
        context.warn(rows_without(target, missing, rows).as_json())


def fit(context: Context, estimator: Any, matrix: np.ndarray[Any, Any], truth: Any = None) -> None:
    """Fit the estimator; what scikit-learn warns of, such as missing convergence, goes to the log.

    Raises:
        DataError: scikit-learn refuses the data.
    """
    name = type(estimator).__name__
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            estimator.fit(matrix, truth)
        except ValueError as error:
            refused = Text(f"{name} cannot learn from these rows: {error}", f"{name} 无法从这些行中学习：{error}")
            raise DataError(refused.as_json()) from error
    for message in dict.fromkeys(str(warning.message).strip() for warning in caught):
        context.warn(Text(f"{name}: {message}", f"{name} 的警告：{message}").as_json())


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
