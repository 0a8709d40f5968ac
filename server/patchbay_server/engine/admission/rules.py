"""The rules that tasks of one lane compete by. A policy is a choice of rules; the simulator brings others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from patchbay_server.engine.admission.state import Task

Key = tuple[float, ...]

POINT = 6 * 3600.0
"""Seconds of waiting that weigh as much as one point of priority, so that nobody waits for ever. From then on a task's
turn is not put off any more by what has passed it in its own project's line."""


def by_priority(task: Task) -> Key:
    """The higher priority first, then who waits longer; see POINT. (Time passes for all alike: the order stays.)"""
    return (task.enqueued / POINT - task.priority, task.id)


def aged(task: Task, now: float) -> int:
    """The priority of a task, with what it has gained by waiting."""
    return task.priority + int(max(0.0, now - task.enqueued) / POINT)


@dataclass(frozen=True, slots=True)
class Rules:
    """How waiting tasks are ranked, and what those may do that do not come first."""

    order: Callable[[Task], Key] = by_priority
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
