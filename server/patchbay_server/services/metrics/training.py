"""Trainings that run: the newest point of each curve. How they ended is among the failed tasks of `engine`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from prometheus_client.core import Metric

from patchbay_server.engine import quotas
from patchbay_server.services.metrics import queries
from patchbay_server.services.metrics.families import gauge
from patchbay_server.services.metrics.moment import Moment

NEWEST = 1000
"""Events of a run among which a training's last report is looked for."""
CURVES = {
    "loss": ("loss", "Mean loss since the report before."),
    "validation_loss": ("validation_loss", "Loss on the validation rows."),
    "learning_rate": ("learning_rate", "Learning rate."),
    "rows_per_second": ("rows_per_second", "Rows trained on per second, by all workers together."),
    "memory": ("memory_bytes", "Most memory that the first worker has used."),
    "mfu": ("mfu_ratio", "Model FLOPs utilisation, 0 to 1."),
}
"""What a training reports (`patchbay_training.loop`) -> end of the metric's name, its meaning."""
LABELS = ("project", "run", "path", "index")


def collect(moment: Moment) -> Iterator[Metric]:
    """One series per training; none before its first report."""
    running = gauge("training_running", "1: a training runs.", *LABELS)
    curves = {name: gauge(f"training_{end}", meaning, *LABELS) for name, (end, meaning) in CURVES.items()}
    step = gauge("training_step", "Step of the last report.", *LABELS)
    age = gauge("training_report_age_seconds", "Since the last report.", *LABELS)
    trainings = moment.rows(queries.TRAININGS, training=quotas.TRAINING, family="train.%")
    for project_id, run_id, path, index, attempt, newest in trainings:
        labels = [moment.projects[project_id], str(run_id), path, index]
        running.add_metric(labels, 1)
        reports = list(_reports(moment, run_id, newest, (path, index, attempt)))
        for name, curve in curves.items():
            value = next((data["value"] for data, _ in reports if data["name"] == name), None)
            if value is not None:
                curve.add_metric(labels, value)
        if reports:
            data, at = reports[0]
            step.add_metric(labels, data["step"] or 0)
            age.add_metric(labels, max(0.0, moment.now - at))
    yield from (running, *curves.values(), step, age)


def _reports(
    moment: Moment, run_id: int, newest: int, task: tuple[str, str, int]
) -> Iterator[tuple[dict[str, Any], float]]:
    """Reports of one attempt, the newest first, each with its time."""
    for text, at in moment.rows(queries.REPORTED, run_id=run_id, after=newest - NEWEST):
        data = json.loads(text)
        if (data["path"], data["index"], data["attempt"]) == task:
            yield data, at
