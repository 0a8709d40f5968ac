"""Fewer columns that hold most of what many say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.feature._columns import chosen_columns, numbers, require_complete, require_new
from patchbay_sdk import Column, Context, DataError, Learner, ParamError, Schema, Table, feature_matrix

ROWS_PER_COLUMN = 10
"""From here on the covariance matrix is much quicker than a singular value decomposition, and as exact."""


class Pca(Learner):
    """Replaces number columns by principal components ``pc1``, ``pc2``, ..., as scikit-learn's PCA.

    The sign is that in which a component's largest weight is positive.
    """

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        size: str,
        standardize: bool,
        keep_original: bool,
        prefix: str,
        exclude: Sequence[str] = (),
        components: int = 10,
        variance: float = 0.95,
    ) -> dict[str, Any]:
        """Per column a centre, a scale and its weight in each component."""
        import numpy as np
        import polars as pl
        from sklearn.decomposition import PCA
        from sklearn.preprocessing import StandardScaler

        chosen = chosen_columns(table.schema, columns, exclude)
        matrix = numbers(table, chosen)
        require_complete(matrix, chosen)
        most = min(matrix.shape)
        if size == "components" and components > most:
            raise ParamError(
                Text(
                    f"components is {components}, but {len(chosen)} columns and {table.num_rows} rows "
                    f"give at most {most}.",
                    f"主成分个数是 {components}，但 {len(chosen)} 列、{table.num_rows} 行最多得到 {most} 个。",
                ).as_json()
            )
        if not matrix.std(axis=0).any():
            constant = Text(
                "All columns are constant: there is nothing to find components of.",
                "所有列都是常量，无法提取主成分。请选择其他列。",
            )
            raise DataError(constant.as_json())
        scaler = StandardScaler(with_mean=False, with_std=standardize).fit(matrix)
        scale = scaler.scale_ if standardize else np.ones(len(chosen))
        wanted = components if size == "components" else variance if variance < 1 else None
        long = table.num_rows >= ROWS_PER_COLUMN * len(chosen)
        pca = PCA(wanted, svd_solver="covariance_eigh" if long else "full").fit(matrix / scale)
        names = [f"{prefix}{number}" for number in range(1, len(pca.components_) + 1)]
        explained = pca.explained_variance_ratio_.tolist()
        context.log(f"{len(names)} components of {len(chosen)} columns hold {sum(explained):.1%} of the variance.")
        weights = pl.DataFrame(pca.components_.T, schema=names, orient="row")
        return {
            "columns": chosen,
            "components": names,
            "keep_original": keep_original,
            "explained": explained,
            "weights": Table(
                weights.insert_column(0, pl.Series("scale", scale)).insert_column(0, pl.Series("center", pca.mean_))
            ),
        }

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the components at its end."""
        import polars as pl

        columns, names, weights = state["columns"], state["components"], state["weights"].polars()
        matrix = feature_matrix(table, columns)
        require_complete(matrix, columns)
        standardized = matrix / weights["scale"].to_numpy() - weights["center"].to_numpy()
        values = pl.from_numpy(standardized @ weights.select(names).to_numpy(), schema=names, orient="row")
        others = table.polars() if state["keep_original"] else table.polars().drop(columns)
        require_new(names, others.columns)
        return table.replace(others.hstack(values))

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        columns: Sequence[str],
        size: str,
        keep_original: bool,
        prefix: str,
        exclude: Sequence[str] = (),
        components: int = 10,
        **params: Any,
    ) -> Mapping[str, Schema | None]:
        """The components as far as their number is a param."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        replaced = () if keep_original else chosen_columns(table, columns, exclude)
        others = [column for column in table if column.name not in replaced]
        known = size == "components"
        made = [Column(f"{prefix}{number}", "float") for number in range(1, components + 1)] if known else []
        return {"table": Schema.of([*others, *made], open=not known or table.open)}
