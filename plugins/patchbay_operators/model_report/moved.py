"""Whether the test rows are like the training rows: columns that moved, values never seen, another share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.figures import differ
from patchbay_operators.model_report.judged import Judged, is_free_text
from patchbay_operators.report.document import Section
from patchbay_operators.report.words import listed, number, percent

if TYPE_CHECKING:
    import polars as pl

ROWS = 5000
"""Rows of either table that are compared."""
CHANCE = 0.001
"""Divided by the number of columns."""
FAR = 0.25
"""The largest gap between the shares below any value from which on a column has moved (Kolmogorov and Smirnov)."""
NEW = 0.02
"""The share of test rows with values never seen from which on it is told."""
SHOWN = 5


def say(judged: Judged, section: Section) -> None:
    """A sentence or a finding about columns, and one where the share of the sought class is another."""
    _columns(judged, section)
    if judged.positive is not None:
        _share(judged, section)


def _columns(judged: Judged, section: Section) -> None:
    train = judged.train.polars()
    names = [name for name in judged.reads if name in train.columns]
    before, now = train[judged.sample(ROWS, judged.train)], judged.rows[judged.sample(ROWS)]
    found = []
    for name in names:
        judged.context.check_cancelled()
        distance, chance = _distance(now[name], before[name])
        if distance > FAR and chance < CHANCE / len(names):
            found.append((distance, name))
    found.sort(reverse=True)
    judged.term("drift", "training_rows")
    if found:
        moved = [name for _, name in found]
        shown, more = listed(moved), _how(now[moved[0]], before[moved[0]])
        section.findings.append(
            Finding(
                "drift",
                "warn",
                Text(
                    f"{len(moved):,} of {len(names):,} columns {'has' if len(moved) == 1 else 'have'} moved since the "
                    "training rows",
                    f"{len(names):,} 列中有 {len(moved):,} 列与训练数据相比发生了偏移",
                ),
                Text(
                    f"{shown.en}. {more.en} What the model learned may not hold there; train it on newer rows when its "
                    "results get worse.",
                    f"{shown.zh}。{more.zh}模型学到的规律在那里可能不再成立；效果变差时，请用更新的数据重新训练。",
                ),
                columns=moved[:SHOWN],
                values={"columns": len(moved), "distance": found[0][0]},
            )
        )
    unseen = _never_seen(judged, now, before)
    section.findings.extend(unseen)
    if names and not found and not unseen:
        section.say(
            "The columns hold about the same values as in the training rows, so what it learned still applies.",
            "各列的取值与训练数据基本相同，因此学到的规律仍然适用。",
        )


def _distance(now: pl.Series, before: pl.Series) -> tuple[float, float]:
    """How far a column has moved, and how likely by chance; columns of another kind are not compared."""
    from scipy.stats import ks_2samp

    here, there = now.drop_nulls(), before.drop_nulls()
    if not (here.dtype.is_numeric() and there.dtype.is_numeric()):
        return 0.0, 1.0
    numbers = [values.cast(float).drop_nans().to_numpy() for values in (here, there)]
    if min(map(len, numbers)) < 20:
        return 0.0, 1.0
    found = ks_2samp(*numbers)
    return float(found.statistic), float(found.pvalue)


def _how(now: pl.Series, before: pl.Series) -> Text:
    """The usual value then and now."""
    name, was, is_now = now.name, before.median(), now.median()
    if not isinstance(was, int | float) or not isinstance(is_now, int | float):
        return Text("", "")
    return Text(
        f"“{name}” was usually about {number(was)}, and is about {number(is_now)} in the test rows.",
        f"“{name}”原来通常约为 {number(was)}，在测试数据中约为 {number(is_now)}。",
    )


def _never_seen(judged: Judged, now: pl.DataFrame, before: pl.DataFrame) -> list[Finding]:
    """Texts of the test rows that no training row had: a new tool, a new product."""
    import polars as pl

    findings = []
    if before.height < judged.train.num_rows:
        before = judged.train.polars()
    for name in judged.reads:
        if name not in before.columns or now.schema[name] not in (pl.String, pl.Categorical):
            continue
        known, values = before[name].cast(pl.String).unique(), now[name].cast(pl.String)
        if is_free_text(values) or known.len() > before.height / 2:
            continue
        new = values.filter(values.is_not_null() & ~values.is_in(known.implode()))
        if len(new) > NEW * now.height:
            shown, share = listed(sorted(new.unique().to_list()), 3), percent(len(new) / now.height)
            findings.append(
                Finding(
                    "never_seen",
                    "warn",
                    Text(f"“{name}” holds values that the model has never seen", f"“{name}”中有模型从未见过的值"),
                    Text(
                        f"{shown.en}, in {share} of the test rows. Its answers there are guesses from the "
                        "other columns.",
                        f"{shown.zh}，占测试数据的 {share}。在这些行上，它只能根据其他列猜测。",
                    ),
                    columns=[name],
                    values={"share": len(new) / now.height},
                )
            )
    return findings


def _share(judged: Judged, section: Section) -> None:
    before = int((judged.train_truth == judged.positive).sum())
    now, noun = int(judged.scores["positives"] or 0), judged.sought
    rows, known = len(judged.truth), len(judged.train_truth)
    if not known or not before or differ([now, before], [rows, known]) > CHANCE:
        return
    was, is_now = before / known, now / rows
    if max(was, is_now) < 1.3 * min(was, is_now):
        return
    section.findings.append(
        Finding(
            "share_changed",
            "warn",
            Text(
                f"There are {'more' if is_now > was else 'fewer'} {noun.many} than when it learned",
                f"{noun.zh}比模型学习时{'多' if is_now > was else '少'}",
            ),
            Text(
                f"{percent(was)} of the training rows, {percent(is_now)} of the test rows. Its probabilities and its "
                "threshold were made for the former.",
                f"训练数据中占 {percent(was)}，测试数据中占 {percent(is_now)}。它的概率和阈值是按前者确定的。",
            ),
            values={"train": was, "test": is_now},
        )
    )
