"""`patchbay run`, `demo` and `resume`: start a run, follow it, say what came of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from patchbay_server import config
from patchbay_server.cli.borrowed import BorrowedPlatform
from patchbay_server.cli.follow import Bars, Display, Lines
from patchbay_server.cli.output import print_json
from patchbay_server.cli.result import print_result
from patchbay_server.config import Settings

DEMO = Path(__file__).parents[1] / "flows" / "yield.json"
POLL = 0.1
"""Seconds between two looks at a run's events."""
CHECK_PLATFORM = 2.0
"""Seconds between two looks whether the platform is still there."""

PARAM = click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="A value for a flow param.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document at the end, nothing else.")
NO_CACHE = click.option("--no-cache", is_flag=True, help="Run every step, whether or not it has changed.")


@click.command()
@click.argument("flow", type=click.Path(dir_okay=False, path_type=Path), metavar="FLOW.json")
@PARAM
@click.option("--to", multiple=True, metavar="NODE", help="Only this node and what it depends on.")
@click.option("--from", "from_", multiple=True, metavar="NODE", help="Only this node and what depends on it.")
@click.option("--only", multiple=True, metavar="NODE", help="Only this node, on earlier results.")
@NO_CACHE
@AS_JSON
def run(
    flow: Path,
    params: tuple[str, ...],
    to: tuple[str, ...],
    from_: tuple[str, ...],
    only: tuple[str, ...],
    no_cache: bool,
    as_json: bool,
) -> int:
    """Run a flow file and show its progress.

    Uses the platform that runs on the data folder, or starts one for the duration. Exits with 0 when the run is
    done, 1 when it failed, 2 when the flow or a param cannot be used, 130 when it was cancelled (Ctrl-C).
    """
    chosen = [(mode, nodes) for mode, nodes in (("to", to), ("from", from_), ("only", only)) if nodes]
    if len(chosen) > 1:
        raise click.UsageError("Give only one of --to, --from and --only.")
    mode, nodes = chosen[0] if chosen else ("all", ())
    return run_flow(flow, _params(params), mode=mode, nodes=nodes, bypass_cache=no_cache, as_json=as_json)


@click.command()
@PARAM
@NO_CACHE
@AS_JSON
def demo(params: tuple[str, ...], no_cache: bool, as_json: bool) -> int:
    """Run the sample yield flow on real data, print its scores, exit."""
    status = run_flow(DEMO, _params(params), bypass_cache=no_cache, as_json=as_json)
    if not as_json:
        click.echo(f"The flow is a file: {DEMO}\nOn your own table: patchbay run {DEMO} --param NAME=VALUE")
    return status


@click.command()
@click.argument("run_id", type=int, metavar="RUN")
@AS_JSON
def resume(run_id: int, as_json: bool) -> int:
    """Run again what failed or was cancelled in a run; what is done and unchanged is reused."""
    from patchbay_server.services import runs
    from patchbay_server.services.platform import Platform

    def submit(platform: Platform) -> int:
        return runs.resume(platform, run_id)

    return _run_and_follow(config.load(), submit, as_json)


def run_flow(
    file: Path,
    params: dict[str, str],
    *,
    mode: Any = "all",
    nodes: Sequence[str] = (),
    bypass_cache: bool = False,
    as_json: bool = False,
) -> int:
    """Run a flow file; the exit code of the command. Nothing is started before the flow has been checked.

    Raises:
        GraphError: the flow cannot run like this.
    """
    raw = read_json(file)
    settings = config.load()
    from patchbay_server.graph.reader import parse
    from patchbay_server.services import runs
    from patchbay_server.services.operators import Operators

    request = runs.RunRequest(
        params=params, mode=mode, nodes=nodes, bypass_cache=bypass_cache, data_roots=_data_roots(params)
    )
    with Operators.installed() as operators:
        prepared = runs.prepare(operators, parse(raw), request)
    for problem in prepared.warnings:
        click.secho(f"Warning: {problem.text()}", err=True, fg="yellow")
    return _run_and_follow(settings, lambda platform: runs.submit(platform, prepared, request), as_json)


