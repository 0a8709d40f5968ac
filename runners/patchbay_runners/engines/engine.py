"""What the platform has to know about an engine beside its own task processes, and which engines there are."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

ENGINES: Mapping[str, str] = {
    "spark": "patchbay_runners.engines.spark:SparkEngine",
    "ray": "patchbay_runners.engines.ray:RayEngine",
    "deepspeed": "patchbay_runners.engines.ray:RayEngine",
}
"""Engine of a task -> ``module:Class`` of what it needs to be running. Training runs on Ray."""


@dataclass(frozen=True, slots=True)
class Size:
    """What an engine may use when this machine starts it."""

    cpus: int
    memory: int
    """Bytes, for an engine that takes its memory at the start."""
    pools: Mapping[str, float]
    """Pool -> CPUs that its tasks may have at once."""
    spark_master: str | None = None
    """A cluster that does the work of a Spark that this machine starts; None: this machine does."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Launch:
    """A command that runs an engine until SIGTERM, and what its environment needs beside the harmless variables."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Room:
    """Where an engine that this machine starts keeps its files. The folders are empty before, and removed after it."""

    work: Path
    """A folder with a short path, since those of sockets may have 107 bytes only. For its user's eyes only."""
    scratch: Path
    """Below the platform's data folder: for what may become large."""
    log: Path
    """What it prints, since it was started."""


class HeavyEngine(Protocol):
    """One kind of engine."""

    name: str

    def launch(self, room: Room, size: Size) -> Launch:
        """How to start it; writes what it needs into the room."""
        ...

    def address(self, room: Room) -> str | None:
        """Where the one started in this room is reached; None until it is ready."""
        ...

    def driver_environment(self, address: str, work: Path | None) -> Mapping[str, str]:
        """Variables with which a driver finds it. `work` None: it was not started here, its address was given."""
        ...

    def external_id(self, token: str) -> str:
        """What the engine knows an attempt by; it follows from the attempt's token alone."""
        ...

    def connected(self, token: str) -> AbstractContextManager[Any]:
        """In a driver: connect for one attempt; gives the session, if the engine has one."""
        ...

    def end(self, external_id: str) -> None:
        """End what an attempt whose driver is gone may have left running. In the environment of a driver.

        Nothing happens where nothing is left, or the engine ends it by itself.
        """
        ...


def engine_named(name: str) -> HeavyEngine:
    """The engine of that name. Raises KeyError."""
    module, _, type = ENGINES[name].partition(":")
    engine: HeavyEngine = getattr(importlib.import_module(module), type)()
    return engine
