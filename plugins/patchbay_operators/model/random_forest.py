"""Random forests."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model._training import choose_features, train_classifier, train_regressor
from patchbay_sdk import Context, Operator, Outputs, Table


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
