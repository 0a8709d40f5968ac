"""Categories as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.feature._columns import require_new
from patchbay_operators.feature._spark_encode import with_numbers
from patchbay_operators.feature._target_mean import category_means, out_of_fold_means, target_values
from patchbay_operators.labels import label_texts
from patchbay_operators.spark import columns as columns_named
from patchbay_operators.spark import value_counts
from patchbay_sdk import Column, Context, DataError, Outputs, ParamError, Schema, SparkLearner, Table

if TYPE_CHECKING:
    import polars as pl

    Categories = list[str | None]

ENDINGS = {"ordinal": ("__code", "int"), "target": ("__mean", "float")}
UNKNOWN_CODE = -1


class Encode(SparkLearner):
    """One-hot columns ``<column>__<category>``, codes ``<column>__code`` or target means ``<column>__mean``.

    A category that training did not have: one-hot all 0 (or in ``__other``, where rare categories share one), code
    -1, mean of all rows. A missing value is a category of its own, or stays without any (one-hot all 0, no code).
    Target means of the training rows are out of fold, so that a row's own target is not in them.
    """

    def run(self, context: Context, table: Table, **params: Any) -> Outputs:
        """As any learner, but target means of the training rows are out of fold."""
        import polars as pl

        state = self.fit(context, table, **params)
        after = self.apply(state, table)
        if state["method"] == "target":
            folds, smoothing = params["folds"], params["smoothing"]
            values = target_values(table, params["target"], folds)
            means = []
            for name in state["columns"]:
                codes = _codes(label_texts(table.polars()[name]), state["categories"][name])
                rows = out_of_fold_means(codes, values, smoothing, folds, context.seed)
                means.append(pl.Series(name + ENDINGS["target"][0], rows))
            after = table.replace(after.polars().with_columns(means))
        return self.outputs(table, after, state)

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        method: str,
        keep_original: bool,
        missing: str = "category",
        max_categories: int = 20,
        target: str = "",
        folds: int = 5,
        smoothing: float = 10.0,
    ) -> dict[str, Any]:
        """The categories of each column, in order, and what stands for them."""
        table.require(*columns)
        _require_rows(table)
        frame = table.polars()
        own = method == "target" or missing == "category"
        categories = {name: _categories(frame[name], own) for name in columns}
        state = {"columns": list(columns), "method": method, "keep_original": keep_original, "categories": categories}
        if method == "one_hot":
            counts = {name: frame[name].alias("value").value_counts(name="rows") for name in columns}
            state |= _most_frequent(counts, categories, max_categories)
        if method == "target":
            if target in columns:
                itself = Text(
                    f"columns: {target!r} is the target; a column cannot be encoded by itself.",
                    f"“{target}”是目标列，不能用它自己来编码。请不要选择该列。",
                )
                raise ParamError(itself.as_json())
            values = target_values(table, target, folds)
            codes = {name: _codes(label_texts(frame[name]), categories[name]) for name in columns}
            means = {name: category_means(codes[name], values, smoothing).tolist() for name in columns}
            state |= {"means": means, "overall": float(values.mean())}
        return state

    def fit_spark(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        method: str,
        keep_original: bool,
        missing: str = "category",
        max_categories: int = 20,
        **params: Any,
    ) -> dict[str, Any]:
        """As `fit`, but for target means, which are refused: their folds are drawn by the order of rows."""
        table.require(*columns)
        if method == "target":
            local = Text(
                "method: target means are not computed on Spark; run this step locally.",
                "在 Spark 上不能计算目标均值；请在本机运行此步骤。",
            )
            raise ParamError(local.as_json(), field="method")
        _require_rows(table)
        counts = {name: value_counts(context.spark, table, name) for name in columns}
        categories = {name: _categories(counts[name]["value"], missing == "category") for name in columns}
        state = {"columns": list(columns), "method": method, "keep_original": keep_original, "categories": categories}
        return state | (_most_frequent(counts, categories, max_categories) if method == "one_hot" else {})

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the numbers at its end."""
        frame = table.polars()
        added = [numbers for name in state["columns"] for numbers in _encoded(state, frame[name])]
        if not state["keep_original"]:
            frame = frame.drop(state["columns"])
        require_new([column.name for column in added], frame.columns)
        return table.replace(frame.hstack(added))

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """As `apply`; each different value is encoded once."""
        after = self.apply(state, Table(table.empty())).columns
        frame = with_numbers(context.spark, table, state["columns"], partial(_encoded, state))
        return table.replace(frame.select(*columns_named(after)))

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        columns: Sequence[str],
        method: str,
        keep_original: bool,
        **params: Any,
    ) -> Mapping[str, Schema | None]:
        """The other columns, and the encoded ones unless their names come from the data."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        others = [column for column in table if keep_original or column.name not in columns]
        if method == "one_hot":
            return {"table": Schema.of(others, open=True)}
        ending, type = ENDINGS[method]
        return {"table": Schema.of([*others, *(Column(name + ending, type) for name in columns)], open=table.open)}


def _require_rows(table: Table) -> None:
    if not table.num_rows:
        nothing = Text("The table has no rows to learn categories from.", "表格没有任何行，没有可学习的类别。")
        raise DataError(nothing.as_json())


def _categories(values: pl.Series, missing_too: bool) -> Categories:
    """Distinct values in their order, as text; a missing one last, as None."""
    import polars as pl

    if isinstance(values.dtype, pl.Categorical | pl.Enum):
        values = values.cast(pl.String)
    distinct = label_texts(values.unique().sort(nulls_last=True))
    categories: Categories = list(dict.fromkeys(distinct.drop_nulls().to_list()))
    return [*categories, None] if missing_too and distinct.null_count() else categories


def _most_frequent(
    counts: Mapping[str, pl.DataFrame], categories: Mapping[str, Categories], most: int
) -> dict[str, Any]:
    """The categories that get a column, and where others share one. `counts`: `value` and `rows`."""
    kept = {name: _frequent(counts[name], found, most) for name, found in categories.items()}
    return {"categories": kept, "other": {name: len(kept[name]) < len(found) for name, found in categories.items()}}


def _frequent(counts: pl.DataFrame, categories: Categories, most: int) -> Categories:
    """The categories that get a column, if they and ``__other`` may have `most`; of equals the later ones."""
    if len(categories) <= most:
        return categories
    import numpy as np

    known = counts.with_columns(_codes(label_texts(counts["value"]), categories).alias("code")).drop_nulls("code")
    rows = np.bincount(known["code"].to_numpy(), weights=known["rows"].to_numpy(), minlength=len(categories))
    kept = set(np.argsort(rows, kind="stable")[len(categories) - (most - 1) :].tolist())
    return [category for position, category in enumerate(categories) if position in kept]


def _encoded(state: Mapping[str, Any], values: pl.Series) -> list[pl.Series]:
    """The numbers for a column's values."""
    name, texts = values.name, label_texts(values)
    if state["method"] == "one_hot":
        return _one_hot(texts, name, state["categories"][name], state["other"][name])
    return [_numbers(texts, state, name)]


