"""The simplest answer, to compare with."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model._training import choose_features, train_classifier, train_regressor
from patchbay_sdk import Context, Operator, Outputs, Table


class Baseline(Operator):
    """Answers without looking at the features; a model that is not clearly better has learned nothing."""

    def run(
        self,
        context: Context,
        table: Table,
        task: str,
        target: str,
        features: Sequence[str],
        positive: str = "",
        answer: str = "most_frequent",
        statistic: str = "mean",
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's DummyClassifier or DummyRegressor.

        `most_frequent`: always the most frequent class; its probabilities are the shares of the classes.
        `stratified`: a class at random, as often as in training.
        """
        from sklearn import dummy

        chosen = choose_features(context, table, features, exclude, target)
        if task == "regression":
            regressor = dummy.DummyRegressor(strategy=statistic)
            return train_regressor(context, self.spec.key, regressor, table, target, chosen)
        strategy = "prior" if answer == "most_frequent" else answer
        classifier = dummy.DummyClassifier(strategy=strategy, random_state=context.seed)
        return train_classifier(context, self.spec.key, classifier, table, target, chosen, positive)
