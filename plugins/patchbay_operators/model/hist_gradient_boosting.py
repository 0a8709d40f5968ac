"""Gradient boosting on binned features."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model._training import choose_features, train_classifier, train_regressor
from patchbay_sdk import Context, Operator, Outputs, Table


class HistGradientBoosting(Operator):
    """Trees grown one after the other, each on what the ones before got wrong; missing values stay as they are."""

    def run(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        learning_rate: float,
        trees: int,
        max_leaf_nodes: int,
        min_samples_leaf: int,
        l2: float,
        early_stopping: bool,
        positive: str = "",
        class_weight: str = "none",
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's HistGradientBoostingClassifier or HistGradientBoostingRegressor."""
        from sklearn import ensemble

        chosen = choose_features(context, table, features, exclude, target)
        settings = {
            "learning_rate": learning_rate,
            "max_iter": trees,
            "max_leaf_nodes": max_leaf_nodes,
            "min_samples_leaf": min_samples_leaf,
            "l2_regularization": l2,
            "early_stopping": early_stopping,
            "random_state": context.seed,
        }
        if task == "regression":
            regressor = ensemble.HistGradientBoostingRegressor(**settings)
            return train_regressor(context, self.spec.key, regressor, table, target, chosen)
        weight = None if class_weight == "none" else class_weight
        classifier = ensemble.HistGradientBoostingClassifier(**settings, class_weight=weight)
        return train_classifier(context, self.spec.key, classifier, table, target, chosen, positive)
