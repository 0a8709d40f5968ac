"""Dates that are still text or whole numbers, and dates whose day and month were taken for each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Fix, Text
from patchbay_operators.check._advice.dates_in_text import Form, Several, form_of, several_forms
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, quoted, rows, step
from patchbay_operators.clean._cast import converted
from patchbay_operators.row_times import find_time
from patchbay_sdk import Table

if TYPE_CHECKING:
    import polars as pl

BETWEEN = {
    "%s": (946_684_800, 2_145_916_800),
    "unix_ms": (946_684_800_000, 2_145_916_800_000),
    "excel": (36_526, 50_406),
}
"""Format -> what it counts from 2000 to 2037."""

COUNTED = {
    "%s": Text("the seconds since 1970, as computers do", "自 1970 年起的秒数，计算机常这样记录时间"),
    "unix_ms": Text(
        "the thousandths of a second since 1970, as computers do", "自 1970 年起的毫秒数，计算机常这样记录时间"
    ),
    "excel": Text("the days since 1900, as Excel does", "自 1900 年起的天数，Excel 就这样记录日期"),
}
"""Format -> what such a number is."""

COUNTS_TIME = re.compile(
    r"time|date|stamp|epoch|created|measured|时间|日期|时刻|(^|[^a-z])(at|in|out|on|start|end|begin|finish|ts|day|when)([^a-z]|$)",
    re.IGNORECASE,
)
"""Names of numbers that may count time."""

COMPACT = {"%Y%m%d": 1, "%Y%m%d%H%M": 10_000, "%Y%m%d%H%M%S": 1_000_000}
"""How whole numbers write dates and times, and what a day counts there."""


def about_dates(subject: Subject) -> Iterator[Finding]:
    """Findings `dates_as_text`, `dates_mixed`, `dates_swapped`."""
    import polars as pl

    found: dict[str, Form] = {}
    for name in subject.texts(subject.features):
        if form := form_of(subject.frame[name]):
            found[name] = form
    by = find_time(Table(subject.frame), subject.target)
    for name in subject.numbers(subject.features):
        if subject.types[name].is_integer() and (format := _compact(subject.frame[name])):
            found[name] = Form(format)
        elif (by is None or name != by[0]) and (counted := _counted(subject.frame[name])):
            found[name] = Form(counted)
    if mixed := [name for name, form in found.items() if form.order == "mixed"]:
        yield _mixed(mixed)
    else:
        yield from _several(subject, [name for name in subject.texts(subject.features) if name not in found])
    rest = {name: form for name, form in found.items() if form.order != "mixed"}
    if rest:
        form = Counter(rest.values()).most_common(1)[0][0]
        yield _as_text(subject, [name for name, each in rest.items() if each == form], form)
    times = [name for name in subject.features if isinstance(subject.types[name], pl.Date | pl.Datetime)]
    for name in times:
        if _is_swapped(subject.frame[name]):
            yield _swapped(name)
            break


def _compact(column: pl.Series) -> str:
    """The format of whole numbers that are dates such as 20240131 or times such as 20240131083000; "" for others."""
    import polars as pl

    values = column.drop_nulls()
    if not len(values):
        return ""
    first, last = int(values.min()), int(values.max())  # type: ignore[arg-type]
    for format, below_day in COMPACT.items():
        if 19_500_101 * below_day <= first and last < 21_001_232 * below_day:
            times = values.cast(pl.String).str.to_datetime(format, time_unit="us", strict=False)
            return format if times.null_count() == 0 and times.n_unique() > 1 else ""
    return ""


def _counted(column: pl.Series) -> str:
    """The format of numbers that count time, by their size and their name; nothing for others."""
    values = column.drop_nulls()
    if len(values) < 20 or values.n_unique() < len(values) / 10 or not COUNTS_TIME.search(column.name):
        return ""
    low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]
    return next((format for format, (least, most) in BETWEEN.items() if least <= low and high <= most), "")


def _mixed(names: list[str]) -> Finding:
    listed = columns(names)
    return Finding(
        "dates_mixed",
        "warn",
        Text(f"{listed.en}: dates written in two ways", f"{listed.zh}：日期有两种写法"),
        Text(
            "Some can only be day first (31/12/2024), others only month first (12/31/2024). So 03/04/2024 may be "
            "either, and no rule can tell. Have the file written again with the year first (2024-12-31).",
            "有的只能是日在前（31/12/2024），有的只能是月在前（12/31/2024），因此 03/04/2024 两者皆可，无法判断。"
            "请让数据来源改用年在前的写法（2024-12-31）。",
        ),
        names,
    )


def _several(subject: Subject, names: list[str]) -> Iterator[Finding]:
    """Dates written in several ways, of which each can be read: for the first column that has them."""
    for name in names:
        if (found := several_forms(subject.frame[name])) is None:
            continue
        listed, (first, second) = columns([name]), (quoted(sample) for sample in found.sample)
        yield Finding(
            "dates_mixed",
            "warn",
            Text(f"{listed.en}: dates written in several ways", f"{listed.zh}：日期有多种写法"),
            Text(
                f"For example {first} and {second}, as when files of several machines were put together. As they are, "
                f"nobody can tell what came first. {_order_of(found).en}",
                f"例如{first}与{second}，合并多台设备的文件时常如此。这样就不知道先后。{_order_of(found).zh}",
            ),
            [name],
            {"order": found.order},
            _one_form(name, found),
        )
        return


def _order_of(found: Several) -> Text:
    if found.patterns is None:
        return Text(
            "Have the file written again with the year first (2024-12-31).",
            "请让数据来源改用年在前的写法（2024-12-31）。",
        )
    if found.order == "either":
        return Text(
            "Whether the day or the month comes first nothing decides: ask where the file comes from. Day first is "
            "suggested.",
            "没有任何值能判定日在前还是月在前：请询问数据来源。建议按日在前。",
        )
    return Text("Each of them can be read for certain.", "每一种都能确定地读取。")


def _one_form(name: str, found: Several) -> Fix | None:
    if found.patterns is None:
        return None
    if not found.patterns:
        read = Text("Read as dates", "按日期读取")
        return step(read, "clean.cast", columns=[name], type="datetime", format="", on_error="null")
    return step(
        Text("Write all with the year first", "统一为年在前"),
        "clean.replace_values", columns=[name], replacements=found.patterns, patterns=True,
    )  # fmt: skip


def _as_text(subject: Subject, names: list[str], form: Form) -> Finding:
    column = subject.frame[names[0]]
    first = column.drop_nulls().first()
    lost = sum(
        int(
            (
                subject.frame[name].is_not_null()
                & converted(subject.frame[name], "datetime", form.format, False).is_null()
            ).sum()
        )
        for name in names
    )
    listed, example = columns(names), quoted(first)
    still = Text("numbers", "数字") if column.dtype.is_numeric() else Text("text", "文本")
    gaps = Text(
        f" {rows(lost).en} without a date in this form become empty." if lost else "",
        f"不符合该写法的 {rows(lost).zh}将变为空。" if lost else "",
    )
    how = _reading(form, example)
    type = "datetime" if "%M" in form.format or form.format in BETWEEN else "date"
    label = {
        "day": Text("Read as dates, day first", "按日期读取，日在前"),
        "either": Text("Read as dates, day first", "按日期读取，日在前"),
        "month": Text("Read as dates, month first", "按日期读取，月在前"),
    }.get(form.order, Text("Read as dates", "按日期读取"))
    return Finding(
        "dates_as_text",
        "warn",
        Text(f"{listed.en}: dates that are still {still.en}", f"{listed.zh}：日期仍是{still.zh}"),
        Text(
            "Without dates nobody can tell what came first, and the model cannot be tested on later rows. "
            f"{how.en}{gaps.en}",
            f"没有日期，就不知道先后，也无法用较晚的行检验模型。{how.zh}{gaps.zh}",
        ),
        names,
        {"format": form.format, "order": form.order, "certain": form.order != "either"},
        step(label, "clean.cast", columns=names, type=type, format=form.format, on_error="null"),
    )


def _reading(form: Form, example: str) -> Text:
    if form.order == "either":
        return Text(
            f"Dates such as {example} can be read day first or month first, and nothing in the column decides it: ask "
            "where the file comes from. Day first is suggested.",
            f"像{example}这样的日期既可以理解为日在前，也可以理解为月在前，列中没有任何值能够判定：请询问数据来源。建议按日在前。",
        )
    if form.format in BETWEEN:
        since = COUNTED[form.format]
        return Text(f"Numbers such as {example} count {since.en}.", f"像{example}这样的数字是{since.zh}。")
    if not form.order:
        return Text(f"They are written as {example}.", f"写法如{example}。")
    first, chinese = ("the day", "日在前") if form.order == "day" else ("the month", "月在前")
    if form.by_rows:
        return Text(
            f"Dates such as {example} can be read in two ways; with {first} first the rows are in the order of time, "
            "so that is how they are meant.",
            f"像{example}这样的日期有两种读法；按{chinese}理解时各行正好按时间排列，应当就是此意。",
        )
    return Text(
        f"Dates such as {example} have {first} first: some of them cannot be read in another way.",
        f"像{example}这样的日期是{chinese}：其中一些只能这样理解。",
    )


def _is_swapped(column: pl.Series) -> bool:
    """Whether the rows are in the order of time only when day and month change places where they can."""
    import polars as pl

    times = column.drop_nulls().cast(pl.Datetime("us")).rename("t")
    if len(times) < 30 or times.is_sorted() or times.is_sorted(descending=True):
        return False
    t = pl.col("t")
    turned = pl.datetime(t.dt.year(), t.dt.day(), t.dt.month()) + (t - t.dt.truncate("1d"))
    order = times.to_frame().select(pl.when(t.dt.day() <= 12).then(turned).otherwise(t)).to_series()
    return order.is_sorted() and order.n_unique() > 2


def _swapped(name: str) -> Finding:
    listed = columns([name])
    return Finding(
        "dates_swapped",
        "warn",
        Text(f"{listed.en}: day and month have changed places", f"{listed.zh}：日和月被弄反了"),
        Text(
            "The times jump back and forth; with day and month exchanged wherever that is possible the rows are in "
            "order. So a file with the day first (03/04/2024 for 3 April) was read with the month first. Import it "
            "again and choose “day first” for its dates.",
            "时间忽前忽后；凡能互换处把日和月互换后，各行正好按时间排列。可见日在前的文件（03/04/2024 表示 4 月 3 "
            "日）被按月在前读取了。请重新导入，并将日期选为“日在前”。",
        ),
        [name],
    )
