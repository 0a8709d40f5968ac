"""Shows a run as it goes: bars on a terminal, a line per event in a pipe, nothing for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from patchbay_server.cli.output import duration
from patchbay_server.engine.views import TaskView

UNNEEDED = ("not_needed", "nothing_delivered")
"""Why a step is skipped that nobody misses: it counts, and no line tells of it."""
SYMBOLS = {"done": "ok", "failed": "FAILED", "cancelled": "cancelled", "skipped": "skipped"}


class Display:
    """What follows a run. This one shows nothing: the result is printed as JSON."""

    def begin(self, tasks: list[TaskView]) -> None:
        """The tasks of the run, before anything is shown."""

    def grow(self, total: int) -> None:
        """The run has so many tasks now: a map has found its items."""

    def show(self, kind: str, data: dict[str, Any]) -> None:
        """One event of the run; kinds and data as in `engine.events`."""

    def ended(self, task: TaskView) -> None:
        """A task is in a final state."""

    def close(self) -> None:
        """Nothing more comes."""


class Lines(Display):
    """A plain line when a step warns and when it ends."""

    def __init__(self, echo: Callable[[str], object] = click.echo) -> None:
        self._echo = echo

    def begin(self, tasks: list[TaskView]) -> None:
        self._width = max((len(_name(task.path, task.index)) for task in tasks), default=0)
        self._total, self._count = len(tasks), 0
        self._margin = 2 * len(str(self._total)) + 3

    def grow(self, total: int) -> None:
        self._total = total
        self._margin = max(self._margin, 2 * len(str(total)) + 3)

    def show(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "log" and data["level"] in ("warning", "error"):
            self._echo(f"{' ' * self._margin}  {self._label(data)}  {data['level']}: {data['message']}")
        elif kind == "task" and data["state"] == "waiting_approval":
            self._echo(f"{' ' * self._margin}  {self._label(data)}  waits for a person: patchbay approve, or reject")

    def ended(self, task: TaskView) -> None:
        self._count += 1
        if task.state == "skipped" and (task.error or {}).get("code") in UNNEEDED:
            return
        position = f"[{self._count}/{self._total}]".rjust(self._margin)
        name = _name(task.path, task.index).ljust(self._width)
        self._echo(f"{position}  {name}  {_outcome(task)}")

    def _label(self, data: dict[str, Any]) -> str:
        return _name(data["path"], data["index"]).ljust(self._width)


class Bars(Display):
    """One bar for the run, one for each step that runs now; above them a line for each step that has ended."""

    def begin(self, tasks: list[TaskView]) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), transient=True
        )
        console = self._progress.console
        self._lines = Lines(lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True))
        self._lines.begin(tasks)
        self._all = self._progress.add_task("run", total=len(tasks))
        self._running: dict[str, TaskID] = {}
        self._progress.start()

    def grow(self, total: int) -> None:
        self._lines.grow(total)
        self._progress.update(self._all, total=total)

    def show(self, kind: str, data: dict[str, Any]) -> None:
        if "path" not in data:
            return
        name = _name(data["path"], data["index"])
        if kind == "task" and data["state"] == "running" and name not in self._running:
            self._running[name] = self._progress.add_task(f"  {name}", total=None)
        elif kind == "progress" and name in self._running:
            message = f"  {name}  {data.get('message') or ''}".rstrip()
            self._progress.update(
                self._running[name], total=100, completed=round(100 * data["fraction"]), description=message
            )
        else:
            self._lines.show(kind, data)

    def ended(self, task: TaskView) -> None:
        shown = self._running.pop(_name(task.path, task.index), None)
        if shown is not None:
            self._progress.remove_task(shown)
        self._progress.advance(self._all)
        self._lines.ended(task)

    def close(self) -> None:
        self._progress.stop()


def _name(path: str, index: str) -> str:
    return f"{path}[{index}]" if index else path


def _outcome(task: TaskView) -> str:
    if task.state != "done":
        reason = (task.error or {}).get("message", "")
        return f"{SYMBOLS.get(task.state, task.state)}  {reason}".rstrip()
    if task.cached:
        return "unchanged, reused"
    took = duration(task.ended_at - task.started_at) if task.ended_at and task.started_at else ""
    counts = sorted(task.rows.items(), key=lambda item: item[0] != "table")
    rows = ", ".join(f"{count:,} rows" if port == "table" else f"{port} {count:,}" for port, count in counts)
    why = "; ".join(reason["text"] for reason in task.reasons or () if reason["kind"] != "first_run")
    return "  ".join(part for part in (f"ok  {took}", rows, f"({why})" if why else "") if part)
