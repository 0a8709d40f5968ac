"""What a runner is, and which ones there are."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from patchbay_runners.protocol import TaskEvent, TaskRequest
from patchbay_sdk.errors import ParamError
from patchbay_sdk.registry import load_plugins, plugin_manager

Status = Literal["idle", "running"]

BUILT_IN: Mapping[str, str] = {
    "local": "patchbay_runners.local:LocalRunner",
    "spark": "patchbay_runners.driver:DriverRunner",
    "ray": "patchbay_runners.driver:DriverRunner",
    "deepspeed": "patchbay_runners.driver:DriverRunner",
}
"""Engine name -> ``module:Class``; plugins add theirs through the hook `register_runner`."""


class Runner(Protocol):
    """Executes one attempt at a time on an engine."""

    def submit(self, request: TaskRequest) -> str:
        """Start an attempt; returns its token. Raises RuntimeError while another one runs."""
        ...

    def external_id(self, request: TaskRequest) -> str | None:
        """What an engine outside of this machine's processes will know the attempt by; None: there is none."""
        ...

    def end_external(self, external_id: str) -> None:
        """End what an earlier attempt has left on the engine; returns when it does not run. Raises PatchbayError."""
        ...

    def status(self) -> Status:
        """Whether an attempt runs."""
        ...

    def wait(self, timeout: float | None) -> list[TaskEvent]:
        """Events since the last call, after at most `timeout` seconds (None: as long as it takes)."""
        ...

    def inputs(self, request: TaskRequest) -> None:
        """Make sure that the inputs can be read where the task will run. Raises ArtifactError for a missing one."""
        ...

    def outputs(self) -> dict[str, str]:
        """Output port -> artifact id of the attempt that finished last."""
        ...

    def stop(self) -> None:
        """Ask the attempt to end soon; it may write a checkpoint first, and its last event comes as usual."""
        ...

    def finish(self) -> None:
        """Ask the attempt for the best result so far; nothing, where its operator does not look for that."""
        ...

    def cancel(self) -> None:
        """End the attempt; returns when nothing of it runs any more. It gives no further events."""
        ...

    def logs(self, start: int = 0) -> str:
        """The attempt's log from byte `start` on."""
        ...

    def clean_up(self) -> None:
        """Remove the attempt's temporary files."""
        ...


def runner_class(engine: str) -> type[Runner]:
    """The runner of an engine. Raises ParamError naming the engines there are."""
    known: dict[str, str] = dict(BUILT_IN)
    if engine not in known:
        load_plugins()
        found: Sequence[Mapping[str, str]] = plugin_manager().hook.register_runner()
        for runners in found:
            known.update(runners)
    if engine not in known:
        raise ParamError(f"There is no engine {engine!r}; there are: {', '.join(sorted(known))}.", engine=engine)
    module, _, name = known[engine].partition(":")
    runner: type[Runner] = getattr(importlib.import_module(module), name)
    return runner
