"""An order of tasks found by a particle swarm: weights of their age, priority, size and length.

Kennedy and Eberhart, "Particle Swarm Optimization", ICNN 1995, with the constants of Clerc and Kennedy (IEEE TEVC 6(1),
2002). A pool is one amount, so that what is placed is a task in the order; on which machine it runs, its engine says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from random import Random

from patchbay_server.engine.admission.rules import Key, Rules
from patchbay_server.engine.admission.slots import Slots
from patchbay_server.engine.admission.state import Task, Waiting
from patchbay_server.services.simulation.measure import Measures
from patchbay_server.services.simulation.simulate import simulate
from patchbay_server.services.simulation.trace import Job

Weights = tuple[float, ...]
BOUNDS = ((0.0, 10.0), (-4.0, 16.0), (0.0, 16.0))
"""Hours of waiting that outweigh a point of priority; twice as many GPUs; a length that is e times as long."""
HOUR = 3600.0
UNKNOWN = HOUR
"""Seconds that a task is taken to last when nobody said."""
INERTIA, PULL = 0.7298, 1.49618
SAMPLE, FASTER = 1500, 2.0
"""Tasks of the trace's beginning that are tried, and how much faster they arrive, so that there is a queue at all."""


def weighted(weights: Weights) -> Rules:
    """Rules that rank by a weighted sum. Age always counts, so nobody waits for ever."""
    by_priority, by_size, by_length = weights

    def order(task: Task) -> Key:
        lasts = task.lasts if isinstance(task, Waiting) else None
        size, length = log(1 + task.demand.gpu_milli / 1000, 2), log(max(1.0, lasts or UNKNOWN))
        hours = task.enqueued / HOUR - by_priority * task.priority + by_size * size + by_length * length
        return (hours, task.id)

    return Rules(order=order)


def cost(measures: Measures) -> float:
    """What the swarm makes small: mean wait and the wait of high priority, more where projects get unequal parts."""
    return (measures.mean_wait + measures.high_p95_wait) / (measures.fairness or 1.0)


def search(
    jobs: Sequence[Job], capacity: Slots, *, seed: int = 1, particles: int = 6, rounds: int = 5
) -> tuple[Weights, Rules]:
    """The best weights for the beginning of a trace, and the rules that they make; the same for the same arguments."""
    sample = [replace(job, arrival=job.arrival / FASTER) for job in jobs[:SAMPLE]]
    best = _swarm(lambda weights: cost(simulate(sample, capacity, weighted(weights))), Random(seed), particles, rounds)
    return best, weighted(best)


def _swarm(cost_of: Callable[[Weights], float], random: Random, particles: int, rounds: int) -> Weights:
    places = [tuple(random.uniform(*bounds) for bounds in BOUNDS) for _ in range(particles)]
    speeds = [tuple(0.0 for _ in BOUNDS) for _ in places]
    own = [(cost_of(place), place) for place in places]
    for _ in range(rounds):
        best = min(own)[1]
        for number, place in enumerate(places):
            speeds[number] = tuple(
                INERTIA * speed + PULL * random.random() * (mine - here) + PULL * random.random() * (all_ - here)
                for speed, here, mine, all_ in zip(speeds[number], place, own[number][1], best, strict=True)
            )
            moved = zip(place, speeds[number], BOUNDS, strict=True)
            places[number] = tuple(min(most, max(least, here + speed)) for here, speed, (least, most) in moved)
            own[number] = min(own[number], (cost_of(places[number]), places[number]))
    return min(own)[1]
