"""Put rows aside for an honest test."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.honest import DRAWS, Division, as_json, choose_division
from patchbay_operators.labels import is_category, label_texts
from patchbay_sdk import Context, DataError, Operator, Outputs, Table, find_operator

SPLIT = "shape.split@1.0.0"
"""What divides."""
LARGER = (0.3, 0.4)
"""Shares that are tried where an answer would be missing in one of the parts."""


class HoldOut(Operator):
    """Divides rows into those to learn from and those put aside for the end, as `honest.choose_division` says."""

    def run(self, context: Context, table: Table, target: str, method: str, share: float, column: str = "") -> Outputs:
        """Both parts, and how they were made as JSON: method, column, share, rows of both, and why in plain words.

        Where the latest rows or whole groups would lack one of the answers, more rows are put aside; where that does
        not help and nobody asked for it, rows are drawn at random instead, and `why` says so.

        Raises:
            DataError: a part would be empty, or the column does not fit.
            ParamError: groups are wanted, but no column names them.
        """
        if target:
            table.require(target)
        if table.num_rows < 2:
            raise DataError(
                Text(
                    f"The table has {table.num_rows} row(s); nothing can be put aside.",
                    f"表中只有 {table.num_rows} 行，无法留出测试数据。",
                ).as_json()
            )
        division = choose_division(table, target, method, column)
        classes = set() if not target or not is_category(table.polars()[target]) else _answers(table, target)
        shares = (share, *(larger for larger in LARGER if larger > share))
        for tried, draw in product(shares, range(DRAWS if division.method == "group" else 1)):
            parts = _divided(context, table, division, tried, draw)
            lacking = [part for part in ("train", "test") if not classes <= _answers(parts[part], target)]
            if not lacking or division.method in ("stratified", "random"):
                return _outputs(division, tried, parts)
        if method != "auto":
            lacks = Text(
                f"Not every answer of {target!r} occurs in both parts, so not everything can be judged.",
                f"并非“{target}”的每个取值都出现在两部分中，因此无法全面评判。",
            )
            context.warn(lacks.as_json())
            return _outputs(division, share, _divided(context, table, division, share))
        other = choose_division(table, target, "stratified")
        other = Division(other.method, other.column, _instead(division, target))
        context.warn(other.why.as_json())
        return _outputs(other, share, _divided(context, table, other, share))


def _divided(context: Context, table: Table, division: Division, share: float, draw: int = 0) -> Any:
    split = find_operator(SPLIT)
    context = Context(temp_dir=context.temp_dir, seed=context.seed + draw)
    column = {"column": division.column} if division.method != "random" else {}
    params = split.spec.fill_params({"method": division.method, **column, "test_share": share})
    return split.operator_run(context, "local", {"table": table}, params)


def _answers(table: Table, target: str) -> set[str]:
    return set(label_texts(table.polars()[target]).drop_nulls()) if target else set()


def _outputs(division: Division, share: float, parts: Any) -> Outputs:
    train, test = parts["train"], parts["test"]
    how = as_json(division, share=share, train_rows=train.num_rows, test_rows=test.num_rows)
    return {"train": train, "test": test, "how": json.dumps(how, ensure_ascii=False)}


def _instead(division: Division, target: str) -> Text:
    by = {"time": ("the latest rows", "最新的行"), "group": ("whole groups", "整组的行")}[division.method]
    return Text(
        f"If {by[0]} were put aside, one of the answers of {target} would be missing in a part. Rows were drawn at "
        "random instead; the judgement may be too good.",
        f"如果留出{by[1]}，{target} 的某个取值会在其中一部分缺失。因此改为随机留出，评价可能偏好。",
    )
