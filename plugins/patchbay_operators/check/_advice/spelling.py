"""Text that means the same but is written differently, and letters that were damaged on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Fix, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, named, quoted, rows, step
from patchbay_operators.letters import DAMAGED, repaired

if TYPE_CHECKING:
    import polars as pl

MOST_VALUES = 1_000
"""Columns with more different texts are names or sentences, where spelling is free."""

MOST_CHANGES = 60
"""Replacements that one step may list."""

GOOD = {
    "pass", "passed", "p", "ok", "okay", "good", "g", "go", "accept", "accepted", "合格", "良", "良品", "通过", "正常",
}  # fmt: skip
BAD = {
    "fail", "failed", "failure", "f", "ng", "n.g", "nok", "nogo", "no go", "not ok", "bad", "reject", "rejected",
    "不合格", "不良", "不良品", "不通过", "失败",
}  # fmt: skip
"""What people write for the two results of a test, in small letters."""

GRADES = {"good", "ok", "okay"}
"""Of these, what may be grades that differ."""

MOST_RESULTS = 12
"""With more categories they are something else than results of a test."""


def about_spelling(subject: Subject) -> Iterator[Finding]:
    """Findings `spelling`, `same_meaning`, `garbled`."""
    yield from _garbled(subject)
    yield from _same_meaning(subject)
    found = {
        name: variants
        for name in subject.texts()
        if 1 < subject.distinct[name] <= MOST_VALUES and (variants := _variants(subject.frame[name]))
    }
    if found:
        yield _spelling(subject, found)


def written_alike(subject: Subject) -> Subject:
    """The subject with each category of its target written in one way, as after the fix."""
    if not subject.has_classes or not subject.is_text(subject.target):
        return subject
    changes = _variants(subject.frame[subject.target])
    target = subject.frame[subject.target].replace(changes)
    positive = changes.get(subject.positive, subject.positive)
    return replace(subject, frame=subject.frame.with_columns(target), positive=positive)


def plain(text: str) -> str:
    """What a text means, whatever its case, blanks, width and full stop: what stands for the same is equal."""
    import unicodedata

    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(".。").rstrip()


def _variants(column: pl.Series) -> dict[str, str]:
    """Text -> the most frequent way to write the same."""
    counts: dict[str, int] = dict(column.drop_nulls().alias("value").value_counts().iter_rows())
    same: dict[str, list[str]] = defaultdict(list)
    for text in counts:
        same[plain(text)].append(text)
    changes: dict[str, str] = {}
    for meaning, texts in same.items():
        if len(texts) > 1 and meaning:
            best = max(texts, key=lambda text: (counts[text], text == text.strip(), text))
            # The most frequent way may have blanks around it, of which nobody should have to know.
            changes |= {text: best.strip() for text in texts if text != best.strip()}
    return changes


def _spelling(subject: Subject, found: Mapping[str, Mapping[str, str]]) -> Finding:
    names, fix = list(found), _fix(found)
    listed, (old, new) = columns(names), next(iter(found[names[0]].items()))
    is_target = subject.label is not None and subject.target in found
    return Finding(
        "spelling",
        "warn" if is_target else "note",
        Text(f"{listed.en}: the same is written in different ways", f"{listed.zh}：同一内容有不同写法"),
        Text(
            f"For example {quoted(old)} and {quoted(new)}: capital letters, blanks or a full stop differ. To a model "
            "these are two different things"
            + (", so it would even predict categories that do not exist." if is_target else ", each seen less often."),
            f"例如{quoted(old)}与{quoted(new)}：大小写、空格或句点不同。对模型来说它们是两种东西，"
            + ("甚至会预测出并不存在的类别。" if is_target else "每一种出现得也更少。"),
        ),
        names,
        {name: dict(list(changes.items())[:20]) for name, changes in found.items()},
        fix,
    )


def _fix(found: Mapping[str, Mapping[str, str]]) -> Fix | None:
    label = Text("Write them in one way", "统一写法")
    if all(old.strip() == new for changes in found.values() for old, new in changes.items()):
        return step(
            Text("Take the blanks away", "去掉空格"),
            "clean.trim_text", columns=list(found), normalize=False, empty_is_gap=False,
        )  # fmt: skip
    together: dict[str, str] = {}
    chosen: list[str] = []
    for name, changes in found.items():
        clash = any(together.get(old, new) != new or old in together.values() for old, new in changes.items())
        if not clash and not set(changes.values()) & set(together) and len({**together, **changes}) <= MOST_CHANGES:
            together |= changes
            chosen.append(name)
    return step(label, "clean.replace_values", columns=chosen, replacements=together) if chosen else None


def _same_meaning(subject: Subject) -> Iterator[Finding]:
    """Different words for the same result: F, NG and fail."""
    if subject.label is None or not subject.has_classes or not subject.is_text(subject.target):
        return
    counts: dict[str, int] = dict(subject.label.drop_nulls().alias("value").value_counts(sort=True).iter_rows())
    words = [[word for word in counts if plain(word) in known] for known in (GOOD, BAD)]
    several = [
        each for each in words if len({plain(word) for word in each}) > 1 and not set(map(plain, each)) <= GRADES
    ]
    if len(counts) > MOST_RESULTS or not several or not all(words):
        return
    changes = {word: each[0].strip() for each in several for word in each[1:]}
    listed, first = quoted(subject.target), several[0]
    yield Finding(
        "same_meaning",
        "warn",
        Text(
            f"{listed}: {named(first).en} probably mean the same",
            f"{listed}：{named(first).zh}大概是同一个意思",
        ),
        Text(
            "Several people or machines seem to have written the results down, each in their own words. To a model "
            "they are different answers, each seen less often. If they mean the same, write them in one way.",
            "结果似乎由不同的人或设备记录，用词各不相同。对模型来说它们是不同的答案，每一种出现得也更少。如果意思相同，请统一写法。",
        ),
        [subject.target],
        {"words": [word for each in several for word in each]},
        step(
            Text(f"Read them as {named([each[0].strip() for each in several]).en}",
                 f"统一为{named([each[0].strip() for each in several]).zh}"),
            "clean.replace_values", columns=[subject.target], replacements=changes,
        ),
    )  # fmt: skip


def _garbled(subject: Subject) -> Iterator[Finding]:
    """Letters such as "Ã©" can be put right, a question mark in a diamond is lost."""
    import polars as pl

    texts = subject.texts()
    found = [name for name, damaged in _any(subject.frame, texts) if damaged]
    heads = {name: right for name in subject.frame.columns if (right := repaired(name)) is not None}
    if not found and not heads:
        return
    hits = subject.frame.select(pl.any_horizontal(pl.col(found).str.contains(DAMAGED)).sum()).item() if found else 0
    sample = next(
        (value for name in found for value in subject.frame[name].filter(subject.frame[name].str.contains(DAMAGED))), ""
    )
    listed = columns(found or list(heads))
    example, right = quoted(sample or next(iter(heads))), repaired(sample) or next(iter(heads.values()), "")
    meant = Text(f" Probably {quoted(right)} is meant.", f"大概应为{quoted(right)}。") if right else Text("", "")
    yield Finding(
        "garbled",
        "warn",
        Text(f"{listed.en}: damaged letters, such as {example}", f"{listed.zh}：出现乱码，例如{example}"),
        Text(
            f"The file was read in another encoding than it was written in ({rows(hits).en}).{meant.en} It is best to "
            "import it again with the right encoding, so that equal names are equal again.",
            f"读取文件时所用的编码与保存时不同（涉及 {rows(hits).zh}）。"
            f"{meant.zh}最好用正确的编码重新导入，让相同的名称重新一致。",
        ),
        found or list(heads),
        {"rows": hits},
        _repair(subject, found, heads),
    )


def _any(frame: pl.DataFrame, texts: list[str]) -> Iterable[tuple[str, bool]]:
    import polars as pl

    if not texts:
        return []
    flags = frame.select(pl.col(texts).str.contains(DAMAGED).any().fill_null(False)).row(0)
    return list(zip(texts, flags, strict=True))


def _repair(subject: Subject, found: list[str], heads: Mapping[str, str]) -> Fix | None:
    """Replace whole values by what they were; rename columns when only names are damaged."""
    import polars as pl

    if not found:
        return step(Text("Mend the names", "修复列名"), "shape.rename_columns", names=dict(heads))
    changes: dict[str, str] = {}
    for name in found:
        for value in subject.frame[name].filter(subject.frame[name].str.contains(DAMAGED)).unique(maintain_order=True):
            right = repaired(value)
            if right is None or len(changes) > MOST_CHANGES:
                return None
            changes[value] = right
    assert isinstance(subject.frame, pl.DataFrame)
    label = Text(f"Mend {named(list(changes)[:2]).en}", f"修复{named(list(changes)[:2]).zh}等")
    return step(label, "clean.replace_values", columns=found, replacements=changes)
