"""How high somebody may rank runs, and the tasks of their flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from patchbay_server.graph.plan import Plan
from patchbay_server.graph.planned import PlannedTask
from patchbay_server.services.errors import Forbidden
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.rights import Role

HIGHEST_PRIORITY: Mapping[Role, int] = {"admin": 1000, "on-duty": 1000, "engineer": 100, "scientist": 100}
"""Of a run and of its tasks, by the role of who starts it; 0 for other roles."""


def highest_priority(actor: Actor, project_id: int) -> int:
    """The highest priority that the actor gives runs in a project."""
    role = actor.role(project_id)
    return HIGHEST_PRIORITY.get(role, 0) if role else 0


def check_priority(actor: Actor, project_id: int, priority: int) -> int:
    """As `highest_priority`. Raises Forbidden: this one is higher."""
    highest = highest_priority(actor, project_id)
    if priority > highest:
        raise Forbidden(
            f"{actor.name!r} starts runs with a priority of {highest} at most.", highest=highest, reason="priority"
        )
    return highest


def bounded(planned: Plan, highest: int) -> Plan:
    """The plan with no task above this priority: a flow of one person is no way to the front for another."""
    return replace(planned, tasks=_all_bounded(planned.tasks, highest))


def _all_bounded(tasks: Sequence[PlannedTask], highest: int) -> tuple[PlannedTask, ...]:
    bounded = []
    for task in tasks:
        inner = task.expansion
        if inner is not None:
            inner = replace(inner, tasks=_all_bounded(inner.tasks, highest))
        bounded.append(replace(task, priority=min(task.priority, highest), expansion=inner))
    return tuple(bounded)
