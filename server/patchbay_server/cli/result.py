"""What came of a run: scores, what failed and why, where everything is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    for measured in scores:
        name = f"{measured.path}[{measured.index}]" if measured.index else measured.path
        click.secho(f"\nScores of {name}" + ("" if measured.port == "metrics" else f", {measured.port}"), bold=True)
        print_table(("METRIC", "VALUE"), [(n, "undefined" if v is None else v) for n, v in measured.values.items()])
        for title, rows in measured.tables.items():
            if 0 < len(rows) <= LARGEST_TABLE:
                click.echo(f"\n{title}")
                _print_rows(rows)
    for task in tasks:
        if task.state == "failed":
            message = (task.error or {}).get("message", "it gave no reason")
            click.secho(f"\nNode {task.path!r} ({task.operator}) failed: {message}", fg="red")
            click.echo(f"Its log: patchbay logs {run.id} {task.path}")
    took = f" in {duration(run.ended_at - run.created_at)}" if run.ended_at else ""
    click.secho(f"\nRun {run.id} of flow {run.flow!r}: {run.state}{took}", fg=COLORS.get(run.state), bold=True)
    for name, place in where.items():
        if place is not None:
            click.echo(f"  {name.replace('_', ' ').ljust(12)} {place}")


def _print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """A table of a metrics artifact; what names a row comes before its numbers, empty columns are left out."""
    columns = [name for name in rows[0] if any(row.get(name) not in (None, "", False) for row in rows)]
    columns.sort(key=lambda name: not isinstance(rows[0][name], str))
    print_table([name.upper() for name in columns], [[_short(row.get(name)) for name in columns] for row in rows])


def _short(value: Any) -> Any:
    return shorten(value, 40, placeholder=" ...") if isinstance(value, str) else value
