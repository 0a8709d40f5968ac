"""Rows in the order of time: how to test honestly, and what has changed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Severity, Text
from patchbay_operators.check._advice.identifiers import row_names
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.times_of_series import about_no_time, about_steps
from patchbay_operators.check._advice.words import BY_ITSELF, named, per, quoted, setting
from patchbay_operators.check._columns import count_values
from patchbay_operators.check._leakage import areas, ranks
from patchbay_operators.labels import label_text
from patchbay_operators.row_times import find_time
from patchbay_sdk import Table

if TYPE_CHECKING:
    import polars as pl

IN_ORDER = 0.98
"""Share of neighbouring rows that must not go back in time."""

LATE = 0.2
"""The last part of the rows, against which the earlier ones are held."""

MOVED = 0.2
"""How far from one half the chance must be that a late value is above an early one, for a column to have moved."""

BY_GROUP = Text(
    " You have chosen to test on other groups than it learns from. A table can be divided in one way only: by time if "
    "things change over time, by group if the same lots or machines will not come back.",
    "您已选择用未学过的组检验。一张表只能按一种方式划分：如果情况随时间变化，就按时间；如果同样的批次或设备不会再出现，就按组。",
)
"""Of times, where rows are divided by group."""

PARTS = 5
CHANCE = 1e-4
"""Drift that chance would show more often than this is none."""


def time_column(subject: Subject) -> str | None:
    """The column that says when a row happened: the one named, else the one by which rows are divided."""
    import polars as pl

    named_by = subject.time or (subject.split_by if subject.split == "time" else "")
    if named_by in subject.frame.columns:
        # Dates that are still text have no order; another finding says how to read them.
        return None if subject.is_text(named_by) or subject.types[named_by] == pl.Boolean else named_by
    found = find_time(Table(subject.frame), subject.target if subject.label is not None else "")
    return found[0] if found else None


def _ordered(column: pl.Series) -> float:
    """Share of neighbouring rows that do not go back (or, in a table with the newest first, forward)."""
    steps = column.drop_nulls().to_physical().diff().drop_nulls()
    if not len(steps):
        return 0.0
    return max(float((steps >= 0).sum()), float((steps <= 0).sum())) / len(steps)


def about_order(subject: Subject) -> Iterator[Finding]:
    """Findings `time_order`, `target_drift`, `column_drift`."""
    name = time_column(subject)
    if name is None:
        if subject.kind == "forecast":
            yield from about_no_time(subject)
        return
    if subject.kind == "forecast":
        yield from about_steps(subject, name)
        return
    if subject.label is None:
        return
    frame = subject.sample.drop_nulls(name).sort(name)
    if frame.height < 50:
        return
    yield _time_order(subject, name)
    if subject.has_classes:
        yield from _classes_drift(subject, frame)
    elif frame[subject.target].dtype.is_numeric():
        yield from _number_drift(subject, frame)
    yield from _column_drift(subject, frame, name)


def _time_order(subject: Subject, name: str) -> Finding:
    ordered = _ordered(subject.frame[name]) >= IN_ORDER
    column = quoted(name)
    by_time = setting(Text("Test on the latest rows", "用最新的行检验"), {"split": "time", "split_by": name})
    why = Text(
        "A model will be used on what comes later. So it must be tested on the latest rows; if the test rows were "
        "drawn by chance it would already know the days before and after, and look better than it is.",
        "模型将用于以后的数据，因此必须用最新的行检验；如果随机抽取测试数据，模型已经知道其前后几天的情况，结果会显得比实际更好。",
    )
    if subject.split == "time":
        return Finding(
            "time_order",
            "good",
            Text(f"The model is tested on the latest rows by {column}", f"模型将按{column}用最新的行检验"),
            why,
            [name],
        )
    by_itself = subject.split == "auto" and subject.divides_by == "time"
    by_group = subject.split == "group"
    more = BY_ITSELF if by_itself else BY_GROUP if by_group else Text("", "")
    return Finding(
        "time_order",
        "note" if by_itself or by_group else "warn",
        Text(
            f"The rows are in the order of time ({column})" if ordered else f"The rows have a time ({column})",
            f"各行按时间排列（{column}）" if ordered else f"各行带有时间（{column}）",
        ),
        Text(why.en + more.en, why.zh + more.zh),
        [name],
        {"in_order": ordered},
        by_time,
    )


def _classes_drift(subject: Subject, frame: pl.DataFrame) -> Iterator[Finding]:
    """Whether a category has become more or less frequent, by parts of equal length."""
    import numpy as np
    from scipy.stats import chi2_contingency

    counts = count_values(frame[subject.target])
    wanted = [value for value in counts["value"] if label_text(value) == subject.positive]
    value = wanted[0] if wanted else counts["value"][-1]
    hits = (frame[subject.target] == value).to_numpy()
    parts = np.array_split(hits, PARTS)
    found = np.array([[part.sum(), len(part) - part.sum()] for part in parts])
    if found[:, 0].sum() < 10 or found[:, 1].sum() < 10 or chi2_contingency(found).pvalue >= CHANCE:
        return
    shares = [float(part.mean()) for part in parts]
    target, label = quoted(subject.target), quoted(value)
    first, last = per(shares[0]), per(shares[-1])
    yield Finding(
        "target_drift",
        "warn",
        Text(f"{label} was not always as frequent", f"{label}的多少随时间变化"),
        Text(
            f"In the first fifth of the rows {target} is {label} in {first.en}, in the last fifth in {last.en}. "
            "Something has changed in between; what was learned from early rows may not hold any more. Test on the "
            "latest rows.",
            f"最早五分之一的行中{target}为{label}的占比：{first.zh}；最近五分之一：{last.zh}。"
            "其间发生了变化，从早期数据学到的规律可能不再成立。请用最新的行检验。",
        ),
        [subject.target],
        {"shares": [round(share, 4) for share in shares]},
    )


def _number_drift(subject: Subject, frame: pl.DataFrame) -> Iterator[Finding]:
    import numpy as np
    import polars as pl

    values = frame[subject.target].cast(pl.Float64).to_numpy()
    means = [float(np.mean(part)) for part in np.array_split(values, PARTS)]
    spread = float(np.std(values))
    if spread <= 0 or max(means) - min(means) < spread:
        return
    target = quoted(subject.target)
    yield Finding(
        "target_drift",
        "warn",
        Text(f"{target} has moved over time", f"{target}随时间发生了移动"),
        Text(
            f"Its average is {means[0]:.4g} in the first fifth of the rows and {means[-1]:.4g} in the last. What was "
            "learned from early rows may not hold any more. Test on the latest rows.",
            f"最早五分之一的行平均为 {means[0]:.4g}，最近五分之一为 {means[-1]:.4g}。"
            "从早期数据学到的规律可能不再成立。请用最新的行检验。",
        ),
        [subject.target],
        {"means": [float(f"{mean:.6g}") for mean in means]},
    )


def _column_drift(subject: Subject, frame: pl.DataFrame, time: str) -> Iterator[Finding]:
    """Columns whose late values lie above or below the early ones."""
    import numpy as np

    names = [name for name in subject.numbers(subject.features) if name not in {time, *row_names(subject)}]
    late = np.arange(frame.height) >= (1 - LATE) * frame.height
    ranked = ranks(frame.select(names)) if names else frame.select([])
    if not ranked.width:
        return
    area = areas(ranked.to_numpy(), late.astype(np.float64)[:, None])[0]
    order = np.argsort(-area)
    moved = [ranked.columns[position] for position in order if area[position] >= 0.5 + MOVED]
    if not moved:
        return
    share, honest = len(moved) / len(names), subject.split == "time"
    listed = named(moved)
    severity: Severity = "warn" if share >= 0.1 or subject.divides_by != "time" else "note"
    yield Finding(
        "column_drift",
        "good" if honest else severity,
        Text(
            f"{len(moved):,} of {len(names):,} columns {'has' if len(moved) == 1 else 'have'} moved over time"
            + (", and the test takes this into account" if honest else ""),
            f"{len(names):,} 列中有 {len(moved):,} 列随时间发生了移动" + ("，检验方式已考虑这一点" if honest else ""),
        ),
        Text(
            f"In the last fifth of the rows {listed.en} {'lies' if len(moved) == 1 else 'lie'} clearly higher or "
            "lower than before: sensors age, recipes change. A test on rows drawn by chance would hide this and "
            "flatter the model. Test on the latest rows, and make the model anew from time to time.",
            f"在最近五分之一的行中，{listed.zh}明显偏高或偏低：传感器会老化，工艺配方会改变。"
            "随机抽取测试数据会掩盖这一点，使模型显得更好。请用最新的行检验，并定期重新建模。",
        ),
        moved,
        {"columns": len(moved), "of": len(names)},
        None
        if honest
        else setting(Text("Test on the latest rows", "用最新的行检验"), {"split": "time", "split_by": time}),
    )
