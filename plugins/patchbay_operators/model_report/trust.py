"""Whether the figures of a report can be relied on."""

from __future__ import annotations

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report import calibration, moved, over_time, validation
from patchbay_operators.model_report.chance import CHANCE, chance_of
from patchbay_operators.model_report.figures import interval
from patchbay_operators.model_report.headline import too_slow
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.model_report.quantity import amount
from patchbay_operators.report.document import Section
from patchbay_operators.report.words import percent

FEW_POSITIVES = 30
"""Fewer rows of the class that is looked for say little about the share that is found."""
FEW_ROWS = 50


def trust(judged: Judged) -> Section:
    """How sure the figures are, and every warning that there is a cause for."""
    section = Section("trust")
    if not len(judged.truth):
        return section
    _better_than_nothing(judged, section)
    _how_sure(judged, section)
    if not judged.constant:
        validation.say(judged, section)
        calibration.say(judged, section)
        over_time.say(judged, section)
    moved.say(judged, section)
    section.findings.extend(each for each in judged.findings if each.severity in ("stop", "warn"))
    return section


def _better_than_nothing(judged: Judged, section: Section) -> None:
    if judged.constant and len(judged.truth) > 1:
        nothing = Text(
            "It has found nothing in the columns that tells rows apart. Do not use it.",
            "它没有在各列中找到任何能区分各行的信息，请不要使用。",
        )
        if too_slow(judged):
            nothing = Text(
                "The time was too short to try models that look at the columns. Do not use it; run it again with more "
                "minutes.",
                "时间太短，来不及尝试会利用各列的模型。请不要使用；请用更多分钟重新运行。",
            )
        section.findings.append(
            Finding(
                "same_answer",
                "stop",
                Text("It gives the same answer for every row", "对每一行的回答都相同"),
                nothing,
            )
        )
        return
    chance = chance_of(judged)
    if chance is not None and chance > CHANCE:
        section.findings.append(
            Finding(
                "no_better",
                "stop",
                Text("It may be no better than the simplest answer", "可能并不比最简单的回答好"),
                Text(
                    f"On these test rows chance alone would do as well {percent(chance)} of the time. Do "
                    "not rely on it "
                    "before more rows, or other columns, show more.",
                    f"在这些测试数据上，仅凭偶然也有 {percent(chance)} 的可能达到同样的效果。"
                    "在更多数据或其他列证明之前，请不要依赖它。",
                ),
                values={"chance": chance},
            )
        )


def _how_sure(judged: Judged, section: Section) -> None:
    rows, unit = len(judged.truth), judged.unit
    if judged.positive is None:
        if judged.classified is not None:
            judged.term("interval")
            low, high = interval(int((judged.error == 0).sum()), rows)
            section.say(
                f"On other rows of the same kind, between {100 * low:.0f} and {100 * high:.0f} of 100 "
                "answers would most "
                "likely be right (95% interval).",
                f"对同类的其他数据，每 100 个回答中很可能有 {100 * low:.0f} 到 {100 * high:.0f} 个正确（95% 区间）。",
            )
        elif rows > 1:
            _mean_error(judged, section)
        if rows < FEW_ROWS:
            _few(section, "few_rows", unit.count(rows), rows)
        return
    positives, found = int(judged.scores["positives"] or 0), int(judged.scores["found"] or 0)
    if positives:
        judged.term("interval")
        low, high = interval(found, positives)
        section.say(
            f"It found {found:,} of {judged.sought.count(positives).en}. On other rows of the same kind it would most "
            f"likely find between {100 * low:.0f} and {100 * high:.0f} of 100 (95% interval).",
            f"它找出了 {judged.sought.count(positives).zh}中的 {found:,} {judged.sought.measure}。"
            f"对同类的其他数据，每 100 {judged.sought.measure}很可能能找出 {100 * low:.0f} 到 {100 * high:.0f} "
            f"{judged.sought.measure}（95% 区间）。",
        )
    if positives < FEW_POSITIVES:
        _few(section, "few_positives", judged.sought.count(positives), positives)


def _mean_error(judged: Judged, section: Section) -> None:
    """The 95% interval of the mean error, by its standard error."""
    mean = float(judged.error.mean())
    margin = 1.96 * float(judged.error.std(ddof=1)) / len(judged.error) ** 0.5
    low, high = amount(judged, max(0.0, mean - margin)), amount(judged, mean + margin)
    judged.term("interval")
    section.say(
        f"On other rows of the same kind it would most likely be off by between {low} and {high} on "
        "average (95% interval).",
        f"对同类的其他数据，平均偏差很可能在 {low} 和 {high} 之间（95% 区间）。",
    )


def _few(section: Section, code: str, what: Text, count: int) -> None:
    section.findings.append(
        Finding(
            code,
            "warn",
            Text(f"Only {what.en} to test on", f"仅有 {what.zh}可供测试"),
            Text(
                "With so few, one more or less changes the figures a lot. Take them as a hint, not as a measurement.",
                "数量这么少，多一个或少一个都会使数字变化很大。请把它们当作提示，而不是测量结果。",
            ),
            values={"rows": count},
        )
    )
