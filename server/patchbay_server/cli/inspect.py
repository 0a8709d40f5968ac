"""`patchbay flows`, `runs`, `logs`, `cancel`: what there is and what happened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patchbay_server import config
from patchbay_server.cli.options import AS_JSON, PROJECT
from patchbay_server.cli.output import duration, print_json, print_table
from patchbay_server.cli.platform import reachable
from patchbay_server.config import Settings
from patchbay_server.errors import ServerError

if TYPE_CHECKING:
    from patchbay_server.engine.views import AttemptView, RunView, TaskView
    from patchbay_server.services.platform import Platform


class NothingYet(ServerError):
    """There is no database in the data folder."""

    code = "nothing_yet"


class UnknownNode(ServerError):
    """A run has no such node; the message names those it has."""

    code = "unknown_node"


@click.command()
@PROJECT
@AS_JSON
def flows(project_name: str, as_json: bool) -> None:
    """List the saved flows of a project."""
    found, cursor = [], None
    with opened() as platform:
        project_id = project_of(platform, project_name)
        while True:
            page = platform.engine.flows(project_id, cursor=cursor, limit=200)
            found += page.items
            if (cursor := page.next) is None:
                break
    if as_json:
        print_json([asdict(summary) for summary in found])
        return
    print_table(
        ("FLOW", "REVISION", "NODES", "SAVED", "BY"),
        [(r.name, r.number, r.nodes, _when(r.created_at), r.created_by) for r in found],
        empty="No flow is saved. `patchbay run FLOW.json` saves one.",
    )


@click.command()
@click.option("--flow", help="Only runs of this flow.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@PROJECT
@AS_JSON
def runs(flow: str | None, limit: int, project_name: str, as_json: bool) -> None:
    """List the latest runs of a project."""
    from patchbay_server.engine.views import RunFilter

    with opened() as platform:
        found = platform.engine.runs(project_of(platform, project_name), RunFilter(flow=flow), limit=limit).items
    if as_json:
        print_json([asdict(run) for run in found])
        return
    print_table(
        ("RUN", "FLOW", "STATE", "STEPS", "STARTED", "TOOK", "BY"),
        [
            (r.id, r.flow, r.state, _steps(r), _when(r.created_at), _took(r.created_at, r.ended_at), r.created_by)
            for r in found
        ],
        empty="There are no runs.",
    )


@click.command()
@click.argument("run_id", type=int, metavar="RUN")
@click.argument("node", required=False)
@AS_JSON
def logs(run_id: int, node: str | None, as_json: bool) -> None:
    """Show what a run's tasks logged, attempt by attempt; of one NODE or of all."""
    with opened() as platform:
        tasks = platform.engine.tasks(run_id)
        if node is not None:
            tasks = of_node(tasks, run_id, node)
        attempts = [(task, platform.engine.attempts(task.id)) for task in tasks]
    if as_json:
        print_json([asdict(t) | {"attempts": [asdict(a) | {"log": _log(a)} for a in found]} for t, found in attempts])
        return
    for task, found in attempts:
        if not found:
            click.secho(f"{_name(task)}  {'unchanged, reused' if task.cached else task.state}", bold=True)
        for attempt in found:
            took = _took(attempt.started_at, attempt.ended_at)
            click.secho(f"{_name(task)}  attempt {attempt.number}  {attempt.state}  {took}".rstrip(), bold=True)
            click.echo(_log(attempt).rstrip() or "(it logged nothing)")


@click.command()
@click.argument("run_id", type=int, metavar="RUN")
def cancel(run_id: int) -> None:
    """Cancel a run; one that has ended stays as it is."""
    from patchbay_server.services import runs
    from patchbay_server.services.people.actor import COMMAND

    with opened() as platform:
        run = runs.cancel(platform, COMMAND, run_id)
    ended = run.ended_at is not None
    click.echo(f"Run {run_id} is {run.state}." if ended else f"Run {run_id} ends as soon as its running steps have.")


@contextmanager
def opened() -> Iterator[Platform]:
    """The platform of this data folder. Raises NothingYet."""
    from patchbay_server.services.platform import Platform

    settings = reachable(config.load())
    require_database(settings)
    with Platform.open(settings) as platform:
        yield platform


def project_of(platform: Platform, name: str) -> int:
    """The id of a project. Raises NotFound."""
    from patchbay_server.services.people import projects
    from patchbay_server.services.people.actor import COMMAND

    return projects.find(platform, COMMAND, name).id


def require_database(settings: Settings) -> None:
    """Raises NothingYet when the data folder has no database."""
    kind, _, file = settings.database_url.partition(":///")
    if kind == "sqlite" and not Path(file).exists():
        raise NothingYet(
            f"Nothing has run yet in the data folder {settings.data_dir}. Start with `patchbay demo`, "
            "or set PATCHBAY_HOME to the folder that you mean."
        )


def of_node(tasks: list[TaskView], run_id: int, node: str) -> list[TaskView]:
    """The tasks of a node, or the one of an iteration, ``NODE[2]``. Raises UnknownNode."""
    found = [task for task in tasks if node in (task.path, _name(task))]
    if not found:
        names = ", ".join(dict.fromkeys(task.path for task in tasks))
        raise UnknownNode(f"Run {run_id} has no node {node!r}; it has: {names}.")
    return found


def _log(attempt: AttemptView) -> str:
    if attempt.log_path is None:
        return ""
    try:
        return Path(attempt.log_path).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _name(task: TaskView) -> str:
    return f"{task.path}[{task.index}]" if task.index else task.path


def _steps(run: RunView) -> str:
    kind, nodes = run.mode["kind"], run.mode["nodes"]
    return "all" if kind == "all" else f"{kind} {', '.join(nodes)}"


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _took(start: float, end: float | None) -> str:
    return duration(end - start) if end is not None else ""
