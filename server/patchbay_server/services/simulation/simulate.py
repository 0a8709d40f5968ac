"""Plays a trace against one pool, event by event. What starts is decided by the engine's own `admission`."""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchbay_server.engine.admission.lane import Lane
from patchbay_server.engine.admission.quotas import Ledger
from patchbay_server.engine.admission.round import Round
from patchbay_server.engine.admission.rules import Rules
from patchbay_server.engine.admission.slots import Slots
from patchbay_server.engine.admission.state import Running, Waiting
from patchbay_server.services.simulation.measure import Measures, Meter
from patchbay_server.services.simulation.trace import Job

SAVING, LOADING = 30.0, 60.0
"""Seconds for which a task keeps its slots to write a checkpoint, and that it needs to go on from one."""
MIN_RUN = 600.0
"""Seconds that a task may run before it is asked to give back."""
LOOK = 0
"""Stands, among the tasks that end, for a moment at which something else may have become possible."""
DEPTH = 300
"""Waiting tasks that are looked at after each event, as the engine has its LOOK_AHEAD."""


def simulate(jobs: Sequence[Job], capacity: Slots, rules: Rules) -> Measures:
    """Play all tasks, in the order of their arrival, to their ends. The same arguments give the same measures."""
    return _Simulation(jobs, capacity, rules).play()


@dataclass(slots=True)
class _Attempt:
    task: Running
    left: float
    """Seconds of work that it began with, without loading a checkpoint."""
    works_from: float


class _Simulation:
    def __init__(self, jobs: Sequence[Job], capacity: Slots, rules: Rules) -> None:
        fitting = [job for job in jobs if job.demand.fits(capacity)]
        self._refused = len(jobs) - len(fitting)
        self._jobs = dict(enumerate(fitting, 1))
        self._capacity, self._rules = capacity, rules
        names = sorted({job.project for job in fitting})
        self._project = {name: number for number, name in enumerate(names, 1)}
        self._left = {id: job.duration for id, job in self._jobs.items()}
        self._lines: dict[int, list[Waiting]] = {number: [] for number in self._project.values()}
        self._waiting: dict[int, Waiting] = {}
        self._since: dict[int, float] = {}
        self._without_gpu = 0
        self._running: dict[int, _Attempt] = {}
        self._saving: set[int] = set()
        self._held = {number: [0, 0, 0] for number in self._project.values()}
        self._used_gpu = 0
        self._ends: list[tuple[float, int]] = []
        self._meter = Meter(capacity)

    def play(self) -> Measures:
        arrivals = sorted(self._jobs, key=lambda id: (self._jobs[id].arrival, id), reverse=True)
        begin = now = self._jobs[arrivals[-1]].arrival if arrivals else 0.0
        while arrivals or self._ends:
            coming = self._jobs[arrivals[-1]].arrival if arrivals else float("inf")
            moment = min(coming, self._ends[0][0] if self._ends else float("inf"))
            self._pass_time(moment - now)
            now = moment
            while self._ends and self._ends[0][0] <= now:
                id = heapq.heappop(self._ends)[1]
                if id != LOOK:
                    self._end(now, id)
            while arrivals and self._jobs[arrivals[-1]].arrival <= now:
                id = arrivals.pop()
                self._meter.waits[id] = 0.0
                self._queue(now, id)
            if self._waiting:
                self._decide(now)
        assert not self._waiting, "every task fits the empty pool, so every task has had its turn"
        return self._meter.measures(self._jobs, self._refused, now - begin)

    def _pass_time(self, seconds: float) -> None:
        capacity = self._capacity
        parts = [1 / amount if amount else 0.0 for amount in capacity]
        shares = (
            max(have * part for have, part in zip(self._held[project], parts, strict=True))
            for project, line in self._lines.items()
            if line
        )
        wanted = len(self._waiting) > self._without_gpu
        self._meter.pass_time(seconds, self._used_gpu, wanted=wanted, shares=shares)

    def _queue(self, now: float, id: int) -> None:
        job = self._jobs[id]
        lasts = None if job.estimate is None else max(1.0, job.estimate - (job.duration - self._left[id]))
        project, since = self._project[job.project], job.arrival  # also of one that gave its slots back
        task = Waiting(id, project, job.demand, job.priority, since, lasts=lasts, members=job.members)
        insort(self._lines[task.project], task, key=self._rules.order)
        self._waiting[id] = task
        self._since[id] = now
        self._without_gpu += not job.demand.gpu_milli

    def _decide(self, now: float) -> None:
        running = [attempt.task for attempt in self._running.values()]
        round_ = Round(Lane(self._rules, self._capacity, running, self._lines, now, MIN_RUN), Ledger({}, {}))
        started = []
        for looked_at, decision in enumerate(round_, 1):
            if decision.admitted:
                started.append(decision.id)
            if looked_at >= DEPTH or (round_.closed and self._nothing_passes(round_)):
                break
        for id in started:
            self._start(now, id)
        for item in round_.give_back:
            self._stop(now, item.id)
            self._promise(item.to)

    def _nothing_passes(self, round_: Round) -> bool:
        """Whether no task behind those for which room is kept can start: who needs a GPU where none is free, waits."""
        return not self._rules.backfill or (round_.room.free.gpu_milli <= 0 and not self._without_gpu)

    def _start(self, now: float, id: int) -> None:
        task = self._waiting.pop(id)
        line = self._lines[task.project]
        del line[bisect_left(line, self._rules.order(task), key=self._rules.order)]
        job = self._jobs[id]
        self._without_gpu -= not job.demand.gpu_milli
        self._meter.waits[id] += now - self._since.pop(id)
        left = self._left[id]
        loading = LOADING if left < job.duration else 0.0
        if loading:
            self._meter.lost += loading * task.demand.gpu_milli
        ends = None if task.lasts is None else now + loading + task.lasts
        run = Running(
            id, task.project, task.demand, task.priority, task.enqueued, now, ends=ends, checkpoints=job.checkpoints
        )
        self._running[id] = _Attempt(run, left, now + loading)
        self._take(run, 1)
        heapq.heappush(self._ends, (now + loading + left, id))
        if job.checkpoints and left > MIN_RUN:
            heapq.heappush(self._ends, (now + MIN_RUN, LOOK))

    def _stop(self, now: float, id: int) -> None:
        """Ask a task to write its checkpoint; it may end by itself before it has."""
        attempt = self._running[id]
        attempt.task = replace(attempt.task, stopping=True)
        done = max(0.0, now - attempt.works_from)
        if attempt.left - done > SAVING:
            self._saving.add(id)
            self._left[id] = attempt.left - done
            self._ends = [(moment, other) for moment, other in self._ends if other != id]
            heapq.heapify(self._ends)
            heapq.heappush(self._ends, (now + SAVING, id))
            self._meter.given_back += 1
            self._meter.lost += SAVING * attempt.task.demand.gpu_milli

    def _promise(self, id: int) -> None:
        task = self._waiting[id]
        line = self._lines[task.project]
        place = bisect_left(line, self._rules.order(task), key=self._rules.order)
        line[place] = self._waiting[id] = replace(task, promised=True)

    def _end(self, now: float, id: int) -> None:
        attempt = self._running.pop(id)
        self._take(attempt.task, -1)
        if id in self._saving:
            self._saving.remove(id)
            self._queue(now, id)

    def _take(self, task: Running, sign: int) -> None:
        held = self._held[task.project]
        for dimension, amount in enumerate(task.demand):
            held[dimension] += sign * amount
        self._used_gpu += sign * task.demand.gpu_milli
