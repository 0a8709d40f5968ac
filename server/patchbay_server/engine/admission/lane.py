"""One lane: a pool, or a part of a mixed one, in which all tasks compete by the same rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patchbay_server.engine.admission.rules import Rules
from patchbay_server.engine.admission.slots import Slots
from patchbay_server.engine.admission.state import Running, Waiting


@dataclass(frozen=True, slots=True)
class Lane:
    """`waiting`: project -> its tasks in the order of `rules.order`. Times in seconds."""

    rules: Rules
    capacity: Slots
    running: Sequence[Running]
    waiting: Mapping[int, Sequence[Waiting]]
    now: float = 0.0
    min_run: float = 0.0
