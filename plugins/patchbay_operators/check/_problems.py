"""What a check found, and how it is told: a table, a report in Markdown, a warning or a failure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

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
    message: str
    level: Literal["warning", "error"] = "warning"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check: its result in a sentence, its figures, what was wrong; `rows` are details for `Metrics`."""

    check: str
    title: str
    result: str
    problems: Sequence[Problem] = ()
    metrics: Mapping[str, float | int | None] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()


def problems_of(outcomes: Iterable[Outcome]) -> list[Problem]:
    """The problems of all checks, in order."""
    return [problem for outcome in outcomes for problem in outcome.problems]


def problems_table(outcomes: Iterable[Outcome]) -> Table:
    """One row per problem: check, column, value, limit, message, level."""
    import polars as pl

    text, number = pl.String, pl.Float64
    schema = {"check": text, "column": text, "value": number, "limit": number, "message": text, "level": text}
    return Table(pl.DataFrame([asdict(problem) for problem in problems_of(outcomes)], schema=schema))


def metrics_of(outcomes: Sequence[Outcome]) -> Metrics:
    """The figures of all checks, and the number of problems."""
    values: dict[str, float | int | None] = {"problems": len(problems_of(outcomes))}
    for outcome in outcomes:
        values |= outcome.metrics
    return Metrics(values, {outcome.check: list(outcome.rows) for outcome in outcomes if outcome.rows})


def report_of(heading: str, about: str, outcomes: Sequence[Outcome]) -> str:
    """The checks as Markdown: a table of results, then the problems of each check."""
    count = len(problems_of(outcomes))
    verdict = "No problem found." if count == 0 else f"{plural(count, 'problem')} found."
    lines = [f"# {heading}", "", f"{about} **{verdict}**", "", "| check | result | problems |", "| --- | --- | ---: |"]
    lines += [f"| {o.title} | {_cell(o.result)} | {len(o.problems)} |" for o in outcomes]
    for outcome in outcomes:
        if outcome.problems:
            lines += ["", f"## {outcome.title}", "", *(f"- {line}" for line in _shown(outcome.problems))]
    return "\n".join(lines) + "\n"


def conclude(context: Context, outcomes: Sequence[Outcome], on_problem: str) -> None:
    """Log every kind of problem as a warning, or fail.

    Raises:
        CheckFailed: there are problems and `on_problem` is "fail"; ``details["problems"]`` lists them as objects.
    """
    problems = problems_of(outcomes)
    if not problems:
        return
    groups = [f"{outcome.title}: {' '.join(_shown(outcome.problems))}" for outcome in outcomes if outcome.problems]
    if on_problem == "fail":
        raise CheckFailed(
            f"The data has {plural(len(problems), 'problem')}. {' '.join(groups)} "
            "Repair the data before this step, change the limits, or let the check only warn.",
            problems=[asdict(problem) for problem in problems],
        )
    for group in groups:
        context.warn(group)


def _shown(problems: Sequence[Problem]) -> list[str]:
    """The first messages; the rest by column name and number."""
    shown = [problem.message for problem in problems[:SHOWN]]
    if rest := problems[SHOWN:]:
        shown.append(f"The same holds for {name_some([str(problem.column) for problem in rest])}.")
    return shown


def name_some(names: Sequence[str]) -> str:
    """Names for a sentence: all of a few, the first of many and how many more."""
    quoted = [repr(name) for name in names[:SHOWN]]
    return ", ".join(quoted) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")


def percent(share: float) -> str:
    """A share as people read it; what is not nothing never looks like nothing."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    return f"{share * 100:.1f} %".replace(".0 %", " %")


def show(value: object) -> str:
    """A value of a table in a sentence: text in quotes, anything else as it is written."""
    return repr(value) if isinstance(value, str) else str(value)


def plural(count: int, noun: str) -> str:
    """``1 row``, ``1,567 rows``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
