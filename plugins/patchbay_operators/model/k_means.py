"""Clusters around centres."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model._training import choose_features, fit, outputs
from patchbay_operators.scores import Scores
from patchbay_sdk import Context, DataError, Model, Operator, Outputs, Table, feature_matrix


class KMeans(Operator):
    """Puts each row to the nearest of k centres, placed so that the rows are as near as possible."""

    def run(
        self,
        context: Context,
        table: Table,
        features: Sequence[str],
        clusters: int,
        starts: int,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's KMeans.

        Raises:
            DataError: there are fewer rows than clusters.
        """
        import numpy as np
        from sklearn.cluster import KMeans as Estimator

        chosen = choose_features(context, table, features, exclude)
        estimator = Estimator(n_clusters=clusters, n_init=starts, random_state=context.seed)
        matrix = feature_matrix(table, chosen, estimator)
        if len(matrix) < clusters:
            raise DataError(f"{clusters} clusters need at least as many rows; there are {len(matrix)}.")
        fit(context, estimator, matrix)
        model = Model.fitted(estimator, table, task="clustering", features=chosen, operator=self.spec.key)
        sizes = np.bincount(estimator.labels_, minlength=clusters)
        scores = Scores({"inertia": estimator.inertia_, "iterations": estimator.n_iter_, "rows": len(matrix)})
        return outputs(model, table, scores, {"cluster_sizes": sizes.tolist()})
