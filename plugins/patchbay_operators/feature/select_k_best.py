"""Keep the columns that say most about the target."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.feature._columns import chosen_columns, numbers
from patchbay_operators.labels import label_texts
from patchbay_sdk import Context, DataError, Learner, Outputs, ParamError, Schema, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl


class SelectKBest(Learner):
    """Scores each candidate column by itself against the target and drops all but the best.

    For scoring only, missing values are replaced by the column's median; rows without a target are left out.
    https://scikit-learn.org/stable/modules/generated/sklearn.feature_selection.SelectKBest.html
    """

    def run(self, context: Context, table: Table, **params: Any) -> Outputs:
        """The table with the best candidates and all other columns, the transform, and the scores."""
        state = self.fit(context, table, **params)
        return {**self.outputs(table, self.apply(state, table), state), "scores": state["scores"]}

    def fit(
        self,
        context: Context,
        table: Table,
        target: str,
        task: str,
        score: str,
        columns: Sequence[str],
        size: str,
        exclude: Sequence[str] = (),
        k: int = 20,
        share: float = 0.5,
    ) -> dict[str, Any]:
        """The scores, best first, and the columns to drop."""
        import numpy as np
        import polars as pl

        if score == "chi2" and task == "regression":
            no_classes = Text(
                "score: chi2 compares with classes; use f_test or mutual_info for a number.",
                "卡方只能用于分类；预测数值时请用 F 检验或互信息。",
            )
            raise ParamError(no_classes.as_json())
        table.require(target)
        candidates = [name for name in chosen_columns(table.schema, columns, exclude) if name != target]
        labelled = _with_target(table, target)
        matrix = numbers(labelled, candidates)
        if score == "chi2":
            _require_no_negatives(matrix, candidates)
        filled = np.where(np.isnan(matrix), _medians(matrix), matrix)
        wanted = min(k, len(candidates)) if size == "k" else math.ceil(share * len(candidates))
        scores, p_values, kept = _select(filled, _target(labelled, target, task), task, score, wanted, context.seed)
        ranking = pl.DataFrame(
            {"column": candidates, "score": scores, "p_value": p_values, "selected": kept},
            schema={"column": pl.String, "score": pl.Float64, "p_value": pl.Float64, "selected": pl.Boolean},
        ).sort("selected", pl.col("score").fill_nan(None), descending=True, nulls_last=True, maintain_order=True)
        context.log(f"Kept {wanted} of {len(candidates)} columns.")
        drop = [name for name, keep in zip(candidates, kept, strict=True) if not keep]
        return {"drop": drop, "scores": Table(ranking)}

    def reads(self, state: Mapping[str, Any]) -> list[str]:
        """Nothing: a column to drop may be absent."""
        return []

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table without the columns that were not selected."""
        return table.replace(table.polars().drop(state["drop"], strict=False))

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        columns: Sequence[str],
        target: str,
        exclude: Sequence[str] = (),
        **params: Any,
    ) -> Mapping[str, Schema | None]:
        """The columns that are no candidates; which candidates stay depends on the data."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        candidates = set(chosen_columns(table, columns, exclude)) - {target}
        return {"table": Schema.of([column for column in table if column.name not in candidates], open=True)}


def _with_target(table: Table, target: str) -> Table:
    import polars as pl

    frame = table.polars()
    if frame.schema[target].is_float():
        frame = frame.with_columns(pl.col(target).fill_nan(None))
    return Table(frame.filter(pl.col(target).is_not_null()))


def _target(table: Table, target: str, task: str) -> pl.Series:
    import polars as pl

    values = table.polars()[target]
    if task == "classification":
        values = label_texts(values)
        if values.n_unique() < 2:
            one_class = Text(
                f"The target {target!r} has fewer than two classes, so no column can tell them apart.",
                f"目标列“{target}”不足两个类别，没有可区分的内容。请换一列，或补充其他类别的行。",
            )
            raise DataError(one_class.as_json())
    elif not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
        no_number = Text(
            f"The target {target!r} is {values.dtype}; regression needs a number.",
            f"目标列“{target}”的类型是 {values.dtype}；数值预测需要数值列。",
        )
        raise DataError(no_number.as_json())
    return values


def _require_no_negatives(matrix: np.ndarray[Any, Any], candidates: Sequence[str]) -> None:
    for name, values in zip(candidates, matrix.T, strict=True):
        if (values < 0).any():
            negative = Text(
                f"chi2 needs values from 0 up, {name!r} has negative ones; use f_test.",
                f"卡方要求值不小于 0，而“{name}”中有负值；请改用 F 检验。",
            )
            raise DataError(negative.as_json(), columns=[name])


def _medians(matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Median per column, 0 where a column has no value."""
    import numpy as np

    medians = np.zeros(matrix.shape[1])
    known = ~np.isnan(matrix).all(axis=0)
    medians[known] = np.nanmedian(matrix[:, known], axis=0)
    return medians


def _select(
    matrix: np.ndarray[Any, Any], target: pl.Series, task: str, score: str, k: int, seed: int
) -> tuple[list[float], list[float | None], list[bool]]:
    from functools import partial

    import numpy as np
    from sklearn import feature_selection as fs

    classification = task == "classification"
    functions = {
        "f_test": fs.f_classif if classification else fs.f_regression,
        "mutual_info": partial(
            fs.mutual_info_classif if classification else fs.mutual_info_regression, random_state=seed
        ),
        "chi2": fs.chi2,
    }
    y = target.to_numpy() if not classification else target.rank("dense").to_numpy()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # A constant column has no F value; it gets the lowest rank, which is all there is to say about it.
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        selector = fs.SelectKBest(functions[score], k=k).fit(matrix, y)
    p_values = [None] * matrix.shape[1] if selector.pvalues_ is None else selector.pvalues_.tolist()
    return selector.scores_.tolist(), p_values, selector.get_support().tolist()
