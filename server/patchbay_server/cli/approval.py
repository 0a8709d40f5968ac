"""`patchbay approve` and `reject`: what a run asks a person."""

from __future__ import annotations

import click

from patchbay_server.cli.inspect import of_node, opened


@click.command()
@click.argument("run_id", type=int, metavar="RUN")
@click.argument("node")
@click.option("--note", default="", help="Why; people see it beside the step.")
def approve(run_id: int, node: str, note: str) -> None:
    """Let a run go on behind NODE, an approval (in an iteration: 'NODE[2]')."""
    _answer(run_id, node, approved=True, note=note)
    click.echo(f"{node} of run {run_id} is approved.")


@click.command()
@click.argument("run_id", type=int, metavar="RUN")
@click.argument("node")
@click.option("--note", required=True, help="Why; people see it beside the step.")
def reject(run_id: int, node: str, note: str) -> None:
    """Fail NODE, an approval that waits (in an iteration: 'NODE[2]')."""
    _answer(run_id, node, approved=False, note=note)
    click.echo(f"{node} of run {run_id} is rejected.")


def _answer(run_id: int, node: str, *, approved: bool, note: str) -> None:
    from patchbay_server.services import runs
    from patchbay_server.services.people.actor import COMMAND

    with opened() as platform:
        found = of_node(platform.engine.tasks(run_id), run_id, node)
        task = next((task for task in found if task.state == "waiting_approval"), found[0])
        runs.answer(platform, COMMAND, run_id, task.id, approved=approved, note=note)
