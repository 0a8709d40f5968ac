"""States of one pool in a few words, and what became of them."""

from collections.abc import Iterable
from typing import Any

from patchbay_server.engine.admission import Decision, Plan, Pool, Quota, Running, Slots, State, Wait, Waiting, decide
from patchbay_server.pool_values import Policy


def slots(cpu: int, gpu: int = 0, memory: int = 0) -> Slots:
    return Slots(cpu, gpu, memory)


def waits(id: int, cpu: int, gpu: int = 0, *, project: int = 1, **more: Any) -> Waiting:
    return Waiting(id, project, slots(cpu, gpu), **more)


def runs(id: int, cpu: int, gpu: int = 0, *, project: int = 1, **more: Any) -> Running:
    return Running(id, project, slots(cpu, gpu), **more)


def plan(
    capacity: Slots,
    waiting: Iterable[Waiting],
    running: Iterable[Running] = (),
    *,
    policy: Policy = "elastic",
    isolated: Slots | None = None,
    quotas: dict[int, Quota] | None = None,
    **more: Any,
) -> Plan:
    """The plan for a pool `train`."""
    pool = Pool(policy, capacity, isolated or slots(0))
    return decide(State({"train": pool}, list(running), list(waiting), quotas or {}, **more))


def admitted(plan: Plan) -> list[int]:
    return [decision.id for decision in plan.decisions if decision.admitted]


def order(plan: Plan) -> list[int]:
    return [decision.id for decision in plan.decisions]


def decision_of(plan: Plan, id: int) -> Decision:
    return next(decision for decision in plan.decisions if decision.id == id)


def wait_of(plan: Plan, id: int) -> Wait:
    wait = decision_of(plan, id).wait
    assert wait is not None
    return wait


def asked(plan: Plan) -> list[int]:
    return [item.id for item in plan.give_back]
