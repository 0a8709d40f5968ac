"""The times of a series: whether there are any, and whether they come in even steps."""

from __future__ import annotations

from collections.abc import Iterator

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.dates_in_text import form_of
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import quoted

UNEVEN = 0.1
"""Share of the steps from time to time above which longer ones are no gaps: the times are uneven."""


def about_no_time(subject: Subject) -> Iterator[Finding]:
    """Finding `no_time`, unless another one says how to read the times."""
    if not _is_read_as_dates(subject):
        yield _no_time(subject)


def _is_read_as_dates(subject: Subject) -> bool:
    """Whether another finding says how to read the texts of the column with the times."""
    names = [subject.time] if subject.time in subject.types else subject.texts(subject.features)
    return any(subject.is_text(name) and form_of(subject.frame[name]) is not None for name in names)


def _no_time(subject: Subject) -> Finding:
    if subject.time in subject.types:
        example = subject.frame[subject.time].drop_nulls().head(1).to_list()
        shown = Text(f", such as {quoted(example[0])}", f"（例如{quoted(example[0])}）") if example else Text("", "")
        return Finding(
            "no_time",
            "stop",
            Text(f"{quoted(subject.time)} cannot be read as times", f"{quoted(subject.time)}无法识别为时间"),
            Text(
                f"It holds text{shown.en}. Without times nobody can tell what comes next. Have the file written again "
                "with times such as 2024-12-31 14:00, or choose another column.",
                f"该列是文本{shown.zh}。没有时间，就无法知道接下来是什么。请让数据来源改用 2024-12-31 14:00 "
                "这样的写法，或另选一列。",
            ),
            [subject.time],
        )
    return Finding(
        "no_time",
        "stop",
        Text("No column with times was found", "没有找到时间列"),
        Text(
            "A forecast says what comes next, so it must be known when each row was. Choose the column with the times; "
            "a number that counts the rows one by one will do too.",
            "预测是说接下来会怎样，因此必须知道每行是什么时候的。请选择时间列；逐行计数的编号也可以。",
        ),
    )


def about_steps(subject: Subject, name: str) -> Iterator[Finding]:
    """Finding `time_gaps`; `name`: the column with the times."""
    import polars as pl

    times = subject.frame[name].drop_nulls()
    if subject.group or not isinstance(times.dtype, pl.Date | pl.Datetime) or len(times) < 3:
        return
    steps = times.sort().to_physical().diff().drop_nulls()
    usual = steps.filter(steps > 0)
    if not len(usual):
        return
    step = usual.median()
    gaps = int((usual > 1.5 * step).sum())  # type: ignore[operator]
    if gaps > UNEVEN * len(usual):
        yield _uneven(name)
        return
    if gaps:
        yield Finding(
            "time_gaps",
            "note",
            Text(f"The times have {gaps:,} gaps", f"时间有 {gaps:,} 处间断"),
            Text(
                f"Between some neighbouring values of {quoted(name)} more time passes than usual: values are missing. "
                "They are filled in when the series is made even; long gaps make the forecast worse.",
                f"{quoted(name)}的某些相邻值之间间隔过长，说明缺少数据。整理为等间隔序列时会补上；间断较长会降低预测质量。",
            ),
            [name],
            {"gaps": gaps},
        )


def _uneven(name: str) -> Finding:
    return Finding(
        "time_gaps",
        "warn",
        Text(f"The times in {quoted(name)} do not come in even steps", f"{quoted(name)}的时间间隔不固定"),
        Text(
            "A forecast says the next values in even steps of time. Rows are put onto steps of the usual length: of "
            "several in one step the mean counts, and a step without a row takes the value before. If you know a step "
            "that suits, such as an hour, sum the rows up by it first (step “Group by”).",
            "预测按固定的时间间隔给出接下来的值。各行会归整到通常的间隔：同一间隔内有多行时取平均，没有行的间隔沿用前一个值。"
            "如果您知道合适的间隔（例如一小时），请先按它汇总（步骤“分组汇总”）。",
        ),
        [name],
    )
