"""Support vector machines."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model._training import choose_features, train_classifier, train_regressor
from patchbay_sdk import Context, Operator, Outputs, Table


class Svm(Operator):
    """The widest margin between classes, or a tube around the target; curved with the rbf kernel."""

    def run(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        kernel: str,
        c: float,
        positive: str = "",
        class_weight: str = "none",
        epsilon: float = 0.1,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's SVC or SVR; the former gives decision values, no probabilities."""
        from sklearn import svm

        chosen = choose_features(context, table, features, exclude, target)
        if task == "regression":
            regressor = svm.SVR(kernel=kernel, C=c, epsilon=epsilon)
            return train_regressor(context, self.spec.key, regressor, table, target, chosen)
        weight = None if class_weight == "none" else class_weight
        classifier = svm.SVC(kernel=kernel, C=c, class_weight=weight, random_state=context.seed)
        return train_classifier(context, self.spec.key, classifier, table, target, chosen, positive)
