"""Random histories of pools: tasks come, run, are late, stop at checkpoints; at the end everything has run."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from patchbay_server.engine.admission import Quota, Running, State, Waiting, decide
from tests.server.engine.admission.invariants import check, check_room, lane_of, part, possible, total
from tests.server.engine.admission.strategies import POOLS, QUOTAS, waiting


class History(RuleBasedStateMachine):
    """Plays the engine: what is admitted runs, what is asked to stop does so some time later and waits again."""

    @initialize(quotas=QUOTAS, min_run=st.sampled_from([0.0, 50.0]))
    def begin(self, quotas: dict[int, Quota], min_run: float) -> None:
        self.state = State(POOLS, [], [], quotas, {}, 0.0, min_run)
        self.tasks: dict[int, Waiting] = {}
        self.ended: set[int] = set()
        self.checkpoints: set[int] = set()

    @rule(task=waiting(st.just(0)), checkpoints=st.booleans())
    def submit(self, task: Waiting, checkpoints: bool) -> None:
        task = replace(task, id=len(self.tasks) + 1, enqueued=self.state.now)
        self.tasks[task.id] = task
        if checkpoints:
            self.checkpoints.add(task.id)
        self.state = replace(self.state, waiting=[*self.state.waiting, task])

    @rule()
    def look(self) -> None:
        plan = decide(self.state)
        assert plan == decide(self.state)
        check(self.state, plan)
        asked = {item.id for item in plan.give_back}
        started = {decision.id for decision in plan.decisions if decision.admitted}
        now = self.state.now
        running = [replace(task, stopping=task.stopping or task.id in asked) for task in self.state.running]
        running += [self.run(task, now) for task in self.state.waiting if task.id in started]
        promised = {item.to for item in plan.give_back}
        left = [
            replace(task, promised=task.promised or task.id in promised)
            for task in self.state.waiting
            if task.id not in started
        ]
        self.state = replace(self.state, running=running, waiting=left)

    def run(self, task: Waiting, now: float) -> Running:
        return Running(
            task.id, task.project, task.demand, task.priority, task.enqueued, now, task.pool, task.isolated,
            task.training, None if task.lasts is None else now + task.lasts, task.id in self.checkpoints,
        )  # fmt: skip

    @rule(seconds=st.integers(1, 60))
    def pass_time(self, seconds: int) -> None:
        self.state = replace(self.state, now=self.state.now + seconds)

    @precondition(lambda self: self.state.running)
    @rule(place=st.integers(0, 10**6))
    def end(self, place: int) -> None:
        """One ends; or stops at its checkpoint if it was asked, and goes back to its place in the queue."""
        running = list(self.state.running)
        task = running.pop(place % len(running))
        back = [self.tasks[task.id]] if task.stopping else []
        self.ended |= set() if task.stopping else {task.id}
        self.state = replace(self.state, running=running, waiting=[*self.state.waiting, *back])

    @invariant()
    def no_lane_is_overfull(self) -> None:
        for task in self.state.running:
            lane = lane_of(self.state, task)
            used = total(other for other in self.state.running if lane_of(self.state, other) == lane)
            assert used.fits(part(POOLS[lane[0]], isolated=lane[1])[1])

    @invariant()
    def no_task_is_lost_or_doubled(self) -> None:
        known = [task.id for task in (*self.state.running, *self.state.waiting)] + list(self.ended)
        assert sorted(known) == sorted(self.tasks)

    @invariant()
    def only_lent_slots_are_given_back(self) -> None:
        check_room(replace(self.state, running=()), [self.tasks[task.id] for task in self.state.running])

    def teardown(self) -> None:
        """With nothing new, every task that could ever start has its turn."""
        if not hasattr(self, "state"):
            return
        while any(possible(self.state, task) for task in self.state.waiting) or self.state.running:
            before = len(self.ended)
            while self.state.running:
                self.end(0)
            self.look()
            assert self.state.running or len(self.ended) > before


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
