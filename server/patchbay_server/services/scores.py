"""The numbers that a run measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.errors import ArtifactError
from patchbay_sdk.values import Metrics
from patchbay_server.engine.views import TaskView
from patchbay_server.services.platform import Platform


@dataclass(frozen=True, slots=True)
class Scores:
    """The metrics of one output port, also of one that was reused from an earlier run.

    `values`: None where a metric is undefined. `tables`: name -> rows.
    """

    path: str
    index: str
    port: str
    values: Mapping[str, float | int | None]
    tables: Mapping[str, Sequence[Mapping[str, Any]]]


def scores(platform: Platform, tasks: Iterable[TaskView]) -> list[Scores]:
    """The scores of these tasks, in their order; an artifact that is not in the store any more is left out."""
    store = ArtifactStore(platform.settings.artifacts)
    found = []
    for task in tasks:
        for port, artifact_id in task.outputs.items():
            try:
                if store.manifest(artifact_id).type != "metrics":
                    continue
                metrics: Metrics = store.load(artifact_id)
            except ArtifactError:
                continue
            found.append(Scores(task.path, task.index, port, metrics.values, metrics.tables))
    return found
