"""Columns about people that a decision may not be based on, and weights that say how many of them a row stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, drop

PROTECTED = re.compile(
    r"^(sex|gender|race|ethnic(ity| ?group)?|religion|nationality|native ?country|disability|pregnan(t|cy)|"
    r"sexual ?orientation|skin ?colou?r)$|性别|种族|民族|宗教|国籍|残疾|怀孕"
)
"""Names, in small letters, of what laws protect people from being judged by."""

WITH_OTHERS = re.compile(r"^(age|marital ?status|marriage|married|birth ?(date|day|year))$|^年龄$|婚姻|出生")
"""Names that say it only beside one of those: tools have an age too."""

WEIGHT = re.compile(
    r"^(fnlwgt|wgt|.* wgt|wgt .*|(sampl(e|ing)|survey|final|population|person|row|case|p) ?weights?)$|抽样权重|样本权重"
)
"""Names of weights of rows, not of things that are weighed."""


def about_people(subject: Subject) -> Iterator[Finding]:
    """Findings `protected_attributes`, `sampling_weight`, where something is decided."""
    if subject.label is None or subject.kind not in ("category", "number"):
        return
    words = {name: re.sub(r"[^a-z一-鿿]+", " ", name.lower()).strip() for name in subject.features}
    protected = [name for name, said in words.items() if PROTECTED.search(said)]
    if protected:
        yield _protected([name for name, said in words.items() if name in protected or WITH_OTHERS.search(said)])
    if weights := [name for name in subject.numbers(subject.features) if WEIGHT.search(words[name])]:
        yield _weight(weights)


def _protected(names: list[str]) -> Finding:
    listed, one = columns(names), len(names) == 1
    return Finding(
        "protected_attributes",
        "note",
        Text(
            f"{listed.en} {'says' if one else 'say'} who a person is: is it allowed to decide by this?",
            f"{listed.zh}涉及个人身份特征：允许据此做决定吗？",
        ),
        Text(
            "Laws often forbid to judge people by such things, and a model judges by whatever is in the table. If "
            "in doubt leave them out. What goes along with them, such as a place of residence, can still stand for "
            "them.",
            "法律往往禁止按这些特征评判人，而模型会使用表中的一切。如有疑问，请去掉。与它们相关的信息（例如居住地）仍可能间接起作用。",
        ),
        names,
        {},
        drop(names),
    )


def _weight(names: list[str]) -> Finding:
    listed, one = columns(names), len(names) == 1
    return Finding(
        "sampling_weight",
        "note",
        Text(
            f"{listed.en} {'looks' if one else 'look'} like a weight of the rows",
            f"{listed.zh}像是各行的抽样权重",
        ),
        Text(
            "By its name it says how many people or things a row stands for, which is nothing about the row itself. "
            "Here every row counts once. Leave it out, unless it is something that was measured.",
            "从名称看，它表示一行代表多少人或物，并不是该行本身的信息。这里每行都只算一次。请去掉，除非它是测量值。",
        ),
        names,
        {},
        drop(names),
    )
