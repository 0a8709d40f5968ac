"""Put tables one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.shape import _spark
from patchbay_sdk import Context, DataError, Operator, Outputs, Table, common_type

if TYPE_CHECKING:
    import polars as pl


class Union(Operator):
    """Stacks tables by column name; whole and decimal numbers together become decimal numbers."""

    def run(self, context: Context, tables: Sequence[Table], columns: str) -> Outputs:
        """All rows, in the order of the tables; columns in the order in which they first appear."""
        _check(context, tables, columns)
        return {"table": tables[0].replace(_stacked([table.polars() for table in tables]))}

    def run_spark(self, context: Context, tables: Sequence[Table], columns: str) -> Outputs:
        """All rows, in no order; columns in the order in which they first appear."""
        _check(context, tables, columns)
        types = _stacked([table.empty() for table in tables]).to_arrow().schema
        return {"table": tables[0].replace(_spark.stacked(context.spark, tables, types))}


def _check(context: Context, tables: Sequence[Table], columns: str) -> None:
    if columns == "same":
        _require_same_columns(tables)
    _require_common_types(tables)
    preparations = [[step.id or step for step in table.lineage] for table in tables]
    if any(steps != preparations[0] for steps in preparations):
        differs = Text(
            "The tables were prepared by different steps; a model trained on the union will prepare new data as the "
            "first table was prepared. Put them together before preparing them.",
            "各表经过了不同的处理步骤；在合并结果上训练的模型会按第一张表的方式处理新数据。请先合并，再处理。",
        )
        context.warn(differs.as_json())


def _stacked(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    import polars as pl

    try:
        return pl.concat(frames, how="diagonal_relaxed")
    except pl.exceptions.PolarsError as error:
        unfit = Text(
            f"The tables cannot be put together: {error}. Cast the column first (step “Change column type”).",
            "各表无法合并：列的类型不一致。请先转换列类型。",
        )
        raise DataError(unfit.as_json()) from error


def _require_same_columns(tables: Sequence[Table]) -> None:
    for position, table in enumerate(tables[1:], start=2):
        missing = [name for name in tables[0].columns if name not in table.columns]
        surplus = [name for name in table.columns if name not in tables[0].columns]
        if missing or surplus:
            words = [f"lacks {', '.join(map(repr, missing[:10]))}"] if missing else []
            words += [f"has also {', '.join(map(repr, surplus[:10]))}"] if surplus else []
            words_zh = [f"缺少“{'”、“'.join(missing[:10])}”"] if missing else []
            words_zh += [f"多出“{'”、“'.join(surplus[:10])}”"] if surplus else []
            raise DataError(
                Text(
                    f"Table {position} {' and '.join(words)}, compared with table 1. "
                    "Rename or select columns, or allow different columns.",
                    f"与第 1 张表相比，第 {position} 张表{'，'.join(words_zh)}。请重命名或选择列，或允许列不同。",
                ).as_json(),
                missing=missing,
                surplus=surplus,
            )


def _require_common_types(tables: Sequence[Table]) -> None:
    found: dict[str, dict[str, int]] = {}
    for position, table in enumerate(tables, start=1):
        for column in table.schema:
            found.setdefault(column.name, {}).setdefault(column.type, position)
    conflicts = [
        Text(
            f"{name!r} is " + ", ".join(f"{type} in table {position}" for type, position in types.items()),
            f"“{name}”" + "，".join(f"在第 {position} 张表中是 {type}" for type, position in types.items()),
        )
        for name, types in found.items()
        if common_type(types) is None
    ]
    if conflicts:
        different = Text(
            f"Columns of different types: {'; '.join(each.en for each in conflicts[:10])}. "
            "Cast them first (step “Change column type”).",
            f"列的类型不一致：{'；'.join(each.zh for each in conflicts[:10])}。请先转换列类型。",
        )
        raise DataError(different.as_json())
