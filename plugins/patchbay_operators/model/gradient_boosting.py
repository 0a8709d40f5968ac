"""Gradient boosting with exact splits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.model import _spark_training
from patchbay_operators.model._training import choose_features, train_classifier, train_regressor
from patchbay_sdk import Context, DataError, Operator, Outputs, Table


class GradientBoosting(Operator):
    """Small trees grown one after the other, each on what the ones before got wrong."""

    def run(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        trees: int,
        learning_rate: float,
        max_depth: int,
        min_samples_leaf: int,
        positive: str = "",
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's GradientBoostingClassifier or GradientBoostingRegressor."""
        from sklearn import ensemble

        chosen = choose_features(context, table, features, exclude, target)
        settings: dict[str, Any] = {
            "n_estimators": trees,
            "learning_rate": learning_rate,
            "max_depth": max_depth,
            "min_samples_leaf": min_samples_leaf,
            "random_state": context.seed,
        }
        if task == "regression":
            regressor = ensemble.GradientBoostingRegressor(**settings)
            return train_regressor(context, self.spec.key, regressor, table, target, chosen)
        classifier = ensemble.GradientBoostingClassifier(**settings)
        return train_classifier(context, self.spec.key, classifier, table, target, chosen, positive)

    def run_spark(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        trees: int,
        learning_rate: float,
        max_depth: int,
        min_samples_leaf: int,
        positive: str = "",
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit Spark's GBTClassifier or GBTRegressor.

        Raises:
            DataError: there are more than two classes, which Spark does not boost.
        """
        from pyspark.ml.classification import GBTClassifier
        from pyspark.ml.regression import GBTRegressor

        from patchbay_sdk.portable import BoostedClassifier, BoostedRegressor

        chosen = choose_features(context, table, features, exclude, target)
        settings: dict[str, Any] = {
            "maxIter": trees,
            "stepSize": learning_rate,
            "maxDepth": max_depth,
            "minInstancesPerNode": min_samples_leaf,
            "seed": context.seed,
        }
        if task == "regression":
            training = _spark_training.for_numbers(context, table, target, chosen)
            fitted = GBTRegressor(**settings).fit(training.data)
            regressor = _spark_training.read_trees(context, fitted, BoostedRegressor)
            return _spark_training.regressor(context, self.spec.key, regressor, training)
        training = _spark_training.for_classes(context, table, target, chosen)
        classes = len(training.counts or {})
        if classes > 2:
            raise DataError(
                Text(
                    f"target: {target!r} has {classes} classes; on Spark gradient boosting takes two. Choose a random "
                    "forest, or run this step locally.",
                    f"目标列“{target}”有 {classes} 个类别；在 Spark 上梯度提升只支持两个。"
                    "请改用随机森林，或在本机运行此步骤。",
                ).as_json()
            )
        fitted = GBTClassifier(**settings).fit(training.data)
        classifier = _spark_training.read_trees(context, fitted, BoostedClassifier)
        return _spark_training.classifier(context, self.spec.key, classifier, training, positive)
