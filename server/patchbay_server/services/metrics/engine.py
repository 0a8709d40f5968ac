"""Tasks, runs and workers."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from prometheus_client.core import Metric

from patchbay_server.engine.pools import WORKER_SILENT
from patchbay_server.services.metrics import queries
from patchbay_server.services.metrics.families import counter, gauge
from patchbay_server.services.metrics.moment import Moment

RECENT = 3600.0
"""Seconds for which a failed task is counted."""


def collect(moment: Moment) -> Iterator[Metric]:
    """What the engine has to do and who does it."""
    yield from _tasks(moment)
    yield from _runs(moment)
    yield from _workers(moment)
    yield _attempts(moment)
    yield _failed(moment)


def _tasks(moment: Moment) -> Iterator[Metric]:
    tasks = gauge("tasks", "Tasks that wait for slots or a worker, or are being worked on.", "pool", "state")
    gpus = gauge("waiting_gpus", "GPUs that waiting tasks want.", "pool")
    ages = gauge("oldest_waiting_seconds", "Since the oldest waiting task was made, with its run.", "pool")
    wanted: Counter[str] = Counter()
    oldest: dict[str, float] = defaultdict(lambda: moment.now)
    for pool, state, number, gpu_milli, created_at in moment.rows(queries.WAITING):
        tasks.add_metric([pool, state], number)
        wanted[pool] += int(gpu_milli)
        oldest[pool] = min(oldest[pool], created_at)
    for pool, state, number in moment.rows(queries.HOLDING):
        tasks.add_metric([pool, state], number)
    for pool in moment.pools:
        gpus.add_metric([pool], wanted[pool] / 1000)
        ages.add_metric([pool], moment.now - oldest[pool])
    yield from (tasks, gpus, ages)


def _runs(moment: Moment) -> Iterator[Metric]:
    runs = gauge("runs", "Runs that have not ended.", "project", "state")
    tasks = gauge("open_tasks", "Tasks of such runs that have not ended, whatever they wait for.", "project", "state")
    numbers: Counter[tuple[str, str]] = Counter()
    opened: Counter[tuple[str, str]] = Counter()
    for project_id, state, open_tasks in moment.rows(queries.RUNS):
        labels = moment.projects[project_id], state
        numbers[labels] += 1
        opened[labels] += open_tasks
    for labels, number in numbers.items():
        runs.add_metric(labels, number)
        tasks.add_metric(labels, opened[labels])
    started = counter("runs_started", "Runs ever made: the highest number of a run.")
    started.add_metric([], moment.rows(queries.RUNS_STARTED)[0][0])
    yield from (runs, tasks, started)


def _workers(moment: Moment) -> Iterator[Metric]:
    alive = gauge("workers_alive", "Workers that have said so within the last minute.", "pool")
    busy = gauge("workers_busy", "Workers alive that run a task.", "pool")
    found = {pool: (number, working) for pool, number, working in moment.rows(queries.WORKERS, silent=WORKER_SILENT)}
    for pool in moment.pools:
        number, working = found.get(pool, (0, 0))
        alive.add_metric([pool], number)
        busy.add_metric([pool], int(working))
    yield from (alive, busy)


def _attempts(moment: Moment) -> Metric:
    ended = counter("attempts_ended", "Attempts of tasks, by how they ended.", "pool", "state")
    for pool, state, number in moment.rows(queries.ATTEMPTS):
        ended.add_metric([pool, state], int(number))
    return ended


def _failed(moment: Moment) -> Metric:
    failed = gauge("tasks_failed_last_hour", "Tasks that failed in the last hour.", "project", "engine", "code")
    numbers: Counter[tuple[str, str, str]] = Counter()
    for project_id, engine, error in moment.rows(queries.FAILED, age=RECENT):
        numbers[moment.projects[project_id], engine, (json.loads(error) if error else {}).get("code", "")] += 1
    for labels, number in numbers.items():
        failed.add_metric(labels, number)
    return failed
