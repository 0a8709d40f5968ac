"""Where a forecast errs: its greatest misses, its series, and columns such as shift or tool."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.parts import Measure, guess_columns, parts_of, show, worst_of
from patchbay_operators.report.document import ReportTable, Section
from patchbay_operators.report.words import moment
from patchbay_operators.series.charts import moments
from patchbay_operators.series.told import Told


def errors(told: Told) -> Section:
    """Where it errs: the greatest misses, and the series."""
    import polars as pl

    section = Section("errors")
    group, time = told.made.options["group"], told.made.options["time"]
    rows = told.rows.with_columns((pl.col("forecast") - pl.col("actual")).alias("off"))
    names = [*filter(None, [group]), time, "actual", "forecast", "off"]
    worst = rows.sort(pl.col("off").abs(), descending=True).head(8).select(names)
    if worst.height and abs(float(worst["off"][0])) > 0:
        top, when = told.amount(abs(float(worst["off"][0]))), worst[time][0]
        section.say(
            f"The greatest miss was {top.en}, at {moment(when)}.", f"最大偏差为 {top.zh}，出现在 {moment(when)}。"
        )
        titles = [Text(name, name) for name in names[:-3]]
        titles += [Text("real", "真实值"), Text("forecast", "预测"), Text("off by", "偏差")]
        section.tables.append(ReportTable(Text("Greatest misses", "偏差最大的时刻"), titles, moments(worst.rows())))
    if group:
        each = rows.group_by(group).agg(pl.col("off").abs().mean(), pl.len()).sort("off", descending=True)
        columns = [Text(group, group), Text("average error", "平均偏差"), Text("values", "个数")]
        section.tables.append(ReportTable(Text("Errors by series", "各序列的偏差"), columns, each.head(20).rows()))
        if each.height > 1:
            section.say(
                f"The forecast is worst for {each[group][0]} and best for {each[group][-1]}.",
                f"{each[group][0]} 的预测最差，{each[group][-1]} 的最好。",
            )
    for column in _columns(told):
        _by(told, section, column)
    return section


def _columns(told: Told) -> Sequence[str]:
    """The columns given, else some that look as if they said where a row comes from."""
    options = told.made.options
    taken = {options["target"], options["time"], options["group"], *options["others"]}
    return told.by or guess_columns(told.tested.table.polars(), taken)


def _by(told: Told, section: Section, column: str) -> None:
    """The average error in each part of a column, and the worst if that is more than chance.

    A forecast counts where its real value was. Errors of one forecast go together, so each part of it counts once.
    """
    import numpy as np
    import polars as pl

    options = told.made.options
    keys = [*filter(None, [options["group"]]), options["time"]]
    names = told.tested.table.polars().select(*keys, pl.col(column).alias("_by")).unique(keys, keep="first")
    first = (told.rows["step"] == 1).cum_sum() if told.horizon > 1 else pl.int_range(told.rows.height, eager=True)
    off = told.rows.with_columns((pl.col("forecast") - pl.col("actual")).abs().alias("off"), first.alias("_made"))
    each = off.join(names, on=keys, how="inner").group_by("_made", "_by", maintain_order=True).agg(pl.col("off").mean())
    parts = parts_of(each["_by"]) if each.height else []
    if len(parts) < 2:
        return
    error = told.axis("Average error", "平均偏差")
    measure = Measure(error, each["off"].to_numpy(), np.ones(each.height, bool), share=False)
    show(section, column, Text(f"Errors by {column}", f"按 {column} 的偏差"), parts, [measure])
    worst = worst_of(parts, measure)
    if worst is None:
        section.say(
            f"By “{column}” no group is clearly worse than the others: the differences may be chance.",
            f"按“{column}”来看，没有哪一组明显更差：差别可能只是偶然。",
        )
        return
    here, there = float(worst.inside.mean()), float(worst.outside.mean())
    section.findings.append(
        Finding(
            "worse_group",
            "warn",
            Text(f"It errs most where “{column}” is {worst.name}", f"“{column}”为 {worst.name} 时偏差最大"),
            Text(
                f"Its forecasts there are off by {told.amount(here).en} on average, elsewhere by "
                f"{told.amount(there).en} ({len(worst.inside):,} forecasts).",
                f"那里的预测平均偏差为 {told.amount(here).zh}，其他为 {told.amount(there).zh}"
                f"（{len(worst.inside):,} 次预测）。",
            ),
            columns=[column],
            values={"group": worst.name, "here": here, "elsewhere": there, "rows": len(worst.inside)},
        )
    )
