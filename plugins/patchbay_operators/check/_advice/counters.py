"""A number that only rises, as the count on a meter: how much it grows is what can be forecast."""

from __future__ import annotations

from collections.abc import Iterator

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.order import time_column
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import quoted

RISING = 0.98
"""Share of the steps from row to row that must not go down."""
CHANGING = 0.5
"""Share of the steps that must go up."""
BACK = 0.5
"""Where it goes down, it falls back by at least this share of what it had come to."""


def about_counters(subject: Subject) -> Iterator[Finding]:
    """Finding `counter`, of the number that is to be forecast."""
    import polars as pl

    label, time = subject.label, time_column(subject)
    if subject.kind != "forecast" or label is None or time is None or not label.dtype.is_numeric():
        return
    group = [subject.group] if subject.group in subject.types else []
    rows = subject.frame.select(*group, time, pl.col(subject.target).cast(pl.Float64)).drop_nulls()
    rows = rows.sort(*group, time, maintain_order=True)
    value = pl.col(subject.target)
    both = value.diff().alias("step"), value.shift(1).alias("before")
    steps = rows.select(each.over(group) if group else each for each in both).drop_nulls()
    down = steps.filter(pl.col("step") < 0)
    if steps.height < 30 or (value_min := rows[subject.target].min()) is None or value_min < 0:  # type: ignore[operator]
        return
    falls_back = bool((-down["step"] >= BACK * down["before"]).all())
    if down.height > (1 - RISING) * steps.height or (steps["step"] > 0).mean() < CHANGING or not falls_back:  # type: ignore[operator]
        return
    name, times = quoted(subject.target), down.height
    again = Text(
        f" It begins again {times} {'time' if times == 1 else 'times'}, which no forecast can know beforehand."
        if times else "",
        f"它有 {times} 次从头开始，任何预测都无法事先知道。" if times else "",
    )  # fmt: skip
    yield Finding(
        "counter",
        "warn",
        Text(f"{name} only rises: it looks like a counter", f"{name}只增不减：像是累计计数"),
        Text(
            f"A meter or a total is not forecast itself but by how much it grows.{again.en} Beside repeating the last "
            "value any forecast of it looks good. Make a column with the difference from the row before (step “Lags "
            "and differences”), and forecast that.",
            f"电表读数或累计值，应预测的不是它本身，而是增长了多少。{again.zh}与重复上一个值相比，任何预测都会显得很好。"
            "请先计算与上一行之差（步骤“滞后与差分”），再预测该差值。",
        ),
        [subject.target],
        {"resets": times},
    )
