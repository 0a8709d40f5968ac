"""The folder from which workers start: what to train, on which rows, how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patchbay_training.config import TrainingConfig


@dataclass(frozen=True)
class Job:
    """One training. Workers on other machines must see `folder` and `checkpoints` under the same paths.

    `network`: ``module:Class`` and its `options`. `task`: see `network.loss_per_row`. `class_weights`: what a row of
    each class counts, empty: all alike.
    """

    folder: Path
    checkpoints: Path
    network: str
    options: Mapping[str, Any]
    task: str
    config: TrainingConfig
    class_weights: tuple[float, ...] = field(default=())

    @property
    def reports(self) -> Path:
        """Where rank 0 writes what happens, a JSON line each; it lies with the checkpoints, which outlive attempts."""
        return self.checkpoints / "reports.jsonl"

    @property
    def stop(self) -> Path:
        """Whoever makes this file has the workers write a checkpoint and end."""
        return self.folder / "stop"

    def write(self) -> None:
        """Write ``job.json``."""
        document = {
            "checkpoints": str(self.checkpoints),
            "network": self.network,
            "options": dict(self.options),
            "task": self.task,
            "config": self.config.to_json(),
            "class_weights": list(self.class_weights),
        }
        (self.folder / "job.json").write_text(json.dumps(document, sort_keys=True, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Job:
        """The job of a folder."""
        raw = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        return cls(
            folder=folder,
            checkpoints=Path(raw["checkpoints"]),
            network=raw["network"],
            options=raw["options"],
            task=raw["task"],
            config=TrainingConfig.from_json(raw["config"]),
            class_weights=tuple(raw["class_weights"]),
        )
