"""A forecast further ahead than the rows allow."""

from __future__ import annotations

from collections.abc import Iterator

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.order import time_column
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import setting

ASIDE = 0.2
"""Share of the times, the latest, that the report is made of."""


def about_how_far(subject: Subject) -> Iterator[Finding]:
    """Finding `far_ahead`."""
    import polars as pl

    if subject.kind != "forecast" or subject.label is None or subject.horizon < 1:
        return
    time, group = time_column(subject), subject.group if subject.group in subject.types else ""
    known = subject.frame.filter(pl.col(subject.target).is_not_null())
    moments = pl.col(time).n_unique() if time else pl.len()
    counts = known.group_by(pl.col(group) if group else pl.lit(0).alias("_all")).agg(moments.alias("_moments"))
    longest = int(counts["_moments"].max() or 0)  # type: ignore[arg-type]
    aside = round(ASIDE * longest)
    # Two futures to learn from, and one to judge by that begins after both have ended.
    most = min((longest - aside - 2) // 3, aside)
    if 3 * subject.horizon + 2 <= longest - aside:
        return
    several = Text(" of the longest series", "（最长的序列）") if group else Text("", "")
    yield Finding(
        "far_ahead",
        "stop",
        Text(
            f"{longest:,} moments are too few to forecast {subject.horizon:,} values ahead",
            f"{longest:,} 个时刻太少，无法提前预测 {subject.horizon:,} 个值",
        ),
        Text(
            "To learn such a forecast and to test it on later rows, the history must be about four times as long as "
            f"what is forecast; there are {longest:,} moments with a value{several.en}. Forecast fewer values ahead, "
            "or bring a longer history.",
            f"要学习这样的预测并用之后的数据检验，历史数据的长度应约为预测长度的四倍；现在有值的时刻只有 {longest:,} "
            f"个{several.zh}。请减少提前的个数，或补充更长的历史数据。",
        ),
        [],
        {"moments": longest, "horizon": subject.horizon, "most": max(most, 0)},
        setting(Text(f"Forecast {most} values ahead", f"改为提前 {most} 个值"), {"horizon": most})
        if most > 0
        else None,
    )
