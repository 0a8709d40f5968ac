"""What model operators share on Spark: from a table to the vectors that Spark learns from, and back to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from patchbay_operators.model._classes import class_counts
from patchbay_operators.model._training import (
    check_rows,
    classifier_outputs,
    outputs,
    refuse_infinite,
    require_number,
)
from patchbay_operators.scores import regression_scores
from patchbay_operators.shape._spark_draw import drawn
from patchbay_operators.spark import ROW, columns, known, sf, value_counts
from patchbay_sdk import Context, Model, Outputs, Table, feature_matrix, refuse_values
from patchbay_sdk.portable import Portable, Trees
from patchbay_sdk.spark import column

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCORED = 200_000
"""Rows on which the scores of a model are measured; of a larger table, as many at random."""


@dataclass(frozen=True)
class Training:
    """What Spark learns from: `data` has the columns features (a vector), label and weight; `rows` of it."""

    table: Table
    data: DataFrame
    rows: int
    features: Sequence[str]
    target: str | None = None
    counts: dict[Any, int] | None = None

    def scored(self, context: Context) -> Table:
        """The rows on which scores are measured."""
        if self.rows <= SCORED:
            return self.table.replace(self.table.arrow())
        frame = self.table.spark(context.spark, ROW)
        some = drawn(frame, SCORED, self.rows, None, context.seed).select(*columns(self.table.columns))
        return self.table.replace(Table(some).arrow())


def for_classes(
    context: Context, table: Table, target: str, features: Sequence[str], class_weight: str = "none"
) -> Training:
    """Rows with a target, their classes as 0, 1, ... Raises DataError as `_training.train_classifier`."""
    kept = _with_target(context, table, target, 2)
    found = value_counts(context.spark, kept, target)
    counts = class_counts(kept.empty()[target], found.rows())
    rows = sum(counts.values())
    _check_features(context, kept, features)
    label, weight = sf().lit(None), sf().lit(1.0)
    for position, (value, count) in enumerate(counts.items()):
        of_class = column(target) == sf().lit(value)
        label = sf().when(of_class, float(position)).otherwise(label)
        if class_weight == "balanced":
            weight = sf().when(of_class, rows / (len(counts) * count)).otherwise(weight)
    data = _data(context, kept, features, label.cast("double"), weight)
    return Training(kept, data, rows, features, target, counts)


def for_numbers(context: Context, table: Table, target: str, features: Sequence[str]) -> Training:
    """Rows with a target, which is a number. Raises DataError as `_training.train_regressor`."""
    require_number(table, target)
    kept = _with_target(context, table, target, 2)
    _check_features(context, kept, features)
    data = _data(context, kept, features, column(target).cast("double"), sf().lit(1.0))
    return Training(kept, data, kept.num_rows, features, target)


def for_clusters(context: Context, table: Table, features: Sequence[str]) -> Training:
    """All rows, without a target."""
    _check_features(context, table, features)
    data = _data(context, table, features, sf().lit(0.0), sf().lit(1.0))
    return Training(table, data, table.num_rows, features)


def _data(context: Context, table: Table, features: Sequence[str], label: Any, weight: Any) -> DataFrame:
    from pyspark.ml.functions import array_to_vector

    numbers = sf().array(*(column(name).cast("double") for name in features))
    return table.spark(context.spark).select(
        array_to_vector(numbers).alias("features"), label.alias("label"), weight.alias("weight")
    )


def _with_target(context: Context, table: Table, target: str, min_rows: int) -> Table:
    table.require(target)
    found = table.schema.get(target)
    frame, type = table.spark(context.spark), found.type if found else "other"
    if type == "float":
        infinite = frame.filter(sf().abs(known(column(target), type)) == float("inf")).count()
        refuse_infinite(target, infinite)
    kept = table.replace(frame.filter(known(column(target), type).isNotNull()))
    check_rows(context, target, table.num_rows, kept.num_rows, min_rows)
    return kept


def _check_features(context: Context, table: Table, features: Sequence[str]) -> None:
    feature_matrix(Table(table.empty()), features)
    numbers = [known(column(name).cast("double"), "float") for name in features]
    infinite = [sf().max(sf().abs(number) == float("inf")) for number in numbers]
    missing = [sf().max(number.isNull()) for number in numbers]
    row = table.spark(context.spark).agg(*infinite, *missing).head()
    assert row is not None
    bad_infinite, bad_missing = row[: len(features)], row[len(features) :]
    refuse_values(
        [name for name, bad in zip(features, bad_infinite, strict=True) if bad],
        [name for name, bad in zip(features, bad_missing, strict=True) if bad],
        Portable(),
    )


def classifier(context: Context, operator: str, estimator: Portable, training: Training, positive: str) -> Outputs:
    """The outputs `model` and `metrics` of a classifier."""
    assert training.target is not None and training.counts is not None
    about = (training.target, training.features, training.counts, positive)
    return classifier_outputs(context, operator, estimator, training.table, training.scored(context), *about)


def regressor(context: Context, operator: str, estimator: Any, training: Training) -> Outputs:
    """The outputs `model` and `metrics` of a regressor."""
    assert training.target is not None
    scored = training.scored(context)
    truth = feature_matrix(scored, [training.target])[:, 0]
    scores = regression_scores(truth, estimator.predict(feature_matrix(scored, training.features)))
    model = Model.fitted(
        estimator,
        training.table,
        task="regression",
        features=training.features,
        target=training.target,
        operator=operator,
    )
    return outputs(model, training.table, scores, {})


def read_trees(context: Context, fitted: Any, kind: type[Trees]) -> Trees:
    """The trees of a fitted Spark model, read from the files that it is saved as.

    Leaves of a classifying forest hold the shares of the classes, as Spark lets them vote
    (org.apache.spark.ml.tree.DecisionTreeModelReadWrite, NodeData).
    """
    import numpy as np
    import polars as pl

    from patchbay_sdk.portable import ForestClassifier

    folder = Path(mkdtemp(dir=context.temp_dir)) / "model"
    fitted.write().save(str(folder))
    nodes = pl.read_parquet(folder / "data/*.parquet").unnest("nodeData").sort("treeID", "id").unnest("split")
    starts = nodes.select(pl.int_range(pl.len()).filter(pl.col("id") == 0)).to_series()
    offset = starts.gather(nodes["treeID"]).to_numpy()
    leaf = (nodes["leftChild"] < 0).to_numpy()
    threshold = np.array(
        [0.0 if end else values[0] for end, values in zip(leaf, nodes["leftCategoriesOrThreshold"], strict=True)]
    )
    if kind is ForestClassifier:
        stats = np.array(nodes["impurityStats"].to_list(), dtype=np.float64)
        values = stats / stats.sum(axis=1, keepdims=True)
    else:
        values = nodes["prediction"].to_numpy().astype(np.float64)[:, None]
    return kind(
        feature=np.where(leaf, -1, nodes["featureIndex"].to_numpy()),
        threshold=threshold,
        left=np.where(leaf, 0, nodes["leftChild"].to_numpy() + offset),
        right=np.where(leaf, 0, nodes["rightChild"].to_numpy() + offset),
        values=values,
        roots=starts.to_numpy().astype(np.int64),
        weights=np.array(fitted.treeWeights, dtype=np.float64),
    )
