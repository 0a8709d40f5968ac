"""The scheduler: a pure function from state to decisions. The engine feeds it and keeps its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchbay_server.engine.admission.decision import Decision, GiveBack, Plan, Reservation
from patchbay_server.engine.admission.lane import Lane
from patchbay_server.engine.admission.quotas import Ledger
from patchbay_server.engine.admission.round import Round
from patchbay_server.engine.admission.rules import ELASTIC, FIXED, Rules
from patchbay_server.engine.admission.slots import Slots
from patchbay_server.engine.admission.state import Pool, State, Waiting

Place = tuple[str, bool]
"""A pool, and whether it is the part of it that is kept for load tests."""


def decide(state: State) -> Plan:
    """Look at every waiting task, in order of rank; the same state gives the same plan.

    What is admitted fits into what is free now, with all that was admitted before it. Nothing starts where a task
    would have to give back first: it is asked, and what is free then is decided by another look.

    Raises:
        KeyError: a task names a pool that is not in the state.
    """
    lanes = _lanes(state)
    ledger = Ledger(state.quotas, state.stored)
    for lane in lanes:
        ledger.add(lane.running, firm=not lane.rules.borrow)
    decisions: list[Decision] = []
    give_back: list[GiveBack] = []
    reservations: list[Reservation] = []
    for lane in lanes:
        round_ = Round(lane, ledger)
        decisions += round_
        give_back += round_.give_back
        reservations += [round_.reservation] if round_.reservation else []
    return Plan(tuple(decisions), tuple(give_back), tuple(reservations))


def part(pool: Pool, *, isolated: bool) -> tuple[Rules, Slots]:
    """The rules and the capacity of a pool, or of the part of a mixed one that is for load tests or for the rest."""
    if pool.policy == "mixed":
        return (FIXED, pool.isolated) if isolated else (ELASTIC, pool.capacity - pool.isolated)
    return (ELASTIC if pool.policy == "elastic" else FIXED), pool.capacity


def lines(rules: Rules, waiting: Sequence[Waiting]) -> Mapping[int, Sequence[Waiting]]:
    """Project -> its waiting tasks, in order."""
    found: dict[int, list[Waiting]] = {}
    for task in sorted(waiting, key=rules.order):
        found.setdefault(task.project, []).append(task)
    return found


def _lanes(state: State) -> list[Lane]:
    """Every pool, a mixed one as two lanes: neither part of it ever has what belongs to the other."""

    def place(pool: str, isolated: bool) -> Place:
        return pool, isolated and state.pools[pool].policy == "mixed"

    places: list[Place] = []
    for name in sorted(state.pools):
        places += [(name, False), (name, True)] if state.pools[name].policy == "mixed" else [(name, False)]
    running = {key: [task for task in state.running if place(task.pool, task.isolated) == key] for key in places}
    waiting = {key: [task for task in state.waiting if place(task.pool, task.isolated) == key] for key in places}
    made = []
    for name, isolated in places:
        rules, capacity = part(state.pools[name], isolated=isolated)
        key = (name, isolated)
        own = sorted(running[key], key=lambda task: task.id)
        made.append(Lane(rules, capacity, own, lines(rules, waiting[key]), state.now, state.min_run))
    return made
