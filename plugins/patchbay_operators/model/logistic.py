"""Logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model import _spark_training
from patchbay_operators.model._training import choose_features, train_classifier
from patchbay_sdk import Context, Operator, Outputs, Table


class Logistic(Operator):
    """A linear classifier: a weighted sum of the features turned into probabilities."""

    def run(
        self,
        context: Context,
        table: Table,
        target: str,
        features: Sequence[str],
        positive: str,
        class_weight: str,
        c: float,
        max_iterations: int,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's LogisticRegression with an L2 penalty."""
        from sklearn.linear_model import LogisticRegression

        chosen = choose_features(context, table, features, exclude, target)
        weight = None if class_weight == "none" else class_weight
        estimator = LogisticRegression(C=c, class_weight=weight, max_iter=max_iterations, random_state=context.seed)
        return train_classifier(context, self.spec.key, estimator, table, target, chosen, positive)

    def run_spark(
        self,
        context: Context,
        table: Table,
        target: str,
        features: Sequence[str],
        positive: str,
        class_weight: str,
        c: float,
        max_iterations: int,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit Spark's LogisticRegression to the same function: its penalty is per row, 1 / (C x rows)."""
        from pyspark.ml.classification import LogisticRegression

        from patchbay_sdk.portable import LinearClassifier

        chosen = choose_features(context, table, features, exclude, target)
        training = _spark_training.for_classes(context, table, target, chosen, class_weight)
        fitted = LogisticRegression(
            regParam=1 / (c * training.rows),
            maxIter=max_iterations,
            tol=1e-9,
            standardization=False,
            weightCol="weight",
        ).fit(training.data)
        estimator = LinearClassifier(fitted.coefficientMatrix.toArray(), fitted.interceptVector.toArray())
        return _spark_training.classifier(context, self.spec.key, estimator, training, positive)
