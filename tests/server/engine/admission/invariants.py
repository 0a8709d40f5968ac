"""What holds for every state and every plan."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from patchbay_server.engine.admission import Plan, Quota, Running, Slots, State, Waiting
from patchbay_server.engine.admission.decide import part
from patchbay_server.engine.admission.rules import ELASTIC

Task = Running | Waiting


def lane_of(state: State, task: Task) -> tuple[str, bool]:
    return task.pool, task.isolated and state.pools[task.pool].policy == "mixed"


def is_lent(state: State, task: Task) -> bool:
    """Whether the task runs where what others leave idle is lent."""
    pool, isolated = lane_of(state, task)
    return part(state.pools[pool], isolated=isolated)[0] is ELASTIC


def total(tasks: Iterable[Task]) -> Slots:
    found = Slots(0, 0, 0)
    for task in tasks:
        found = found.plus(task.demand)
    return found


def check_room(state: State, started: Sequence[Waiting]) -> None:
    """What is admitted fits into each lane with what runs there, in every resource of which it takes any."""
    lanes = {lane_of(state, task) for task in started}
    for pool, isolated in lanes:
        new = total(task for task in started if lane_of(state, task) == (pool, isolated))
        used = total(task for task in state.running if lane_of(state, task) == (pool, isolated))
        assert new.fits(part(state.pools[pool], isolated=isolated)[1] - used)


def check_quotas(state: State, started: Sequence[Waiting]) -> None:
    """No project exceeds a limit by what is admitted; beyond CPUs and GPUs it may go only where they are lent."""
    for project, quota in state.quotas.items():
        new = [task for task in started if task.project == project]
        old = [task for task in state.running if task.project == project]
        counted = new if not quota.borrows else [task for task in new if not is_lent(state, task)]
        before = old if not quota.borrows else [task for task in old if not is_lent(state, task)]
        for resource, limit in ((0, quota.cpu_milli), (1, quota.gpu_milli)):
            more = total(counted)[resource]
            assert limit is None or more == 0 or total(before)[resource] + more <= limit
        more = sum(task.training for task in new)
        assert quota.trainings is None or more == 0 or sum(task.training for task in old) + more <= quota.trainings
        assert not new or quota.storage is None or state.stored.get(project, 0) < quota.storage


def check_give_back(state: State, plan: Plan) -> None:
    """Only tasks that can are asked, once, where things are lent, for somebody else of the same lane."""
    running, waiting = {task.id: task for task in state.running}, {task.id: task for task in state.waiting}
    asked = [item.id for item in plan.give_back]
    assert len(asked) == len(set(asked))
    for item in plan.give_back:
        victim, to = running[item.id], waiting[item.to]
        assert victim.checkpoints and not victim.stopping and victim.since + state.min_run <= state.now
        assert is_lent(state, victim) and lane_of(state, victim) == lane_of(state, to)
        assert victim.project != to.project
        assert holds_more_than_its_own(state, victim)


def holds_more_than_its_own(state: State, task: Running) -> bool:
    """Whether the task's project borrows in the task's lane, without counting tasks that stop already."""
    lane = lane_of(state, task)
    quota = state.quotas.get(task.project, Quota())
    own = [other for other in state.running if other.project == task.project]
    own = [other for other in own if not (other.stopping and lane_of(state, other) == lane)]
    limits = (quota.cpu_milli, quota.gpu_milli)
    if limits != (None, None):
        return any(limit is not None and held > limit for held, limit in zip(total(own), limits, strict=False))
    there = {other.project for other in (*state.running, *state.waiting) if lane_of(state, other) == lane}
    weights = sum(state.quotas.get(project, Quota()).weight for project in there)
    capacity = part(state.pools[lane[0]], isolated=lane[1])[1]
    held = total(other for other in own if lane_of(state, other) == lane)
    return any(has * weights > all_ * quota.weight for has, all_ in zip(held, capacity, strict=True))


def check_reasons(state: State, plan: Plan) -> None:
    """Each waiting task is decided on once; what is impossible would not start in empty pools either."""
    assert sorted(decision.id for decision in plan.decisions) == sorted(task.id for task in state.waiting)
    positions = defaultdict(list)
    waiting = {task.id: task for task in state.waiting}
    for decision in plan.decisions:
        task, wait = waiting[decision.id], decision.wait
        positions[lane_of(state, task)].append(decision.position)
        if wait is not None:
            assert (wait.code == "impossible") == (not possible(state, task))
            assert wait.code != "slots" or any(wait.missing)
            assert wait.code not in ("reserved", "give_back") or wait.behind
            assert (wait.quota is not None) or wait.code != "quota"
    for found in positions.values():
        assert found == list(range(1, len(found) + 1))


def possible(state: State, task: Waiting) -> bool:
    """Whether a task could start if nothing else ran and its project kept nothing."""
    pool, isolated = lane_of(state, task)
    rules, capacity = part(state.pools[pool], isolated=isolated)
    quota = state.quotas.get(task.project)
    if not task.demand.fits(capacity):
        return False
    if quota is None:
        return True
    if task.training and quota.trainings == 0:
        return False
    if rules.borrow and quota.borrows:
        return True
    pairs = ((task.demand.cpu_milli, quota.cpu_milli), (task.demand.gpu_milli, quota.gpu_milli))
    return all(limit is None or not need or need <= limit for need, limit in pairs)


def check(state: State, plan: Plan) -> None:
    ids = {decision.id for decision in plan.decisions if decision.admitted}
    started = [task for task in state.waiting if task.id in ids]
    check_room(state, started)
    check_quotas(state, started)
    check_give_back(state, plan)
    check_reasons(state, plan)
