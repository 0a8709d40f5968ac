"""What would make a model better: more rows, fuller columns, what is not known about the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report import more_rows
from patchbay_operators.model_report.errors import columns_to_compare
from patchbay_operators.model_report.judged import Judged, noun_of
from patchbay_operators.report.document import Section
from patchbay_operators.report.gaps import EMPTY, empty_share
from patchbay_operators.report.words import percent

if TYPE_CHECKING:
    import polars as pl

FEW = 100
"""Rows of a class to learn from, fewer than which more of them are what helps most: a rule of thumb."""
RARE = 0.1
"""Part of the most frequent class below which a class counts as rare."""
DOUBLE = 0.02
"""The share of repeated rows from which on they are told."""


def helpful(judged: Judged, important: Sequence[str]) -> Section:
    """Suggestions that the rows give a reason for. `important`: columns that matter, the most important first."""
    section = Section("help")
    train = judged.train.polars()
    _more_rows(judged, section, more_rows.say(judged, section))
    _fuller_columns(judged, section, important, train)
    known = {finding.code for finding in judged.findings}
    if not any("duplicate" in code for code in known):
        _repeated(judged, section, train)
    if not judged.time and not judged.ordered and not any(kind.is_temporal() for kind in train.schema.values()):
        section.say(
            "No column says when a row was made. With one, it could be seen whether the model stays as good over time.",
            "没有列说明每行的产生时间。如果有，就能看出模型的效果是否随时间保持稳定。",
        )
    if not columns_to_compare(judged):
        section.say(
            "No column says where a row comes from, such as line, tool or step. With one, it could be seen where the "
            "model errs.",
            "没有列说明每行的来源，例如产线、机台或工序。如果有，就能看出模型错在哪里。",
        )
    for finding in judged.findings:
        if finding.fix is not None and finding.severity in ("stop", "warn"):
            section.say(
                f"{finding.title.en}. Suggested, and not done: {finding.fix.label.en}.",
                f"{finding.title.zh}。建议（尚未执行）：{finding.fix.label.zh}。",
            )
    if section.empty:
        section.say(
            "Nothing stands out: no class is short of rows, and no important column is mostly empty.",
            "没有明显的不足：各类别的数据都不少，重要的列也没有大量缺失。",
        )
    return section


def _more_rows(judged: Judged, section: Section, told: bool) -> None:
    """Classes of which there are few; `told`: what all rows are worth has been said."""
    import numpy as np

    if judged.classified is None:
        rows = len(judged.train_truth)
        if rows < FEW and not told:
            what = judged.unit.count(rows)
            section.say(
                f"More rows: it learned from {what.en} only; below about {FEW} more of them help most.",
                f"更多数据：它只从 {what.zh}中学习；少于约 {FEW} 时，增加数据最有帮助。",
            )
        return
    names, counts = np.unique(judged.train_truth.astype(str), return_counts=True)
    few = [(int(count), str(name)) for name, count in zip(names, counts, strict=True) if count < FEW]
    for count, name in sorted(few)[:3]:
        noun = noun_of(judged.unit, judged.target, name)
        if count > RARE * counts.max() and name != judged.positive:
            continue
        known = noun.count(count)
        section.findings.append(
            Finding(
                "more_rows",
                "note",
                Text(f"More {noun.many}", f"更多{noun.zh}"),
                Text(
                    f"It learned from {known.en} only. As a rule of thumb, below about {FEW} each further "
                    "one helps more "
                    "than anything else.",
                    f"它只从 {known.zh}中学习。经验上，少于约 {FEW} 时，每增加一{noun.measure}都比其他办法更有帮助。",
                ),
                values={"class": name, "rows": count},
            )
        )


def _fuller_columns(judged: Judged, section: Section, important: Sequence[str], train: pl.DataFrame) -> None:
    for place, name in enumerate(important, start=1):
        if name not in train.columns or not train.height:
            continue
        share = empty_share(train[name])
        if share >= EMPTY:
            section.findings.append(
                Finding(
                    "missing_but_matters",
                    "note",
                    Text(
                        f"“{name}” is {percent(share)} empty, but matters", f"“{name}”缺失 {percent(share)}，但很重要"
                    ),
                    Text(
                        f"It is number {place} of the columns that the answers hang on. Recording it more often would "
                        "help.",
                        f"在答案所取决于的列中，它排第 {place}。更完整地记录它会有帮助。",
                    ),
                    columns=[name],
                    values={"missing": share, "place": place},
                )
            )


def _repeated(judged: Judged, section: Section, train: pl.DataFrame) -> None:
    """Rows that the model cannot tell apart at all, target included."""
    names = [name for name in dict.fromkeys([*judged.reads, judged.target]) if name in train.columns]
    if len(names) < 2 or not train.height:
        return
    again = train.height - train.select(names).n_unique()
    if again > DOUBLE * train.height:
        what = judged.unit.count(again)
        section.say(
            f"{what.en} of the {train.height:,} training rows repeat another one; they teach nothing new.",
            f"训练数据的 {train.height:,} 行中有 {again:,} 行与其他行重复，没有带来新的信息。",
        )
