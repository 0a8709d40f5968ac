"""The classes of a target, and the one of two that is to be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.labels import choose_positive, label_text
from patchbay_sdk import Context, DataError, ParamError

if TYPE_CHECKING:
    import polars as pl

MAX_CLASSES = 200
"""More different target values than this are taken for a number to predict, not for classes."""


def class_counts(labels: pl.Series, rows: Sequence[tuple[Any, int]]) -> dict[Any, int]:
    """Class -> rows, in order of the classes. `labels`: the target, of which name and type count; `rows`: per class.

    Raises:
        DataError: these are no classes, or it is one only.
    """
    if labels.dtype.is_temporal():
        times = Text(
            f"target: {labels.name!r} holds times; a class must be a text, a number or a boolean.",
            f"目标列“{labels.name}”是时间；类别必须是文本、数值或布尔值。请另选一列。",
        )
        raise DataError(times.as_json())
    counted = sorted(rows, key=lambda pair: _order(pair[0]))
    fractions = [value for value, _ in counted if isinstance(value, float) and not value.is_integer()]
    if fractions or len(counted) > MAX_CLASSES:
        example = Text(f"{len(counted)} of them", f"共 {len(counted)} 种")
        if fractions:
            example = Text(f"such as {fractions[0]}", f"例如 {fractions[0]}")
        raise DataError(
            Text(
                f"target: {labels.name!r} holds values that are no classes, {example.en}. "
                "Choose regression, or cut it into classes (steps “Derive column”, “Bin”).",
                f"目标列“{labels.name}”的值不是类别，{example.zh}。"
                "请改用回归，或先分成类别（步骤“计算新列”、“分箱”）。",
            ).as_json()
        )
    if len(counted) == 1:
        raise DataError(
            Text(
                f"target: every row has {labels.name!r} = {label_text(counted[0][0])}; a classifier needs at least two "
                "classes. Check the split, or take more rows.",
                f"每一行的“{labels.name}”都是 {label_text(counted[0][0])}；分类至少需要两个类别。"
                "请检查划分方式，或增加行数。",
            ).as_json()
        )
    return dict(counted)


def _order(label: Any) -> Any:
    return str(label) if not isinstance(label, bool | int | float) else label


def positive_of(context: Context, target: str, counts: dict[Any, int], positive: str) -> Any:
    """The class named `positive`, or the rarer one, which is logged; None for more than two. `counts`: rows per class.

    Raises:
        ParamError: no class has this name, or there are more than two.
    """
    if len(counts) > 2:
        if positive:
            raise ParamError(
                Text(
                    f"positive: {target!r} has {len(counts)} classes; a positive class is for two. Leave it empty, "
                    "or make a yes/no column of it (step “Derive column”).",
                    f"“{target}”有 {len(counts)} 个类别；只有两个类别时才能指定正类。请留空，"
                    "或先计算一个是/否列（步骤“计算新列”）。",
                ).as_json(),
                field="positive",
            )
        return None
    chosen = choose_positive(counts, positive)
    if not positive:
        context.log(f"Positive class: {target} = {label_text(chosen)}, the rarer one.")
    return chosen
