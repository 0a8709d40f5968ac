"""The nearest training rows."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model._training import choose_features, train_classifier, train_regressor
from patchbay_sdk import Context, Operator, Outputs, Table


class NearestNeighbours(Operator):
    """Answers with the average, or the majority, of the most similar training rows."""

    def run(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        neighbours: int,
        weights: str,
        positive: str = "",
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's KNeighborsClassifier or KNeighborsRegressor.

        The search is by brute force: sensor tables have too many columns for trees to help.
        """
        from sklearn import neighbors

        chosen = choose_features(context, table, features, exclude, target)
        settings = {"n_neighbors": neighbours, "weights": weights, "algorithm": "brute"}
        if task == "regression":
            regressor = neighbors.KNeighborsRegressor(**settings)
            return train_regressor(context, self.spec.key, regressor, table, target, chosen, neighbours)
        classifier = neighbors.KNeighborsClassifier(**settings)
        return train_classifier(context, self.spec.key, classifier, table, target, chosen, positive, neighbours)
