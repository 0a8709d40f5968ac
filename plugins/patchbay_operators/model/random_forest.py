"""Random forests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_operators.model import _spark_training
from patchbay_operators.model._training import choose_features, train_classifier, train_regressor
from patchbay_sdk import Context, Operator, Outputs, Table

DEEPEST = 30
"""Spark's trees are not deeper."""


class RandomForest(Operator):
    """Many trees, each grown on random rows and features, that vote."""

    def run(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        trees: int,
        min_samples_leaf: int,
        positive: str = "",
        class_weight: str = "none",
        max_depth: int | None = None,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's RandomForestClassifier or RandomForestRegressor."""
        from sklearn import ensemble

        chosen = choose_features(context, table, features, exclude, target)
        settings = {
            "n_estimators": trees,
            "max_depth": max_depth,
            "min_samples_leaf": min_samples_leaf,
            "random_state": context.seed,
        }
        if task == "regression":
            regressor = ensemble.RandomForestRegressor(**settings)
            return train_regressor(context, self.spec.key, regressor, table, target, chosen)
        weight = None if class_weight == "none" else class_weight
        classifier = ensemble.RandomForestClassifier(**settings, class_weight=weight)
        return train_classifier(context, self.spec.key, classifier, table, target, chosen, positive)

    def run_spark(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        trees: int,
        min_samples_leaf: int,
        positive: str = "",
        class_weight: str = "none",
        max_depth: int | None = None,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit Spark's RandomForestClassifier or RandomForestRegressor, at most 30 deep."""
        from pyspark.ml.classification import RandomForestClassifier
        from pyspark.ml.regression import RandomForestRegressor

        from patchbay_sdk.portable import ForestClassifier, ForestRegressor

        chosen = choose_features(context, table, features, exclude, target)
        settings: dict[str, Any] = {
            "numTrees": trees,
            "maxDepth": min(max_depth or DEEPEST, DEEPEST),
            "minInstancesPerNode": min_samples_leaf,
            "seed": context.seed,
            "weightCol": "weight",
        }
        if task == "regression":
            training = _spark_training.for_numbers(context, table, target, chosen)
            fitted = RandomForestRegressor(**settings).fit(training.data)
            regressor = _spark_training.read_trees(context, fitted, ForestRegressor)
            return _spark_training.regressor(context, self.spec.key, regressor, training)
        training = _spark_training.for_classes(context, table, target, chosen, class_weight)
        fitted = RandomForestClassifier(**settings).fit(training.data)
        classifier = _spark_training.read_trees(context, fitted, ForestClassifier)
        return _spark_training.classifier(context, self.spec.key, classifier, training, positive)
