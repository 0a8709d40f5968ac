"""From long to wide: values of one column become columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.shape._aggregate import aggregate
from patchbay_sdk import Column, Context, DataError, Operator, Outputs, ParamError, Schema, Table

if TYPE_CHECKING:
    import polars as pl

MISSING = "missing"
"""Name of the column that stands for a missing value."""


class Pivot(Operator):
    """One row per index, in order of first appearance, and one column per value of `names_from`, sorted."""

    def run(
        self,
        context: Context,
        table: Table,
        index: Sequence[str],
        names_from: str,
        values_from: str,
        function: str,
        prefix: str,
        max_columns: int,
    ) -> Outputs:
        """The wide table; a combination without rows is missing."""
        import polars as pl

        chosen = [*index, names_from, values_from]
        if twice := [name for name in chosen if chosen.count(name) > 1]:
            same = Text(
                f"{twice[0]!r} is chosen twice; index, names and values must be different columns.",
                f"“{twice[0]}”被选了两次；行、列名和数值必须来自不同的列。",
            )
            raise ParamError(same.as_json())
        frame = table.polars().select(chosen)
        if frame.schema[names_from].is_float():
            frame = frame.with_columns(pl.col(names_from).fill_nan(None))
        if function == "single":
            _require_single_values(frame, [*index, names_from])
        value = aggregate(values_from, "first" if function == "single" else function, table.schema)
        cells = frame.group_by([*index, names_from], maintain_order=True).agg(value)
        labels = _labels(cells[names_from], prefix, index, max_columns)
        named = cells.with_columns(pl.col(names_from).replace_strict(labels, return_dtype=pl.String))
        wide = named.pivot(on=names_from, index=list(index), values=values_from, maintain_order=True)
        return {"table": Table(wide.select([*index, *labels.values()]))}

    def infer(
        self, schemas: Mapping[str, Schema | None], index: Sequence[str], **params: Any
    ) -> dict[str, Schema | None]:
        """The index; the other columns come from the data."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        columns = [table.get(name) or Column(name, "other") for name in index]
        return {"table": Schema.of(columns, open=True)}


def _require_single_values(frame: pl.DataFrame, cell: Sequence[str]) -> None:
    import polars as pl

    several = frame.group_by(cell, maintain_order=True).len().filter(pl.col("len") > 1)
    if several.height:
        first = several.row(0, named=True)
        where = ", ".join(f"{name} = {first[name]!r}" for name in cell)
        where_zh = "、".join(f"“{name}”为“{first[name]}”" for name in cell)
        several_rows = Text(
            f"{first['len']} rows have {where}; choose how to combine them, for example the mean.",
            f"有 {first['len']} 行的{where_zh}；请选择如何合并它们，例如取均值。",
        )
        raise DataError(several_rows.as_json())


def _labels(values: pl.Series, prefix: str, index: Sequence[str], max_columns: int) -> dict[object, str]:
    """Value -> column name, in order of the values, missing last."""
    import polars as pl

    distinct = values.unique().sort(nulls_last=True)
    if len(distinct) > max_columns:
        raise DataError(
            Text(
                f"{values.name!r} has {len(distinct)} different values, each of which would be a column; "
                f"at most {max_columns} are allowed. Choose another column, or raise the limit.",
                f"“{values.name}”有 {len(distinct)} 种取值，每种都会成为一列；最多允许 {max_columns} 列。"
                "请换一列，或调大最多列数。",
            ).as_json()
        )
    texts = distinct.cast(pl.String).fill_null(MISSING)
    labels = dict(zip(distinct.to_list(), (prefix + text for text in texts), strict=True))
    names = [*index, *labels.values()]
    if twice := [name for name in names if names.count(name) > 1]:
        same = Text(
            f"Two columns would be called {twice[0]!r}; set a prefix, or rename the values.",
            f"会有两列都叫“{twice[0]}”；请设置新列名前缀，或替换这些值。",
        )
        raise DataError(same.as_json())
    return labels
