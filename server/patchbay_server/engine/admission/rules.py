"""The rules that tasks of one lane compete by. A policy is a choice of rules; the simulator brings others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from patchbay_server.engine.admission.state import Waiting

Key = tuple[float, ...]


def by_priority(task: Waiting) -> Key:
    """The higher priority first, then who waits longer."""
    return (-task.priority, task.enqueued, task.id)


@dataclass(frozen=True, slots=True)
class Rules:
    """How waiting tasks are ranked, and what those may do that do not come first."""

    order: Callable[[Waiting], Key] = by_priority
    """Smaller comes first; two tasks are never equal."""
    fair: bool = False
    """Projects take turns by their dominant shares, and `order` holds within a project; else it holds for all."""
    backfill: bool = True
    """A task may pass one that has no room, if it does not delay it."""
    borrow: bool = False
    """A project may have more CPUs and GPUs than its quota while nobody of higher rank wants them."""
    give_back: bool = False
    """What is borrowed is asked back when somebody wants their own."""


ELASTIC = Rules(fair=True, borrow=True, give_back=True)
FIXED = Rules()
