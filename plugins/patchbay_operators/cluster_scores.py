"""How well clusters are separated, as named numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.scores import Scores

if TYPE_CHECKING:
    import numpy as np


def shape_scores(matrix: np.ndarray[Any, Any], clusters: np.ndarray[Any, Any], sample_size: int, seed: int) -> Scores:
    """Metrics of how well clusters lie apart.

    Args:
        matrix: float64, rows x features.
        clusters: the cluster of each row, as text.
        sample_size: of more rows the silhouette is measured on a random sample.
    """
    import numpy as np
    from sklearn import metrics

    scores, found = Scores(), len(np.unique(clusters))
    undefined = None if 2 <= found < len(clusters) else f"{found} clusters of {len(clusters)} rows have no separation"
    sampled, not_sampled = np.arange(len(clusters)), undefined
    if len(clusters) > sample_size:
        sampled = np.sort(np.random.default_rng(seed).choice(sampled, sample_size, replace=False))
        scores.notes.append(f"silhouette is measured on a random {sample_size} of {len(clusters)} rows.")
        if not undefined and not 2 <= len(np.unique(clusters[sampled])) < sample_size:
            not_sampled = "the sample holds only one cluster"
    scores.add("silhouette", lambda: metrics.silhouette_score(matrix[sampled], clusters[sampled]), not_sampled)
    scores.add("davies_bouldin", lambda: metrics.davies_bouldin_score(matrix, clusters), undefined)
    scores.add("calinski_harabasz", lambda: metrics.calinski_harabasz_score(matrix, clusters), undefined)
    return scores


def add_label_scores(scores: Scores, clusters: list[str], labels: list[str]) -> None:
    """Metrics of how well clusters agree with labels that the clustering did not see, both as texts per row."""
    from sklearn import metrics

    no_rows = None if clusters else "there are no rows"
    scores.add("adjusted_rand", lambda: metrics.adjusted_rand_score(labels, clusters), no_rows)
    scores.add("normalized_mutual_information", lambda: metrics.normalized_mutual_info_score(labels, clusters), no_rows)