def read_json(file: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises UsageError naming the file, and the line of what is no JSON."""
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is not UTF-8 text: {error.reason} at byte {error.start}.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise click.UsageError(f"{file} is not JSON: {place}: {error.msg}.") from error
    if not isinstance(raw, dict):
        raise click.UsageError(f"{file} is not a flow document: it must hold a JSON object.")
    return raw


def _params(given: Sequence[str]) -> dict[str, str]:
    params = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--param {text!r}: write NAME=VALUE.")
        params[name] = value
    return params


def _data_roots(params: dict[str, str]) -> list[str]:
    """The folder of the command, and those of files that params name."""
    files = [path for path in (Path(value).expanduser() for value in params.values()) if _is_file(path)]
    return list(dict.fromkeys([str(Path.cwd()), *(str(path.resolve().parent) for path in files)]))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a value that is no path at all, such as a long text
        return False


def _run_and_follow(settings: Settings, submit: Callable[[Any], int], as_json: bool) -> int:
    from patchbay_server.services.platform import Platform
    from patchbay_server.services.scores import scores

    with BorrowedPlatform(settings) as borrowed:
        found = borrowed.ensure()
        settings = replace(settings, redis_url=found.redis_url, database_url=found.database_url)
        with Platform.open(settings) as platform:
            run_id = submit(platform)
            display = Display() if as_json else Bars() if _on_terminal() else Lines()
            _follow(platform, run_id, display, borrowed)
            run, tasks = platform.engine.run(run_id), platform.engine.tasks(run_id)
            measured = scores(platform, tasks)
    where = _where(settings, run_id, None if borrowed.ended_at_exit else found.url)
    if as_json:
        tasks_json = [asdict(task) for task in tasks]
        scores_json = [asdict(item) for item in measured]
        print_json(asdict(run) | {"tasks": tasks_json, "scores": scores_json, "where": where})
    else:
        print_result(run, tasks, measured, where)
    return {"done": 0, "cancelled": 130}.get(run.state, 1)


def _on_terminal() -> bool:
    from rich.console import Console

    return Console().is_terminal


def _follow(platform: Any, run_id: int, display: Display, borrowed: BorrowedPlatform) -> None:
    """Show events until the run has ended. Ctrl-C cancels the run and waits for its end; a second one does not."""
    display.begin(platform.engine.tasks(run_id))
    try:
        try:
            _show_events(platform, run_id, display, borrowed)
        except KeyboardInterrupt:
            click.echo("Cancelling the run.", err=True)
            platform.engine.cancel(run_id)
            _show_events(platform, run_id, Display(), borrowed)
    finally:
        display.close()


def _show_events(platform: Any, run_id: int, display: Display, borrowed: BorrowedPlatform) -> None:
    from patchbay_server.services.runs import FINAL

    seen, check_at = 0, time.monotonic() + CHECK_PLATFORM
    while True:
        events = platform.engine.events(run_id, seen)
        ended = {
            (task.path, task.index): task
            for task in (platform.engine.tasks(run_id) if any(e.kind == "task" for e in events) else ())
        }
        for event in events:
            seen = event.seq
            if event.kind == "run" and event.data["state"] in FINAL:
                return
            if event.kind == "task" and event.data["state"] in (*FINAL, "skipped"):
                display.ended(ended[event.data["path"], event.data["index"]])
            else:
                display.show(event.kind, event.data)
        if not events:
            time.sleep(POLL)
        if time.monotonic() > check_at:
            borrowed.ensure()
            check_at = time.monotonic() + CHECK_PLATFORM


def _where(settings: Settings, run_id: int, url: str | None) -> dict[str, str | None]:
    database = settings.database_url
    return {
        "data_folder": str(settings.data_dir),
        "database": database if database.startswith("sqlite") else None,  # others may hold a password
        "artifacts": settings.artifacts,
        "logs": f"patchbay logs {run_id}",
        "web": url,
    }
