"""How well separated clusters are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.cluster_scores import add_label_scores, shape_scores
from patchbay_operators.labels import label_texts
from patchbay_sdk import Chart, Context, DataError, Metrics, Model, Operator, Outputs, ParamError, Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np


class EvaluateClustering(Operator):
    """Measures clusters by their shape and, where there is one, against a label that the clustering did not see."""

    def run(
        self,
        context: Context,
        table: Table,
        prediction: str,
        features: Sequence[str],
        label: str,
        sample_size: int,
        model: Model | None = None,
    ) -> Outputs:
        """Metrics and a chart of the clusters' sizes.

        With a model connected, distances are measured on its features, prepared as in training.

        Raises:
            DataError: a feature has gaps, or there is none.
        """
        table.require(prediction)
        frame = table.polars()
        if missing := frame[prediction].null_count():
            gaps = Text(
                f"prediction: {prediction!r} is empty in {missing} of {frame.height} rows.",
                f"预测列“{prediction}”在 {frame.height} 行中有 {missing} 行为空。请先去掉这些行。",
            )
            raise DataError(gaps.as_json())
        matrix = _matrix(table, model, features, {prediction, label})
        clusters = label_texts(frame[prediction])
        scores = shape_scores(matrix, clusters.to_numpy(), sample_size, context.seed)
        if label:
            add_label_scores(scores, clusters.to_list(), label_texts(frame[label]).fill_null("(missing)").to_list())
        counted = clusters.alias("value").value_counts().rows()
        sizes = [{"cluster": name, "rows": rows} for name, rows in sorted(counted, key=_by_number)]
        scores.values |= {"clusters": len(sizes), "rows": frame.height}
        about = {"task": "clustering", "features": matrix.shape[1], "label": label or None, "notes": scores.notes}
        series = [{"name": "rows", "x": [row["cluster"] for row in sizes], "y": [row["rows"] for row in sizes]}]
        chart = Chart("bar", "Rows per cluster", series, "Cluster", "Rows")
        return {"metrics": Metrics(scores.values, {"sizes": sizes}, about), "sizes": chart}


def _matrix(table: Table, model: Model | None, features: Sequence[str], not_features: set[str]) -> np.ndarray[Any, Any]:
    import numpy as np

    if model is not None:
        if features:
            own = Text(
                "features: the connected model brings its own; leave them empty.",
                "所连接的模型自带特征列；请将特征列留空。",
            )
            raise ParamError(own.as_json(), field="features")
        return model.matrix(model.prepare(table))
    chosen = list(features) or [n for n in table.schema.of_kind("number", "boolean") if n not in not_features]
    if not chosen:
        none = Text(
            "There is no number or boolean column to measure distances on; connect the model.",
            "没有可用来计算距离的数值列或布尔列；请连接模型。",
        )
        raise DataError(none.as_json())
    matrix = feature_matrix(table, chosen)
    bad = [name for name, finite in zip(chosen, np.isfinite(matrix).all(axis=0), strict=True) if not finite]
    if bad:
        raise DataError(
            Text(
                f"Missing or infinite values in {', '.join(map(repr, bad[:10]))}; fill them, or connect the model.",
                f"“{'”、“'.join(bad[:10])}”有缺失值或无穷大的值；请先填充，或连接模型。",
            ).as_json()
        )
    return matrix


def _by_number(row: tuple[Any, ...]) -> tuple[int, str]:
    return (int(row[0]), "") if str(row[0]).isdigit() else (-1, str(row[0]))
