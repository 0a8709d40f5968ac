"""What came of a run: scores, what failed and why, where everything is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import quote
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import click

from patchbay_server.cli.output import duration, print_table

if TYPE_CHECKING:
    from patchbay_server.engine.views import RunView, TaskView
    from patchbay_server.services.scores import Scores

LARGEST_TABLE = 12
"""Rows of the longest table that is printed; longer ones are for charts."""
COLORS = {"done": "green", "failed": "red", "cancelled": "yellow"}


def print_result(
    run: RunView, tasks: Sequence[TaskView], scores: Sequence[Scores], where: Mapping[str, str | None]
) -> None:
    """Print the result of a run that has ended."""
    for iterations in _by_node(scores):
        if len(iterations) > 1:
            _print_iterations(iterations)
            continue
        (measured,) = iterations
        _print_title(measured, f"{measured.path}[{measured.index}]" if measured.index else measured.path)
        print_table(("METRIC", "VALUE"), [(n, "undefined" if v is None else v) for n, v in measured.values.items()])
        for title, rows in measured.tables.items():
            if 0 < len(rows) <= LARGEST_TABLE:
                click.echo(f"\n{title}")
                _print_rows(rows)
    for task in tasks:
        if task.state == "failed":
            message = (task.error or {}).get("message", "it gave no reason")
            step = f"{task.path}[{task.index}]" if task.index else task.path
            click.secho(f"\nNode {step!r} ({task.operator}) failed: {message}", fg="red")
            click.echo(f"Its log: patchbay logs {run.id} {quote(step)}")
    took = f" in {duration(run.ended_at - run.created_at)}" if run.ended_at else ""
    click.secho(f"\nRun {run.id} of flow {run.flow!r}: {run.state}{took}", fg=COLORS.get(run.state), bold=True)
    for name, place in where.items():
        if place is not None:
            click.echo(f"  {name.replace('_', ' ').ljust(12)} {place}")


def _by_node(scores: Sequence[Scores]) -> list[list[Scores]]:
    """The scores of one node together: in a map or loop there are several."""
    found: dict[tuple[str, str], list[Scores]] = {}
    for measured in scores:
        found.setdefault((measured.path, measured.port), []).append(measured)
    return list(found.values())


def _print_iterations(scores: Sequence[Scores]) -> None:
    """A row for each iteration."""
    _print_title(scores[0], scores[0].path)
    metrics = list(dict.fromkeys(name for measured in scores for name in measured.values))
    rows = [[measured.index, *(measured.values.get(name, "") for name in metrics)] for measured in scores]
    shown = [["undefined" if value is None else value for value in row] for row in rows]
    print_table(["ITERATION", *(name.upper() for name in metrics)], shown)


def _print_title(measured: Scores, name: str) -> None:
    port = "" if measured.port == "metrics" else f", {measured.port}"
    click.secho(f"\nScores of {name}{port}", bold=True)


def _print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """A table of a metrics artifact; what names a row comes before its numbers, empty columns are left out."""
    columns = [name for name in rows[0] if any(row.get(name) not in (None, "", False) for row in rows)]
    columns.sort(key=lambda name: not isinstance(rows[0][name], str))
    print_table([name.upper() for name in columns], [[_short(row.get(name)) for name in columns] for row in rows])


def _short(value: Any) -> Any:
    return shorten(value, 40, placeholder=" ...") if isinstance(value, str) else value
