"""What came of a run: scores, what failed and why, where everything is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from patchbay_server.cli.output import duration, print_table

if TYPE_CHECKING:
    from patchbay_server.engine.views import RunView, TaskView
    from patchbay_server.services.scores import Scores

COLORS = {"done": "green", "failed": "red", "cancelled": "yellow"}


def print_result(
    run: RunView, tasks: Sequence[TaskView], scores: Sequence[Scores], where: Mapping[str, str | None]
) -> None:
    """Print the result of a run that has ended."""
    for measured in scores:
        name = f"{measured.path}[{measured.index}]" if measured.index else measured.path
        click.secho(f"\nScores of {name}" + ("" if measured.port == "metrics" else f", {measured.port}"), bold=True)
        print_table(("METRIC", "VALUE"), [(n, "undefined" if v is None else v) for n, v in measured.values.items()])
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
