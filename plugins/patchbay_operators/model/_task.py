"""Which rows can be learned from, and what is learned: a number or a category, and which one is looked for."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_operators.candidate import rows_to_learn
from patchbay_operators.labels import choose_positive, is_category, label_text, label_texts
from patchbay_sdk import Context, DataError, ParamError, Table

FEW_ROWS = 5
"""A class with fewer rows is not learned where there are more than two."""


def rows_and_task(context: Context, table: Table, task: str, target: str, positive: str) -> tuple[Table, str, str]:
    """The rows to learn from, the task, and of two classes the positive one.

    Raises:
        DataError: the target says nothing, or is none for this task.
    """

    rows = rows_to_learn(context, table, target)
    values = rows.polars()[target]
    if values.n_unique() == 1:
        raise DataError(
            Text(
                f"Every row has {target!r} = {label_text(values[0])}; there is nothing to tell apart.",
                f"每一行的“{target}”都是 {label_text(values[0])}，没有可区分的内容。请换一列，或补充其他取值的行。",
            ).as_json(),
            column=target,
        )
    if task == "auto":
        task = "classification" if is_category(values) else "regression"
    if task == "regression":
        if not values.dtype.is_numeric():
            raise DataError(
                Text(
                    f"“{target}” holds no numbers but words such as “{label_text(values[0])}”, and only numbers can "
                    "be predicted here. Have it read as numbers (the check of the data offers that where it can), "
                    "choose another column, or predict a category.",
                    f"“{target}”不是数字，而是“{label_text(values[0])}”这样的文字，这里只能预测数字。"
                    "请按数字读取（检查数据时，如果可行会提供该选项）、选择其他列，或改为预测类别。",
                ).as_json(),
                column=target,
            )
        return rows, task, ""
    labels = label_texts(values)
    counts = dict(sorted(labels.alias("value").value_counts().rows()))
    if rare := [label for label, count in counts.items() if count < FEW_ROWS and len(counts) > 2]:
        kept = [label for label in counts if label not in rare]
        if len(kept) < 2:
            raise DataError(
                Text(
                    f"Nearly every {target!r} occurs only a few times; a category needs {FEW_ROWS} rows each.",
                    f"“{target}”的取值几乎都只出现几次；每个类别至少需要 {FEW_ROWS} 行。请换一列，或先合并类别。",
                ).as_json()
            )
        left_out = Text(
            f"{', '.join(rare[:10])}: fewer than {FEW_ROWS} rows each, too few to learn; left out.",
            f"{'、'.join(rare[:10])}：每种不足 {FEW_ROWS} 行，太少，无法学习，已去掉。",
        )
        context.warn(left_out.as_json())
        rows = rows.replace(rows.polars().filter(labels.is_in(kept)))
        counts = {label: counts[label] for label in kept}
    if len(counts) > 2:
        if positive:
            raise ParamError(
                Text(
                    f"positive: {target!r} has {len(counts)} values; what is to be found is one of two. Leave it "
                    "empty, or put the other values together first (the check of the data offers it).",
                    f"“{target}”有 {len(counts)} 种取值；只有两种取值时才能指定要找出的值。"
                    "请将其留空，或先把其他取值合在一起（检查数据时会提供该选项）。",
                ).as_json(),
                field="positive",
            )
        return rows, task, ""
    chosen: str = choose_positive(counts, positive)
    if counts[min(counts, key=lambda label: counts[label])] < 2:
        raise DataError(
            Text(
                f"Only one row has {target!r} = {chosen}; that is too few to learn what it looks like.",
                f"只有一行的“{target}”是 {chosen}，太少，无法学习。请补充这类行。",
            ).as_json()
        )
    return rows, task, chosen
