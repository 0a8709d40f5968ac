"""Traces: what was asked of a cluster, and when. One CSV file, one line for each task."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from patchbay_server.engine.admission import Slots
from patchbay_server.errors import ServerError

GIB = 1 << 30
COLUMNS = (
    "task", "project", "priority", "arrival", "duration", "estimate", "members", "cpu", "gpu", "memory", "checkpoints",
)  # fmt: skip
REQUIRED = ("arrival", "duration")
DEFAULTS = {"project": "default", "priority": "0", "members": "1", "cpu": "1", "gpu": "0", "memory": "0"}


class TraceError(ServerError):
    """A trace cannot be read; the message names file, line and column."""

    code = "trace_invalid"


@dataclass(frozen=True, slots=True)
class Job:
    """One task of a trace; a gang is one task, whose `members` start together. Times in seconds.

    `demand`: of all members together. `estimate`: how long somebody said it would take; None: nobody did.
    `checkpoints`: whether it can stop and go on later.
    """

    name: str
    project: str
    priority: int
    arrival: float
    duration: float
    estimate: float | None
    members: int
    demand: Slots
    checkpoints: bool


def read(path: Path) -> list[Job]:
    """The tasks of a trace, by their arrival.

    Raises:
        TraceError: a column is missing, or a value is none.
        OSError: the file cannot be read.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
        if missing:
            raise TraceError(f"{path}: column {missing[0]!r} is missing; a trace has {', '.join(COLUMNS)}.")
        try:
            jobs = [_job(row, path, reader.line_num) for row in reader]
        except (csv.Error, UnicodeDecodeError) as error:
            raise TraceError(f"{path}, line {reader.line_num}: {error}") from None
    if not jobs:
        raise TraceError(f"{path}: there are no tasks in it.")
    return sorted(jobs, key=lambda job: job.arrival)


def write(path: Path, jobs: Iterable[Job]) -> None:
    """Write a trace. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for job in jobs:
            writer.writerow(_row(job))


def _row(job: Job) -> Sequence[str]:
    cpu, gpu, memory = job.demand
    return (
        job.name,
        job.project,
        str(job.priority),
        f"{job.arrival:g}" if job.arrival < 1e5 else f"{job.arrival:.0f}",
        f"{job.duration:.0f}",
        "" if job.estimate is None else f"{job.estimate:.0f}",
        str(job.members),
        f"{cpu / job.members / 1000:g}",
        f"{gpu / job.members / 1000:g}",
        f"{memory / job.members / GIB:g}",
        str(int(job.checkpoints)),
    )


def _job(row: Mapping[str, str | None], path: Path, line: int) -> Job:
    def text(name: str) -> str:
        return (row.get(name) or "").strip() or DEFAULTS.get(name, "")

    def number(name: str, accept: Callable[[float], bool] = lambda value: value >= 0) -> float:
        try:
            value = float(text(name))
            if isfinite(value) and accept(value):
                return value
        except ValueError:
            pass
        raise TraceError(f"{path}, line {line}: {name}={text(name)!r} is no number that can be used there.")

    members = round(number("members", lambda value: value >= 1 and value == int(value)))
    each = Slots(round(number("cpu") * 1000), round(number("gpu") * 1000), round(number("memory") * GIB))
    return Job(
        name=text("task") or str(line - 1),
        project=text("project"),
        priority=round(number("priority", lambda value: value == int(value))),
        arrival=number("arrival", lambda value: True),
        duration=number("duration"),
        estimate=number("estimate") if text("estimate") else None,
        members=members,
        demand=each.times(members),
        checkpoints=text("checkpoints").lower() in ("1", "true", "yes"),
    )
