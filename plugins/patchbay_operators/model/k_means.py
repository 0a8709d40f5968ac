"""Clusters around centres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.model import _spark_training
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
        _require_rows(clusters, len(matrix))
        fit(context, estimator, matrix)
        model = Model.fitted(estimator, table, task="clustering", features=chosen, operator=self.spec.key)
        sizes = np.bincount(estimator.labels_, minlength=clusters)
        scores = Scores({"inertia": estimator.inertia_, "iterations": estimator.n_iter_, "rows": len(matrix)})
        return outputs(model, table, scores, {"cluster_sizes": sizes.tolist()})

    def run_spark(
        self,
        context: Context,
        table: Table,
        features: Sequence[str],
        clusters: int,
        starts: int,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit Spark's KMeans, the best of several starts."""
        import numpy as np
        from pyspark.ml.clustering import KMeans as Estimator

        from patchbay_sdk.portable import Centres

        chosen = choose_features(context, table, features, exclude)
        training = _spark_training.for_clusters(context, table, chosen)
        _require_rows(clusters, training.rows)
        best: Any = None
        for start in range(starts):
            context.check_cancelled()
            told = {"en": f"start {start + 1} of {starts}", "zh-CN": f"第 {start + 1} 次初始化，共 {starts} 次"}
            context.progress(start / starts, told)
            fitted = Estimator(k=clusters, seed=context.seed + start).fit(training.data)
            if best is None or fitted.summary.trainingCost < best.summary.trainingCost:
                best = fitted
        centres = Centres(np.array(best.clusterCenters()))
        model = Model.fitted(centres, table, task="clustering", features=chosen, operator=self.spec.key)
        summary = best.summary
        scores = Scores({"inertia": summary.trainingCost, "iterations": summary.numIter, "rows": training.rows})
        return outputs(model, table, scores, {"cluster_sizes": list(summary.clusterSizes)})


def _require_rows(clusters: int, rows: int) -> None:
    if rows < clusters:
        few = Text(
            f"{clusters} clusters need at least as many rows; there are {rows}.",
            f"分成 {clusters} 个簇至少需要同样多的行；现在有 {rows} 行。",
        )
        raise DataError(few.as_json())
