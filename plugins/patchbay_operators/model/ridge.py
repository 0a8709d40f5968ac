"""Ridge regression, and the classifier made of it."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model._training import choose_features, train_classifier, train_regressor
from patchbay_sdk import Context, Operator, Outputs, Table


class Ridge(Operator):
    """Linear regression that keeps weights small; as a classifier it regresses on -1 and 1."""

    def run(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        alpha: float,
        positive: str = "",
        class_weight: str = "none",
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's Ridge or RidgeClassifier; the latter gives decision values, no probabilities."""
        from sklearn import linear_model

        chosen = choose_features(context, table, features, exclude, target)
        if task == "regression":
            regressor = linear_model.Ridge(alpha=alpha)
            return train_regressor(context, self.spec.key, regressor, table, target, chosen)
        weight = None if class_weight == "none" else class_weight
        classifier = linear_model.RidgeClassifier(alpha=alpha, class_weight=weight)
        return train_classifier(context, self.spec.key, classifier, table, target, chosen, positive)
