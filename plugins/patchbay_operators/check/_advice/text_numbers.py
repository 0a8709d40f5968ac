"""Numbers that are still text, because of "?", "N/A" or blanks, a decimal comma, thousands separators or units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Fix, Text
from patchbay_operators.check._advice.numbers_in_text import NOTHING, SEPARATOR, SIGNS, Written, written
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, named, quoted, rows, step

if TYPE_CHECKING:
    import polars as pl

PLACEHOLDERS = NOTHING - {"x", ".", "inf", "-inf", "none", "unknown", "tbd", "未知", "无"}
"""Of these, what is never a value of its own among words."""


def about_text_numbers(subject: Subject) -> Iterator[Finding]:
    """Findings `wide_digits`, `minus_signs`, `numbers_as_text`, `mixed_decimals`, `decimal_comma`, `number_marks`,
    `mixed_units`, `hidden_gaps`.
    """
    found: dict[str, dict[str, Written]] = {}
    for name in subject.texts():
        if subject.has_classes and name == subject.target and subject.distinct[name] <= 20:
            continue
        if how := written(subject.frame[name]):
            found.setdefault(how.how, {})[name] = how
    if "comma" in found:
        for name in [name for name, how in found.get("marked", {}).items() if SEPARATOR in how.patterns]:
            how = written(subject.frame[name], decimal_comma=True)
            if how and how.how == "comma":
                del found["marked"][name]
                found["comma"][name] = how
    numbers = {name for how in found.values() for name in how}
    words = [name for name in subject.texts() if name not in numbers]
    if hidden := {name: marks for name in words if (marks := _placeholders(subject.frame[name]))}:
        yield _hidden_gaps(subject, hidden)
    if wide := found.get("wide"):
        yield _wide(wide)
    if signs := found.get("signs"):
        yield _signs(signs)
    if plain := found.get("plain"):
        yield _plain(plain)
    if both := found.get("both"):
        yield _both(both)
    if comma := found.get("comma"):
        yield _comma(comma)
    if marked := found.get("marked"):
        yield _marks(marked)
    if mixed := found.get("mixed"):
        yield _mixed(mixed)


def _cast(label: Text, names: list[str], **params: object) -> Fix:
    return step(label, "clean.cast", columns=names, type="float", on_error="null", **params)


def _lost(found: dict[str, Written]) -> tuple[dict[str, int], Text]:
    """The texts that will be gaps, and how many rows have them."""
    lost: dict[str, int] = {}
    for how in found.values():
        for text, times in how.nothing.items():
            lost[text] = lost.get(text, 0) + times
    lost = dict(sorted(lost.items(), key=lambda item: -item[1]))
    if not lost:
        return lost, Text("All values are numbers.", "所有值都是数字。")
    listed, count = named([text or " " for text in lost]), rows(sum(lost.values()))
    return lost, Text(
        f"What is no number ({listed.en}, in {count.en}) becomes an empty cell.",
        f"不是数字的内容（{listed.zh}，共 {count.zh}）将变为空。",
    )


def _plain(found: dict[str, Written]) -> Finding:
    names = list(found)
    listed, (lost, words) = columns(names), _lost(found)
    return Finding(
        "numbers_as_text",
        "warn",
        Text(
            f"{listed.en} {'holds' if len(names) == 1 else 'hold'} numbers, but as text",
            f"{listed.zh}是数字，却以文本保存",
        ),
        Text(
            "As text the values have no order: nobody can see that 9 is less than 10, and neither can a model. "
            + words.en,
            "作为文本，这些值没有大小之分：看不出 9 小于 10，模型也看不出。" + words.zh,
        ),
        names,
        {"become_gaps": dict(list(lost.items())[:20])},
        _cast(Text("Read them as numbers", "按数字读取"), names),
    )


def _wide(found: dict[str, Written]) -> Finding:
    listed = columns(list(found))
    return Finding(
        "wide_digits",
        "warn",
        Text(f"{listed.en}: digits as wide as Chinese letters", f"{listed.zh}：全角数字"),
        Text(
            "They were typed with a Chinese keyboard: １２.３ looks like 12.3, but is no number to a computer. Make "
            "plain digits of them; then they can be read as numbers.",
            "这是用中文输入法输入的：１２.３ 看起来像 12.3，但计算机不认为它是数字。请改为半角，之后就可以按数字读取。",
        ),
        list(found),
        {},
        step(
            Text("Make plain digits of them", "改为半角数字"),
            "clean.trim_text", columns=list(found), normalize=True, empty_is_gap=False,
        ),
    )  # fmt: skip


def _signs(found: dict[str, Written]) -> Finding:
    listed = columns(list(found))
    patterns = {pattern: SIGNS[pattern] for how in found.values() for pattern in how.patterns}
    return Finding(
        "minus_signs",
        "warn",
        Text(f"{listed.en}: minus signs are written in another way", f"{listed.zh}：负号的写法不同"),
        Text(
            "Numbers such as (1.5), 1.5- or –1.5 are below zero, as accounting and some machines write them, but text "
            "to a computer. With a minus sign before them they can be read as numbers.",
            "像 (1.5)、1.5- 或 –1.5 这样的数字小于零，财务软件和一些设备会这样写，但计算机把它们当作文本。"
            "在前面加上负号之后就可以按数字读取。",
        ),
        list(found),
        {},
        step(
            Text("Write a minus sign before them", "在前面写负号"),
            "clean.replace_values", columns=list(found), replacements=patterns, patterns=True,
        ),
    )  # fmt: skip


def _both(found: dict[str, Written]) -> Finding:
    names = list(found)
    listed, (lost, words) = columns(names), _lost(found)
    return Finding(
        "mixed_decimals",
        "warn",
        Text(
            f"{listed.en}: some numbers have a decimal comma, others a decimal point",
            f"{listed.zh}：有的数字用小数逗号，有的用小数点",
        ),
        Text(
            "Numbers such as 3,14 and 3.14 stand in one column, as when files of two computers were put together. They "
            "are kept as text until all are written in one way; then they can be read as numbers. " + words.en,
            "同一列中既有 3,14 又有 3.14，合并两台电脑的文件时常如此。写法统一之前只能作为文本，之后就可以按数字读取。"
            + words.zh,
        ),
        names,
        {"become_gaps": dict(list(lost.items())[:20])},
        step(
            Text("Write all with a decimal point", "统一改为小数点"),
            "clean.replace_values", columns=names, replacements={",": "."}, patterns=True,
        ),
    )  # fmt: skip


def _comma(found: dict[str, Written]) -> Finding:
    names = list(found)
    listed, (lost, words) = columns(names), _lost(found)
    marks = sorted({mark for how in found.values() for mark in how.marks}, key=len, reverse=True)
    shown = named(marks)
    away = Text(f" Beside the numbers, {shown.en} will be taken away.", f"数字旁的{shown.zh}会去掉。")
    away = away if marks else Text("", "")
    return Finding(
        "decimal_comma",
        "warn",
        Text(
            f"{listed.en} {'writes' if len(names) == 1 else 'write'} numbers with a decimal comma",
            f"{listed.zh}的数字使用小数逗号",
        ),
        Text(
            f"Numbers such as 3,14 are taken for text until the comma is read as a decimal point.{away.en} {words.en}",
            f"像 3,14 这样的数字会被当作文本，需把逗号读作小数点。{away.zh}{words.zh}",
        ),
        names,
        {"become_gaps": dict(list(lost.items())[:20])},
        _cast(
            Text("Read the comma as a decimal point", "把逗号读作小数点"),
            names,
            decimal_comma=True,
            **({"take_out": marks} if marks else {}),
        ),
    )


def _marks(found: dict[str, Written]) -> Finding:
    names = list(found)
    marks = list(dict.fromkeys(mark for how in found.values() for mark in how.marks))
    parts_thousands = any(SEPARATOR in how.patterns for how in found.values())
    listed, shown = columns(names), named([*sorted(marks), *([","] if parts_thousands else [])] or [" "])
    lost, words = _lost(found)
    return Finding(
        "number_marks",
        "warn",
        Text(f"{listed.en}: numbers with marks such as {shown.en}", f"{listed.zh}：数字带有{shown.zh}等符号"),
        Text(
            "Units, separators or blanks beside a number make a text of it, which has no order. Without them the "
            f"values are numbers. {words.en if lost else ''}".strip(),
            f"数字旁的单位、分隔符或空格会使其成为文本，没有大小之分。去掉之后就是数字。{words.zh if lost else ''}",
        ),
        names,
        {"marks": sorted(set(marks)), "become_gaps": dict(list(lost.items())[:20])},
        # The longest first: of "mm" the "m" alone must not go.
        _cast(
            Text("Read them as numbers, without the marks", "去掉这些符号，按数字读取"),
            names,
            take_out=[*sorted(marks, key=len, reverse=True), *([","] if parts_thousands else [])],
        ),
    )


def _mixed(found: dict[str, Written]) -> Finding:
    names = list(found)
    listed = columns(names)
    marks = named(next(iter(found.values())).marks)
    return Finding(
        "mixed_units",
        "warn",
        Text(f"{listed.en}: numbers in different units ({marks.en})", f"{listed.zh}：数字的单位不一致（{marks.zh}）"),
        Text(
            "The numbers cannot be compared before they are in one unit, so the column is kept as text. Bring it to "
            f"one unit where it comes from, for example {quoted(names[0])} always in the same one.",
            f"单位统一之前，这些数字无法比较，因此该列保留为文本。请在数据来源处统一单位，例如{quoted(names[0])}始终用同一单位。",
        ),
        names,
        {"marks": sorted({mark for how in found.values() for mark in how.marks})},
    )


def _placeholders(column: pl.Series) -> list[str]:
    """Different texts of a column that stand for nothing; none where there is hardly anything else."""
    values = column.drop_nulls().unique(maintain_order=True)
    marks = values.filter(values.str.strip_chars().str.to_lowercase().is_in(list(PLACEHOLDERS)))
    return marks.to_list() if len(marks) < len(values) else []


def _hidden_gaps(subject: Subject, hidden: dict[str, list[str]]) -> Finding:
    marks = sorted({mark for each in hidden.values() for mark in each})
    count = rows(sum(int(subject.frame[name].is_in(each).sum()) for name, each in hidden.items()))
    listed, shown = columns(list(hidden)), named([mark if mark.strip() else " " for mark in marks])
    return Finding(
        "hidden_gaps",
        "note",
        Text(f"{listed.en}: {shown.en} stands for a missing value", f"{listed.zh}：用{shown.zh}表示缺失值"),
        Text(
            f"{count.en} have it. As it is, it counts as a category like any other. Read as empty, Patchbay knows "
            "that the value is missing and fills in a usual one.",
            f"涉及 {count.zh}。目前它会被当作一个普通类别。视为空值后，Patchbay 就知道这里缺失，并补上常见值。",
        ),
        list(hidden),
        {"marks": marks},
        step(
            Text(f"Read {shown.en} as empty", f"把{shown.zh}视为空"),
            "clean.replace_values",
            columns=list(hidden),
            gaps=marks,
        ),
    )
