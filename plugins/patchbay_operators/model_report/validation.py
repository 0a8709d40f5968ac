"""What happened while the model was chosen: its scores on parts kept away, against those on the test rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.model_report.quantity import amount
from patchbay_operators.report.document import Section
from patchbay_operators.report.searched import Searched, is_number
from patchbay_operators.report.terms import name_of
from patchbay_operators.report.words import number
from patchbay_operators.scores import badness

FLATTERED = 0.02
"""Of metrics from 0 to 1, the difference from which on a random split would have flattered."""
FLATTERED_PART = 0.05
"""Of others, the part of the score."""
RESAMPLED = 50
"""Draws for the uncertainty of a score."""
TRAIN_ROWS = 2000
"""Training rows on which the model is asked again."""


def say(judged: Judged, section: Section) -> None:
    """The spread over folds, the test score against it, what a random split would have said, and the training rows."""
    searched, metric = _searched(judged), str(judged.summary.get("metric") or "")
    best = None if searched is None else searched.best
    if searched is not None and best is not None:
        _folds(judged, section, searched)
        _against_test(judged, section, best, metric)
        _random_split(judged, section, best, metric)
    _learned_rows(judged, section)


def compared(judged: Judged, section: Section) -> None:
    """In the section "good": what was tried, and what the simplest answer scored there."""
    searched = _searched(judged)
    if searched is None or searched.best is None:
        return
    judged.term(str(judged.summary["metric"]), "folds", "baseline", "spread")
    if searched.baseline is not None:
        section.say(
            f"While it was chosen, on parts of the training rows that were kept away in turn, it scored "
            f"{number(searched.best['score'])} ({searched.name.en}); the simplest answer scored "
            f"{number(searched.baseline['score'])}.",
            f"在选择模型时，轮流用留出的部分训练数据检验，它的得分为 {number(searched.best['score'])}"
            f"（{searched.name.zh}）；最简单的回答为 {number(searched.baseline['score'])}。",
        )
    searched.say_tried(section)
    drawn: Any = judged.summary.get("rows_drawn") or {}
    if is_number(drawn.get("rows")) and is_number(drawn.get("of")):
        section.say(
            f"It learned from {drawn['rows']:,} of {drawn['of']:,} rows, drawn at random: all of them would have taken "
            "longer than the minutes given.",
            f"它从 {drawn['of']:,} 行中随机抽取 {drawn['rows']:,} 行来学习：使用全部数据会超过给定的时间。",
        )


def _searched(judged: Judged) -> Searched | None:
    metric = str(judged.summary.get("metric") or "")
    return Searched(judged.summary, name_of(metric)) if metric else None


def _folds(judged: Judged, section: Section, searched: Searched) -> None:
    folds, name = searched.folds(), searched.name
    if not folds:
        return
    judged.term("folds", str(judged.summary["metric"]))
    section.say(
        f"It was tried {len(folds)} times on different parts of the training rows: the score lay between "
        f"{number(min(folds))} and {number(max(folds))} ({name.en}).",
        f"在训练数据的不同部分上试了 {len(folds)} 次：得分在 {number(min(folds))} 和 {number(max(folds))} "
        f"之间（{name.zh}）。",
    )
    section.charts.append(searched.folds_chart())


def _against_test(judged: Judged, section: Section, best: Mapping[str, Any], metric: str) -> None:
    """Whether the test rows confirm the score with which the model was chosen."""
    score, spread = float(best["score"]), best.get("spread")
    measured = judged.scores.get(metric)
    if measured is None or not is_number(spread):
        return
    worse, name = badness(metric), name_of(metric)
    sure = (float(spread) ** 2 + _uncertainty(judged, metric) ** 2) ** 0.5
    gap = worse(float(measured)) - worse(score)
    if gap > max(2 * sure, 0.02 * abs(score)):
        section.findings.append(
            Finding(
                "worse_than_validation",
                "warn",
                Text("It is worse on the test rows than when it was chosen", "在测试数据上比选择模型时差"),
                Text(
                    f"{number(float(measured))} on the test rows, {number(score)} before ({name.en}), "
                    "which differed by "
                    f"about {number(float(spread))} from part to part. Rely on the figure of the test "
                    "rows: either they "
                    "are different, or the choice was lucky.",
                    f"测试数据上为 {number(float(measured))}，此前为 {number(score)}（{name.zh}），各部分之间约相差 "
                    f"{number(float(spread))}。请以测试数据的数字为准：要么测试数据有所不同，要么当初的选择带有运气。",
                ),
                values={"test": float(measured), "validation": score, "spread": float(spread)},
            )
        )
    elif -gap > max(sure, 0.02 * abs(score)):
        section.say(
            f"On the test rows it came out better than before: {number(float(measured))} against {number(score)} "
            f"({name.en}). That may be luck, the more so the fewer test rows there are: expect the figure of before.",
            f"在测试数据上的结果比此前好：{number(float(measured))}，此前为 {number(score)}（{name.zh}）。"
            "这可能只是运气，测试数据越少越是如此：请以此前的数字为预期。",
        )
    else:
        section.say(
            f"The test rows confirm what was measured before: {number(float(measured))} against "
            f"{number(score)} ({name.en}).",
            f"测试数据证实了此前的结果：{number(float(measured))}，此前为 {number(score)}（{name.zh}）。",
        )


def _uncertainty(judged: Judged, metric: str) -> float:
    """How far the metric would differ on other test rows: its deviation when rows are drawn with replacement."""
    import numpy as np

    from patchbay_operators.scores import regression_scores

    random, rows, found = np.random.default_rng(judged.context.seed), len(judged.truth), []
    for _ in range(RESAMPLED):
        at = random.integers(0, rows, rows)
        if judged.classified is None:
            value = regression_scores(judged.truth[at], judged.answered[at]).values.get(metric)
        else:
            value = judged.classified.scores(at).values.get(metric)
        if value is not None:
            found.append(float(value))
    return float(np.std(found)) if found else 0.0


def _random_split(judged: Judged, section: Section, best: Mapping[str, Any], metric: str) -> None:
    found = judged.summary.get("random_split_score")
    if not is_number(found):
        return
    score, random, worse, name = float(best["score"]), float(found), badness(metric), name_of(metric)
    gain = worse(score) - worse(random)
    least = FLATTERED if abs(score) <= 1 else FLATTERED_PART * abs(score)
    if gain > max(least, float(best.get("spread") or 0) / 2):
        section.findings.append(
            Finding(
                "random_split",
                "warn",
                Text(
                    f"A random split would have flattered this by {number(gain)} ({name.en})",
                    f"随机划分会使结果虚高 {number(gain)}（{name.zh}）",
                ),
                Text(
                    f"With rows mixed at random the score would be {number(random)} instead of "
                    f"{number(score)}, because "
                    "rows that belong together would be on both sides. The lower figure is what to expect in use.",
                    f"如果把各行随机混合，得分会是 {number(random)}，而不是 {number(score)}，"
                    "因为相互关联的行会同时出现在两边。"
                    "实际使用中应预期较差的那个数字。",
                ),
                values={"gain": gain, "random": random, "honest": score},
            )
        )


def _learned_rows(judged: Judged, section: Section) -> None:
    """The same figure on rows that it learned from."""
    import polars as pl

    from patchbay_operators.predicted import read_classified, read_numbers
    from patchbay_operators.scores import regression_scores

    metric = judged.metric
    measured = judged.scores.get(metric)
    if measured is None or not judged.train.num_rows or judged.constant:
        return
    rows = judged.train.replace(judged.train.polars()[judged.sample(TRAIN_ROWS, judged.train)])
    answers = judged.model.predict(rows).polars().with_columns(rows.polars()[judged.target].alias("target"))
    table = judged.train.replace(answers.with_columns(pl.col("target")))
    if judged.classified is None:
        _, truth, predicted = read_numbers(judged.context, table, "target", "prediction")
        learned = regression_scores(truth, predicted).values[metric]
    else:
        positive = judged.positive or ""
        data = read_classified(judged.context, table, judged.model, "target", "prediction", "score", positive)
        learned = data.scores().values.get(metric)
    if learned is None:
        return
    judged.term(metric, "training_rows")
    name, worse = name_of(metric), badness(metric)
    gap = worse(float(measured)) - worse(float(learned))
    by_heart = gap > 0.05 * abs(float(measured))
    says = Text(
        "Part of what it learned holds only for those rows; that is usual.",
        "它学到的一部分只适用于那些数据，这很常见。",
    )
    if not by_heart:
        says = Text("What it learned holds for new rows too.", "它学到的规律同样适用于新的数据。")
    here, there = number(float(learned)), number(float(measured))
    if metric == "mae":
        off, new = amount(judged, float(learned)), amount(judged, float(measured))
        section.say(
            f"On rows that it learned from it is off by {off} on average, on the test rows by {new}. {says.en}",
            f"在它学习过的数据上平均偏差为 {off}，在测试数据上为 {new}。{says.zh}",
        )
        return
    section.say(
        f"On rows that it learned from it scores {here}, on the test rows {there} ({name.en}). {says.en}",
        f"在它学习过的数据上得分为 {here}，在测试数据上为 {there}（{name.zh}）。{says.zh}",
    )
