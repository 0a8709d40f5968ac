"""Anomalies: rows that are easy to set apart."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.advice import Text
from patchbay_operators.model._training import choose_features, fit, outputs
from patchbay_operators.scores import Scores
from patchbay_sdk import Context, DataError, Model, Operator, Outputs, Table, feature_matrix


class IsolationForest(Operator):
    """Finds rows that few random cuts set apart from the others; it needs no labels."""

    def run(
        self,
        context: Context,
        table: Table,
        features: Sequence[str],
        trees: int,
        contamination: float | None = None,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's IsolationForest.

        Raises:
            DataError: there are fewer than two rows.
        """
        from sklearn.ensemble import IsolationForest as Estimator

        chosen = choose_features(context, table, features, exclude)
        share = "auto" if contamination is None else contamination
        estimator = Estimator(n_estimators=trees, contamination=share, random_state=context.seed)
        matrix = feature_matrix(table, chosen, estimator)
        if len(matrix) < 2:
            few = Text(
                f"An isolation forest needs at least two rows; there are {len(matrix)}.",
                f"孤立森林至少需要两行数据；现在有 {len(matrix)} 行。",
            )
            raise DataError(few.as_json())
        fit(context, estimator, matrix)
        model = Model.fitted(estimator, table, task="anomaly", features=chosen, operator=self.spec.key)
        anomalies = int((estimator.predict(matrix) == -1).sum())
        scores = Scores({"anomalies": anomalies, "share_of_anomalies": anomalies / len(matrix), "rows": len(matrix)})
        return outputs(model, table, scores, {})
