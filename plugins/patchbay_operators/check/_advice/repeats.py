"""Rows that occur more than once, times that do, and equal rows with different answers."""

from __future__ import annotations

from collections.abc import Iterator

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.belonging import group_column
from patchbay_operators.check._advice.identifiers import row_names
from patchbay_operators.check._advice.order import time_column
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import named, per, quoted, rows, setting, step

NATURAL = 0.2
"""From this share on equal rows are what the columns allow, not copies."""


ROWS_OF_A_SERIES = 10
DOUBLED = 0.02
"""Rows that a series has on average, and the share of rows whose moment may occur twice in it."""

MEASURED = 0.2
"""Share of different values from which on equal ones are no chance."""


SURELY = 3
"""Measurements that must be equal for rows of two lots to be copies: one or two are so by chance."""


def about_repeats(subject: Subject) -> Iterator[Finding]:
    """Findings `duplicates`, `later_copies`, `repeated_times`, `several_series`, `contradictions`."""
    names = [name for name in subject.frame.columns if not subject.types[name].is_nested()]
    identifiers = row_names(subject)
    compared = [name for name in names if name not in identifiers]
    if len(compared) > (1 if subject.kind == "forecast" else 0):
        yield from _duplicates(subject, compared, bool(identifiers) or not subject.whole)
    if subject.label is not None and subject.kind != "forecast":
        yield from _later_copies(subject, compared)
    yield from _times(subject)
    yield from _contradictions(subject, [name for name in compared if name != subject.target])


def _duplicates(subject: Subject, compared: list[str], partly: bool) -> Iterator[Finding]:
    frame = subject.frame.select(compared)
    count = frame.height - frame.n_unique()
    if not count:
        return
    share = count / frame.height
    is_natural = share > NATURAL and (len(compared) <= 3 or all(subject.distinct[name] <= 20 for name in compared))
    number, part = rows(count), per(share)
    beside = Text(
        " The columns that only number or name the rows are not compared.", "只给各行编号或命名的列不参与比较。"
    ) if partly else Text("", "")  # fmt: skip
    meaning = Text(
        "These columns have few different values, so equal rows are to be expected." if is_natural else
        "If a row is both among those that the model learns from and those that test it, the model seems to know "
        "what it only remembers. Keep each row once, unless each is an event of its own.",
        "这些列的取值很少，出现相同的行很正常。" if is_natural else
        "如果同一行既用来学习又用来检验，模型看似懂了，其实只是记住了。每行只保留一次，除非它们确实是各自独立的事件。",
    )  # fmt: skip
    yield Finding(
        "duplicates",
        "note" if is_natural or share < 0.01 else "warn",
        Text(
            f"{number.en} {'repeats' if count == 1 else 'repeat'} an earlier one ({part.en})",
            f"{number.zh}与前面的行重复（{part.zh}）",
        ),
        Text(meaning.en + beside.en, meaning.zh + beside.zh),
        values={"rows": count, "share": round(share, 5)},
        fix=None
        if is_natural
        else step(
            Text("Keep each row once", "每行只保留一次"),
            "clean.deduplicate",
            columns=compared if partly else [],
            keep="first",
        ),
    )


def _later_copies(subject: Subject, compared: list[str]) -> Iterator[Finding]:
    """Rows equal to an earlier one but for their times and lot; values that only stay as they are are none."""
    import polars as pl

    times = [name for name in compared if isinstance(subject.types[name], pl.Date | pl.Datetime)]
    numbers = [name for name in subject.numbers(compared) if subject.distinct[name] >= MEASURED * subject.frame.height]
    group = group_column(subject)
    if group in compared and group not in times and len([name for name in numbers if name != group]) >= SURELY:
        times.append(group)
    rest = [name for name in compared if name not in times]
    measured = [name for name in numbers if name in rest]
    if not times or len(rest) < 3 or not measured:
        return
    keys = subject.frame.select(key=pl.struct(rest).hash(seed=0), whole=pl.struct(compared).hash(seed=0))
    again = keys.select(
        ~pl.col("key").is_first_distinct()
        & pl.col("whole").is_first_distinct()
        & (pl.col("key") != pl.col("key").shift(1))
    ).to_series()
    count = int(again.sum())
    if count < 2 or not 0.002 < count / len(again) < 0.5:
        return
    number, listed = rows(count), named(times)
    yield Finding(
        "later_copies",
        "warn",
        Text(
            f"{number.en} repeat an earlier one in all but {listed.en}", f"{number.zh}除{listed.zh}外与前面的行完全相同"
        ),
        Text(
            "The same was probably sent or stored twice. If one copy teaches the model and the other tests it, the "
            "model seems to know what it only remembers. Keep each row once, unless each is an event of its own.",
            "同一条数据可能被发送或保存了两次。如果一份用来学习、另一份用来检验，模型看似懂了，其实只是记住了。"
            "每行只保留一次，除非它们确实是各自独立的事件。",
        ),
        times,
        {"rows": count},
        step(Text("Keep the first of each", "每行只保留第一次"), "clean.deduplicate", columns=rest, keep="first"),
    )