def _codes(texts: pl.Series, categories: Categories) -> pl.Series:
    """Position of each text among the categories, null where it is not among them."""
    import polars as pl

    positions = {category: position for position, category in enumerate(categories)}
    return texts.replace_strict(positions, default=None, return_dtype=pl.Int64)


def _one_hot(texts: pl.Series, name: str, categories: Categories, other: bool) -> list[pl.Series]:
    import polars as pl

    codes = _codes(texts, categories)
    columns: dict[str, pl.Series] = {}
    for position, category in enumerate(categories):
        label = _free(f"{name}__{'missing' if category is None else category}", columns)
        columns[label] = (codes == position).fill_null(False).cast(pl.Int8).alias(label)
    if other:
        label = _free(f"{name}__other", columns)
        columns[label] = codes.is_null().cast(pl.Int8).alias(label)
    return list(columns.values())


def _free(label: str, taken: Mapping[str, Any]) -> str:
    """A category may itself be called other or missing."""
    while label in taken:
        label += "_"
    return label


def _numbers(texts: pl.Series, state: Mapping[str, Any], name: str) -> pl.Series:
    import polars as pl

    categories, ending = state["categories"][name], ENDINGS[state["method"]][0]
    codes = _codes(texts, categories)
    if state["method"] == "ordinal":
        unknown = codes.is_null() & (texts.is_not_null() | (None in categories))
        return codes.set(unknown, UNKNOWN_CODE).alias(name + ending)
    means = dict(enumerate(state["means"][name]))
    return codes.replace_strict(means, default=state["overall"], return_dtype=pl.Float64).alias(name + ending)
