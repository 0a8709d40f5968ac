"""The numbers that a run measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.errors import ArtifactError
from patchbay_server.engine.views import TaskView
from patchbay_server.services.platform import Platform


@dataclass(frozen=True, slots=True)
class Scores:
    """The metrics of one output port, also of one that was reused from an earlier run. None: undefined."""

    path: str
    index: str
    port: str
    values: dict[str, float | int | None]


def scores(platform: Platform, tasks: Iterable[TaskView]) -> list[Scores]:
    """The scores of these tasks, in their order; an artifact that is not in the store any more is left out."""
    store = ArtifactStore(platform.settings.artifacts)
    found = []
    for task in tasks:
        for port, artifact_id in task.outputs.items():
            try:
                manifest = store.manifest(artifact_id)
            except ArtifactError:
                continue
            if manifest.type == "metrics":
                found.append(Scores(task.path, task.index, port, dict(manifest.meta["values"])))
    return found
