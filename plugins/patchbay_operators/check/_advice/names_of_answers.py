"""Columns that are called as the answers of the model will be, such as a result that was uploaded again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchbay_operators.advice import Finding, Fix, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, drop, named, step
from patchbay_operators.labels import label_text
from patchbay_operators.taken_names import kept_as


def about_names_of_answers(subject: Subject, every: Sequence[str]) -> Iterator[Finding]:
    """Finding `taken_names`. `every`: all columns of the table, those that are left out as well: answers come beside
    these too.
    """
    if subject.label is None or subject.kind == "forecast":
        return
    answers = ["prediction"]
    if subject.has_classes:
        labels = [label_text(value) for value in subject.label.drop_nulls().unique(maintain_order=True)]
        words = ("probability_", "score_") if len(labels) > 2 else ()
        answers += ["score", *(word + label for word in words for label in labels)]
    taken = [name for name in answers if name in every]
    if not taken:
        return
    listed, one = columns(taken), len(taken) == 1
    used = {subject.target, subject.time, subject.group, subject.split_by}
    fix, remedy = _remedy(taken, every, used, set(every) - set(subject.frame.columns))
    yield Finding(
        "taken_names",
        "stop",
        Text(
            f"{listed.en} {'has' if one else 'have'} the name of an answer",
            f"{listed.zh}与预测结果的列同名",
        ),
        Text(
            "The predictions will be written beside your rows under this name, and two columns cannot have one name. "
            + remedy.en,
            "预测结果会以这个名称写在您的数据旁边，而两列不能同名。" + remedy.zh,
        ),
        taken,
        {},
        fix,
    )


def _remedy(taken: list[str], every: Sequence[str], used: set[str], left_out: set[str]) -> tuple[Fix | None, Text]:
    if used & set(taken):
        return None, Text("Give the column another name in the file.", "请在文件中给该列换一个名称。")
    if left_out & set(taken):
        return None, Text(
            "Take it off the columns to leave out; then a click renames it here. Or give it another name in the file.",
            "请先把它从“不使用的列”中移除，之后在这里点一下即可改名；也可以在文件中换一个名称。",
        )
    if "prediction" in taken:
        return drop(taken), Text(
            "It looks like the result of an earlier prediction: leave it out. Something else can be given another "
            "name in the file.",
            "这看起来是以前的预测结果：请去掉。如果不是，请在文件中换一个名称。",
        )
    names = kept_as(every, taken)
    shown = named(list(names.values()))
    return step(Text(f"Rename to {shown.en}", f"改名为{shown.zh}"), "shape.rename_columns", names=dict(names)), Text(
        "Rename it; nothing else changes.", "请改名；其他不变。"
    )
