"""What a check found, and how it is told: a table, a report in Markdown, a warning or a failure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from patchbay_operators.advice import Text
from patchbay_operators.report.document import in_language
from patchbay_sdk import CheckFailed, Context, Metrics, Table

SHOWN = 8
"""Problems of one check that a report or a message names one by one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `column` is None for the whole table; `level` error: the data is of no use as it is."""

    check: str
    column: str | None
    value: float | None
    limit: float | None
    message: Text
    level: Literal["warning", "error"] = "warning"

    def as_row(self) -> dict[str, Any]:
        """As a row of the table of problems, which has a column per language."""
        return {
            "check": self.check,
            "column": self.column,
            "value": self.value,
            "limit": self.limit,
            "message": self.message.en,
            "message_zh": self.message.zh,
            "level": self.level,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check: its result in a sentence, its figures, what was wrong; `rows` are details for `Metrics`."""

    check: str
    title: Text
    result: Text
    problems: Sequence[Problem] = ()
    metrics: Mapping[str, float | int | None] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()


def problems_of(outcomes: Iterable[Outcome]) -> list[Problem]:
    """The problems of all checks, in order."""
    return [problem for outcome in outcomes for problem in outcome.problems]


def problems_table(outcomes: Iterable[Outcome]) -> Table:
    """One row per problem: check, column, value, limit, message, message_zh, level."""
    import polars as pl

    schema = {"check": pl.String, "column": pl.String, "value": pl.Float64, "limit": pl.Float64}
    schema |= dict.fromkeys(("message", "message_zh", "level"), pl.String)
    return Table(pl.DataFrame([problem.as_row() for problem in problems_of(outcomes)], schema=schema))


def metrics_of(outcomes: Sequence[Outcome]) -> Metrics:
    """The figures of all checks, and the number of problems."""
    values: dict[str, float | int | None] = {"problems": len(problems_of(outcomes))}
    for outcome in outcomes:
        values |= outcome.metrics
    return Metrics(values, {outcome.check: list(outcome.rows) for outcome in outcomes if outcome.rows})


def report_of(heading: Text, about: Text, outcomes: Sequence[Outcome], language: str) -> str:
    """The checks as Markdown in a language: a table of results, then the problems of each check."""
    count = len(problems_of(outcomes))
    verdict = Text(f"{plural(count, 'problem')} found.", f"发现 {count:,} 个问题。")
    if not count:
        verdict = Text("No problem found.", "没有发现问题。")
    said = partial(in_language, language=language)
    head = [Text("check", "检查"), Text("result", "结果"), Text("problems", "问题数")]
    lines = [f"# {said(heading)}", "", f"{said(about)} **{said(verdict)}**", ""]
    lines += [table_row(map(said, head)), "| --- | --- | ---: |"]
    lines += [table_row([said(o.title), said(o.result), str(len(o.problems))]) for o in outcomes]
    for outcome in outcomes:
        if outcome.problems:
            lines += ["", f"## {said(outcome.title)}", "", *(f"- {said(line)}" for line in _shown(outcome.problems))]
    return "\n".join(lines) + "\n"


def conclude(context: Context, outcomes: Sequence[Outcome], on_problem: str) -> None:
    """Warn of every kind of problem, or fail, in both languages.

    Raises:
        CheckFailed: there are problems and `on_problem` is "fail"; ``details["problems"]`` lists them as objects.
    """
    problems = problems_of(outcomes)
    if not problems:
        return
    groups = [_told(outcome) for outcome in outcomes if outcome.problems]
    if on_problem == "fail":
        failed = Text(
            f"The data has {plural(len(problems), 'problem')}. {' '.join(group.en for group in groups)} "
            "Repair the data before this step, change the limits, or let the check only warn.",
            f"数据有 {len(problems):,} 个问题。{''.join(group.zh for group in groups)}"
            "请在此步骤之前修复数据，或调整界限，或让检查只发出警告。",
        )
        raise CheckFailed(failed.as_json(), problems=[problem.as_row() for problem in problems])
    for group in groups:
        context.warn(group.as_json())


def _told(outcome: Outcome) -> Text:
    """What an outcome has found, in one paragraph."""
    shown = _shown(outcome.problems)
    return Text(
        f"{outcome.title.en}: {' '.join(line.en for line in shown)}",
        f"{outcome.title.zh}：{''.join(line.zh for line in shown)}",
    )


def _shown(problems: Sequence[Problem]) -> list[Text]:
    """The first messages; the rest by column name and number."""
    shown = [problem.message for problem in problems[:SHOWN]]
    if rest := problems[SHOWN:]:
        names = name_some([str(problem.column) for problem in rest])
        shown.append(Text(f"The same holds for {names.en}.", f"{names.zh}也是如此。"))
    return shown


def name_some(names: Sequence[str]) -> Text:
    """Names for a sentence: all of a few, the first of many and how many more."""
    shown, more = names[:SHOWN], len(names) - SHOWN
    return Text(
        ", ".join(map(repr, shown)) + (f" and {more:,} more" if more > 0 else ""),
        "、".join(f"“{name}”" for name in shown) + (f"等 {len(names):,} 列" if more > 0 else ""),
    )


def percent(share: float) -> str:
    """A share as people read it, in any language; what is not nothing never looks like nothing."""
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share * 100:.1f}%".replace(".0%", "%")


def show(value: object) -> str:
    """A value of a table in an English sentence: text in quotes, anything else as it is written."""
    return repr(value) if isinstance(value, str) else str(value)


def plural(count: int, noun: str) -> str:
    """``1 row``, ``1,567 rows``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def table_row(cells: Iterable[str]) -> str:
    """A row of a table in Markdown, whatever the cells hold."""
    shown = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(shown)} |"