def _times(subject: Subject) -> Iterator[Finding]:
    """Only where one row per time is expected: of a series, or of a table with little else than a time."""
    name = time_column(subject)
    if name is None or not (subject.kind == "forecast" or (subject.kind == "unusual" and len(subject.features) <= 3)):
        return
    if subject.group:
        return
    known = subject.frame[name].drop_nulls()
    count = len(known) - known.n_unique()
    if not count:
        return
    if subject.kind == "forecast" and (apart := _tells_apart(subject, name)):
        yield _several_series(subject, name, apart)
        return
    number = rows(count)
    yield Finding(
        "repeated_times",
        "warn",
        Text(
            f"{number.en} {'has' if count == 1 else 'have'} a time that occurred before", f"{number.zh}的时间已经出现过"
        ),
        Text(
            f"In {quoted(name)} each moment should occur once; with two values for one moment it is open which one "
            "holds. If there is one series per machine or sensor, name the column that tells them apart; otherwise "
            "keep the first value of each moment.",
            f"{quoted(name)}中每个时刻应只出现一次；同一时刻有两个值，就不知道以哪个为准。"
            "如果每台设备或每个传感器各有一条序列，请指定区分它们的列；否则每个时刻只保留第一个值。",
        ),
        [name],
        {"rows": count},
        step(
            Text("Keep the first of each time", "每个时刻只保留第一行"),
            "clean.deduplicate",
            columns=[name],
            keep="first",
        ),
    )


def _tells_apart(subject: Subject, time: str) -> str | None:
    """The column with a series per value, in each of which (nearly) every moment occurs once; of several the one with
    the fewest values. None: there is no such column."""
    frame = subject.frame.drop_nulls(time)
    found = []
    for name in subject.features:
        is_name = subject.is_text(name) or subject.types[name].is_integer()
        different = subject.distinct.get(name, 0)
        if (
            name == time
            or not is_name
            or subject.missing[name]
            or not 2 <= different <= frame.height / ROWS_OF_A_SERIES
        ):
            continue
        again = frame.height - frame.select(name, time).n_unique()
        if again <= DOUBLED * frame.height:
            found.append((different, name))
    return min(found)[1] if found else None


def _several_series(subject: Subject, time: str, name: str) -> Finding:
    column, different = quoted(name), subject.distinct[name]
    return Finding(
        "several_series",
        "stop",
        Text(
            f"The table holds {different:,} series: one for each {column}",
            f"表中有 {different:,} 条序列：每个{column}一条",
        ),
        Text(
            f"In {quoted(time)} the same moments occur again and again, but only once for each {column}. Taken for one "
            "series, all of them would be mixed into an average that nobody has measured. Forecast each by itself.",
            f"{quoted(time)}中同样的时刻反复出现，但每个{column}只出现一次。如果当作一条序列，它们会被混成一个谁也没有测过的平均值。请分别预测每一条。",
        ),
        [name],
        {"series": different},
        setting(Text(f"Forecast each {column} by itself", f"分别预测每个{column}"), {"group": name}),
    )


def _contradictions(subject: Subject, compared: list[str]) -> Iterator[Finding]:
    """Equal rows with different answers: a limit that no model passes."""
    import polars as pl

    if subject.label is None or not subject.has_classes or not compared:
        return
    whole = subject.frame.filter(pl.col(subject.target).is_not_null())
    keys = whole.select(key=pl.struct(compared).hash(seed=0), target=pl.col(subject.target))
    torn = keys.filter((pl.col("target").n_unique() > 1).over("key"))
    if not torn.height or torn.height < 0.001 * whole.height:
        return
    number, target = rows(torn.height), quoted(subject.target)
    yield Finding(
        "contradictions",
        "note",
        Text(f"{number.en} are equal but for {target}", f"{number.zh}除{target}外完全相同"),
        Text(
            "They have the same values in every other column and yet different answers "
            f"({per(torn.height / whole.height).en}). No model can tell them apart; what makes the difference is not "
            "in the table.",
            f"它们其他各列都相同，答案却不同（{per(torn.height / whole.height).zh}）。"
            "任何模型都无法区分，造成差别的因素不在表中。",
        ),
        [subject.target],
        {"rows": torn.height},
    )
