"""Columns that carry nothing: constant, nearly empty, the same as another, names of rows; and codes nobody explains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.belonging import group_column
from patchbay_operators.check._advice.dates_in_text import form_of, several_forms
from patchbay_operators.check._advice.from_when import filled_when
from patchbay_operators.check._advice.identifiers import LONGEST, row_names
from patchbay_operators.check._advice.numbers_in_text import written
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, drop, named, per, quoted, rows, setting

if TYPE_CHECKING:
    import polars as pl

MOSTLY_MISSING = 0.5
NEARLY_CONSTANT = 0.999
MANY_VALUES = 50
FEW_ROWS_EACH = 10
"""A text column with more different values, and fewer rows of each on average, is hard to learn from."""

CODES = 12
RARE_CODE = 0.01
"""Whole numbers with so few values are codes; one that is rarer is worth a question."""


def about_columns(subject: Subject) -> Iterator[Finding]:
    """Findings `mostly_missing`, `gaps`, `constant`, `same_columns`, `identifiers`, `many_values`, `rare_codes`."""
    height = subject.frame.height
    if not height:
        return
    kept = {subject.time, subject.group, subject.split_by, ""}
    names = [name for name in subject.features if name not in kept]
    empty = [name for name in names if subject.missing[name] > MOSTLY_MISSING * height]
    by_time = filled_when(subject) if empty else {}
    if without_cause := [name for name in empty if name not in by_time]:
        yield _mostly_missing(subject, without_cause)
    yield from _gaps(subject, [name for name in subject.features if name not in empty])
    constant = [name for name in names if name not in empty and _is_constant(subject, name)]
    if constant:
        yield _constant(constant)
    rest = [name for name in names if name not in empty and name not in constant]
    if same := _same(subject.frame.select(rest)):
        yield _same_columns(same)
    identifiers = [name for name in row_names(subject) if name in rest]
    if identifiers:
        yield from _identifiers(subject, identifiers)
    yield from _many_values(subject, [name for name in rest if name not in identifiers])
    if subject.kind in ("category", "number"):
        yield from _rare_codes(subject, [name for name in rest if name not in identifiers])


def _mostly_missing(subject: Subject, names: list[str]) -> Finding:
    listed = columns(names)
    least = max(subject.missing[name] for name in names) / subject.frame.height
    share = per(1 - least)
    return Finding(
        "mostly_missing",
        "warn" if len(names) >= 0.05 * subject.frame.width or least > 0.9 else "note",
        Text(
            f"{listed.en} {'is' if len(names) == 1 else 'are'} mostly empty",
            f"{listed.zh}大多为空",
        ),
        Text(
            f"More than half of the cells hold nothing; in the emptiest column a value is there in {share.en} rows. "
            "What is filled in for the rest would be made up. Leave out, or find out why nothing was written down.",
            f"半数以上的单元格没有值；最空的一列中有值的行：{share.zh}。其余只能靠编造补上。请去掉，或查明为何没有记录。",
        ),
        names,
        {name: round(subject.missing[name] / subject.frame.height, 4) for name in names[:20]},
        drop(names),
    )


def _gaps(subject: Subject, names: list[str]) -> Iterator[Finding]:
    cells = sum(subject.missing[name] for name in names)
    touched = [name for name in names if subject.missing[name]]
    if not cells:
        return
    share, listed = per(cells / max(1, subject.frame.height * len(names))), named(touched)
    yield Finding(
        "gaps",
        "note",
        Text(
            f"{len(touched):,} {'column has' if len(touched) == 1 else 'columns have'} empty cells",
            f"{len(touched):,} 列有空单元格",
        ),
        Text(
            f"They are in {listed.en}; in all, {share.en} cells are empty. Nothing needs to be done: a usual value is "
            "filled in by itself, learned from the other rows.",
            f"涉及{listed.zh}；空单元格的比例：{share.zh}。无需处理：会自动用从其他行得到的常见值补上。",
        ),
        touched,
        {"cells": cells},
    )


def _is_constant(subject: Subject, name: str) -> bool:
    """One value, or one in all rows but one in a thousand where that is fewer than ten rows."""
    different = subject.distinct.get(name, 21)
    if different <= 1 or different > 20:
        return different <= 1
    most = int(subject.frame[name].drop_nulls().alias("value").value_counts()["count"].max())  # type: ignore[arg-type]
    others = subject.frame.height - subject.missing[name] - most
    return most >= NEARLY_CONSTANT * (most + others) and others < 10


def _constant(names: list[str]) -> Finding:
    listed, one = columns(names), len(names) == 1
    return Finding(
        "constant",
        "note",
        Text(
            f"{listed.en} {'holds' if one else 'hold'} the same value in (nearly) every row",
            f"{listed.zh}（几乎）每行的值都相同",
        ),
        Text(
            "What never changes cannot explain why some rows are different. It does no harm, but it takes time and "
            "makes the result harder to read.",
            "从不变化的东西无法解释各行为何不同。它没有害处，但会耗时，也让结果更难读。",
        ),
        names,
        {"columns": len(names)},
        drop(names),
    )


def _same(frame: pl.DataFrame) -> dict[str, str]:
    """Column -> an earlier column with the same values in every row."""
    first: dict[tuple[object, int], list[str]] = {}
    same: dict[str, str] = {}
    for column in frame:
        if column.dtype.is_nested():
            continue
        key = (column.dtype, int(column.hash(seed=0).sum() or 0))
        for other in first.setdefault(key, []):
            if column.equals(frame[other], check_names=False):
                same[column.name] = other
                break
        else:
            first[key].append(column.name)
    return same


def _same_columns(same: dict[str, str]) -> Finding:
    listed = columns(list(same))
    name, other = next(iter(same.items()))
    return Finding(
        "same_columns",
        "note",
        Text(f"{listed.en}: the same as another column", f"{listed.zh}：与其他列完全相同"),
        Text(
            f"For example {quoted(name)} equals {quoted(other)} in every row. One of them says all; two make it look "
            "as if each mattered only half as much.",
            f"例如{quoted(name)}与{quoted(other)}每行都相同。保留一列即可；两列并存会让各自看起来只有一半重要。",
        ),
        list(same),
        {"columns": len(same)},
        drop(list(same)),
    )


def _identifiers(subject: Subject, names: list[str]) -> Iterator[Finding]:
    """The name of a row is not used, but stays in the table: people find the row by it."""
    if without_answer := subject.kind in ("forecast", "unusual", "groups"):
        names = subject.numbers(names)  # words are not looked at there
    if not names:
        return
    listed, one = columns(names), len(names) == 1
    harm = Text(
        "A model could learn the rows by heart with it.",
        "模型可能借此死记每一行。",
    )
    if without_answer:
        harm = Text(
            "Taken for a measurement it would set the first rows apart from the last.",
            "当作测量值，会把最前的行与最后的行区分开。",
        )
    label = Text(f"Do not use {named(names).en}", f"不使用{named(names).zh}")
    yield Finding(
        "identifiers",
        "warn" if subject.kind in ("unusual", "groups") else "note",
        Text(
            f"{listed.en} only {'numbers or names' if one else 'number or name'} the rows",
            f"{listed.zh}只是行的编号或名称",
        ),
        Text(
            f"The value is different in every row, so it says nothing about what a row is like. {harm.en} Do not use "
            "it; it stays in the table, so that you can tell which row is which.",
            f"每行的值都不同，说明不了这一行的特点。{harm.zh}请不要使用；它仍保留在表中，便于辨认各行。",
        ),
        names,
        {},
        setting(label, {"exclude": names}),
    )


def _many_values(subject: Subject, names: list[str]) -> Iterator[Finding]:
    import numpy as np

    group = group_column(subject)
    found = []
    for name in subject.texts(names):
        different, known = subject.distinct[name], subject.frame.height - subject.missing[name]
        if name == group or different <= MANY_VALUES or known >= FEW_ROWS_EACH * different:
            continue
        column = subject.frame[name]
        letters, blanks = column.str.len_chars().to_numpy(), column.str.count_matches(r"\s").to_numpy()
        if np.nanmean(letters) > LONGEST or np.nanmean(blanks) > 1.5:
            continue  # sentences
        if written(column) is None and form_of(column) is None and several_forms(column) is None:
            found.append(name)
    if found:
        listed = columns(found)
        yield Finding(
            "many_values",
            "note",
            Text(
                f"{listed.en} {'has' if len(found) == 1 else 'have'} very many different values",
                f"{listed.zh}的不同取值非常多",
            ),
            Text(
                f"For example {quoted(found[0])} has {subject.distinct[found[0]]:,}, and most of them in a few rows "
                "only. From so few rows nothing can be learned about a value. Leave out, or replace by something "
                "coarser (the tool family for the tool).",
                f"例如{quoted(found[0])}有 {subject.distinct[found[0]]:,} 种，多数只出现在几行中。"
                "行数这么少，学不到任何规律。请去掉，或换成更粗的分类（如用设备类型代替设备号）。",
            ),
            found,
            {name: subject.distinct[name] for name in found},
            drop(found),
        )


def _rare_codes(subject: Subject, names: list[str]) -> Iterator[Finding]:
    """Codes that occur far less often than their neighbours: perhaps not in any list of codes."""
    found: dict[str, dict[int, int]] = {}
    for name in subject.numbers(names):
        if subject.types[name].is_integer() and 3 <= subject.distinct[name] <= CODES:
            counts = subject.frame[name].drop_nulls().alias("value").value_counts().sort("value")
            if odd := _odd(dict(counts.iter_rows())):
                found[name] = odd
    if not found:
        return
    name, odd = next(iter(found.items()))
    below = _below_zero(subject, list(found))
    listed, codes, count = columns(list(found)), named(list(odd)), rows(sum(odd.values()))
    yield Finding(
        "rare_codes",
        "note",
        Text(f"{listed.en}: codes that hardly occur", f"{listed.zh}：有些代码几乎不出现"),
        Text(
            f"In {quoted(name)} these are {codes.en} ({count.en}). Ask whether they are in the list of codes: often "
            f"they stand for “unknown”, or are typing errors, and then they should be empty.{below.en}",
            f"{quoted(name)}中为{codes.zh}（共 {count.zh}）。请确认它们是否在代码表中："
            f"往往表示“未知”或属于录入错误，那就应视为空值。{below.zh}",
        ),
        list(found),
        {name: {str(code): rows for code, rows in odd.items()} for name, odd in found.items()},
    )


def _below_zero(subject: Subject, names: list[str]) -> Text:
    """A sentence on numbers below zero among codes, for the first column that has some."""
    import polars as pl

    for name in names:
        found = subject.frame[name].filter(subject.frame[name] < 0).unique().sort().cast(pl.String).to_list()
        if found:
            shown = named(found)
            return Text(
                f" {quoted(name)} also has {shown.en}: numbers below zero count nothing, so look them up.",
                f"{quoted(name)}中还有{shown.zh}：负数不是计数，请查明其含义。",
            )
    return Text("", "")


def _odd(counts: dict[int, int]) -> dict[int, int]:
    """Rare codes of a column that does not count something: what is counted gets rarer step by step."""
    total, codes = sum(counts.values()), sorted(counts)
    peak = codes.index(max(codes, key=lambda code: counts[code]))
    up, down = [counts[code] for code in codes[: peak + 1]], [counts[code] for code in codes[peak:]]
    ladder = down == sorted(down, reverse=True) and (len(up) == 1 or up[0] >= RARE_CODE * total)
    if ladder or total < 500:
        return {}
    return {code: counts[code] for code in codes if counts[code] < RARE_CODE * total}
