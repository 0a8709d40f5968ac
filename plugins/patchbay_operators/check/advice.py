"""Say in plain words what is wrong with a table, what that means, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from patchbay_operators.advice import ORDER, Finding, Text, to_json
from patchbay_operators.check._advice.all_well import about_the_good
from patchbay_operators.check._advice.answer import about_answers
from patchbay_operators.check._advice.belonging import about_belonging
from patchbay_operators.check._advice.counters import about_counters
from patchbay_operators.check._advice.extremes import about_extremes
from patchbay_operators.check._advice.far_ahead import about_how_far
from patchbay_operators.check._advice.from_when import about_when_filled
from patchbay_operators.check._advice.heads import about_heads, without_heads
from patchbay_operators.check._advice.lacking_times import about_lacking_times
from patchbay_operators.check._advice.lots_in_names import about_lots_in_names
from patchbay_operators.check._advice.mixtures import about_mixtures
from patchbay_operators.check._advice.names_of_answers import about_names_of_answers
from patchbay_operators.check._advice.odd_times import about_odd_times
from patchbay_operators.check._advice.one_value import about_one_value
from patchbay_operators.check._advice.order import about_order
from patchbay_operators.check._advice.own_levels import about_own_levels
from patchbay_operators.check._advice.people import about_people
from patchbay_operators.check._advice.repeats import about_repeats
from patchbay_operators.check._advice.single_columns import about_columns
from patchbay_operators.check._advice.spelling import about_spelling, written_alike
from patchbay_operators.check._advice.subject import SAMPLE_ROWS, Subject
from patchbay_operators.check._advice.target import about_target
from patchbay_operators.check._advice.text_dates import about_dates
from patchbay_operators.check._advice.text_numbers import about_text_numbers
from patchbay_operators.check._columns import nan_as_null
from patchbay_sdk import Context, Metrics, Operator, Outputs, Table

QUESTIONS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    about_target,
    about_answers,
    about_text_numbers,
    about_dates,
    about_belonging,
    about_lots_in_names,
    about_odd_times,
    about_lacking_times,
    about_order,
    about_when_filled,
    about_how_far,
    about_counters,
    about_mixtures,
    about_own_levels,
    about_extremes,
    about_repeats,
    about_columns,
    about_one_value,
    about_people,
)
"""In the order in which findings of one severity are told, behind those of what is no data and of spelling."""

MOST = 12
"""Findings that are told: nobody reads more."""


class Advice(Operator):
    """Lets a table through unchanged and tells what is to be said about it, the worst first."""

    def run(
        self,
        context: Context,
        table: Table,
        kind: str = "category",
        target: str = "",
        positive: str = "",
        time: str = "",
        group: str = "",
        exclude: Sequence[str] = (),
        split: str = "auto",
        split_by: str = "",
        horizon: int = 24,
    ) -> Outputs:
        """The table as it came, the findings as JSON (`patchbay_operators.advice`), and how many of each severity.

        Raises:
            DataError: the table has no columns.
        """
        import polars as pl

        frame = nan_as_null(table)
        frame = frame.drop([name for name in exclude if name in frame.columns and name != target])
        words = [name for name, type in frame.schema.items() if isinstance(type, pl.Categorical | pl.Enum | pl.Null)]
        frame = frame.with_columns(pl.col(words).cast(pl.String))
        plain = (pl.String, pl.Boolean, pl.Date, pl.Datetime)  # lists, bytes and the like are left alone
        frame = frame.select(name for name, type in frame.schema.items() if type.is_numeric() or type in plain)
        subject = Subject(
            frame, kind, target, positive, time, group, split, split_by, context.seed,
            whole=frame.width == len(table.columns), horizon=horizon,
        )  # fmt: skip
        if frame.height > SAMPLE_ROWS:
            context.log(f"Slow questions look at {SAMPLE_ROWS:,} of {frame.height:,} rows, drawn at random.")
        findings = [*about_heads(subject), *about_spelling(subject)]
        subject = written_alike(without_heads(subject))
        findings += about_names_of_answers(subject, table.columns)
        for step, question in enumerate(QUESTIONS, start=1):
            context.check_cancelled()
            findings += question(subject)
            context.progress(step / len(QUESTIONS))
        findings += about_the_good(subject, {finding.code for finding in findings})
        findings = [_possible(finding, frame.width) for finding in findings]
        findings.sort(key=lambda finding: ORDER.index(finding.severity))
        counts: dict[str, float | int | None] = {
            severity: sum(finding.severity == severity for finding in findings) for severity in ORDER
        }
        told = _told(findings)
        codes = [
            {"code": finding.code, "severity": finding.severity, "columns": len(finding.columns)} for finding in told
        ]
        return {"table": table, "findings": to_json(told), "metrics": Metrics(counts, {"findings": codes})}


def _told(findings: list[Finding]) -> list[Finding]:
    """The worst ones; where others than good ones are left out, the last one names these."""
    left_out = [finding for finding in findings[MOST - 1 :] if finding.severity != "good"]
    if len(left_out) < 2:
        return findings[:MOST]
    count = len(left_out)
    more = Finding(
        "more_findings",
        "note",
        Text(f"{count} more findings", f"另有 {count} 项发现"),
        Text(
            f"They are shown in full once some of those above are settled: {_in_a_row(left_out, 'en', '; ')}.",
            f"处理上面的一些发现之后会完整显示：{_in_a_row(left_out, 'zh', '；')}。",
        ),
        values={"codes": [finding.code for finding in left_out]},
    )
    return [*findings[: MOST - 1], more]


def _in_a_row(findings: list[Finding], language: str, between: str) -> str:
    return between.join(getattr(finding.title, language).rstrip(".。") for finding in findings)


def _possible(finding: Finding, width: int) -> Finding:
    """Without a fix that would leave no column."""
    fix = finding.fix
    leaves_none = fix is not None and fix.params.get("mode") == "drop" and len(fix.params["columns"]) >= width
    return replace(finding, fix=None) if leaves_none else finding
