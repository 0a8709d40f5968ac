"""Follows a run to its end and says what came of it."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from patchbay_server.cli.display import Bars, Display, Lines
from patchbay_server.cli.output import print_json
from patchbay_server.cli.result import print_result

if TYPE_CHECKING:
    from patchbay_server.cli.borrowed import BorrowedPlatform
    from patchbay_server.services.platform import Platform

POLL = 0.1
"""Seconds between two looks at a run's events."""
CHECK_PLATFORM = 2.0
"""Seconds between two looks whether the platform is still there."""
EXIT_CODES = {"done": 0, "failed": 1, "cancelled": 130}


def follow(platform: Platform, run_id: int, borrowed: BorrowedPlatform, *, as_json: bool) -> int:
    """Show a run until it has ended, print its result; the command's exit code.

    Ctrl-C cancels the run and waits for its end; a second one does not wait.
    """
    from patchbay_server.services import runs
    from patchbay_server.services.people.actor import COMMAND
    from patchbay_server.services.scores import scores

    display = Display() if as_json else Bars() if _on_terminal() else Lines()
    display.begin(platform.engine.tasks(run_id))
    try:
        _show_events(platform, run_id, display, borrowed)
    except KeyboardInterrupt:
        display.close()
        click.echo("Cancelling the run.", err=True)
        runs.cancel(platform, COMMAND, run_id)
        _show_events(platform, run_id, Display(), borrowed)
    finally:
        display.close()
    run, tasks = platform.engine.run(run_id), platform.engine.tasks(run_id)
    measured, where = scores(platform, tasks), _where(platform, run_id, borrowed)
    if as_json:
        result = {"tasks": [asdict(task) for task in tasks], "scores": [asdict(item) for item in measured]}
        print_json(asdict(run) | result | {"where": where})
    else:
        print_result(run, tasks, measured, where)
    return EXIT_CODES[run.state]


def _show_events(platform: Platform, run_id: int, display: Display, borrowed: BorrowedPlatform) -> None:
    seen, check_at = 0, time.monotonic() + CHECK_PLATFORM
    while True:
        events = platform.engine.events(run_id, seen)
        tasks = platform.engine.tasks(run_id) if any(event.kind == "task" for event in events) else []
        if any(event.kind == "expanded" for event in events):
            display.grow(len(tasks or platform.engine.tasks(run_id)))
        by_place = {(task.path, task.index): task for task in tasks}
        for event in events:
            seen = event.seq
            if event.kind == "run" and event.data["state"] in EXIT_CODES:
                return
            if event.kind == "task" and event.data["state"] in (*EXIT_CODES, "skipped"):
                display.ended(by_place[event.data["path"], event.data["index"]])
            else:
                display.show(event.kind, event.data)
        if not events:
            time.sleep(POLL)
        if time.monotonic() > check_at:
            borrowed.ensure()
            check_at = time.monotonic() + CHECK_PLATFORM


def _where(platform: Platform, run_id: int, borrowed: BorrowedPlatform) -> dict[str, str | None]:
    settings = platform.settings
    return {
        "data_folder": str(settings.data_dir),
        "database": settings.database_url if platform.database.is_sqlite else None,  # others may hold a password
        "artifacts": settings.artifacts,
        "logs": f"patchbay logs {run_id}",
        "web": None if borrowed.ends_at_exit else borrowed.ensure().url,
    }


def _on_terminal() -> bool:
    from rich.console import Console

    return Console().is_terminal
