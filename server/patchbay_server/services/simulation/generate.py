"""Traces like those of large GPU clusters, made from a seed.

The shape follows what was published of Philly (Jeon et al., "Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN
Training Workloads", USENIX ATC 2019), Helios (Hu et al., "Characterization and Prediction of Deep Learning Workloads in
Large-Scale GPU Datacenters", SC 2021) and PAI (Weng et al., "MLaaS in the Wild", NSDI 2022): most tasks are small and
short, a few gangs hold most of the GPU time, durations have a heavy tail, arrivals follow the day, few projects submit
most. No data of theirs is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, exp, log, pi
from random import Random

from patchbay_server.engine.admission import Slots
from patchbay_server.services.simulation.trace import GIB, Job

HOUR, DAY = 3600.0, 86400.0
GANGS = {1: 0.50, 2: 0.14, 4: 0.14, 8: 0.13, 16: 0.055, 32: 0.025, 64: 0.01}
"""GPUs of a task that wants any -> how often. From 8 on they are of members with 8 GPUs each."""
CPU_ONLY = 0.2
"""Part of the tasks that want no GPU: preparing data, evaluating."""
PROJECTS = 12
PRIORITIES = {10: 0.1, 0: 0.6, -10: 0.3}
MEDIAN = 900.0
"""Seconds that the middle task runs; larger gangs run longer."""
SPREAD = 1.8
"""Standard deviation of the duration's logarithm: one of a hundred runs more than sixty times the median."""
LONGEST = 2 * DAY
BY_NIGHT = 0.3
"""Arrivals by night, as a part of those at noon."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What trace to make. `load`: GPU time that is asked for, as a part of what `gpus` have until the last arrival."""

    tasks: int = 10_000
    gpus: int = 500
    load: float = 1.1
    seed: int = 1


def generate(wanted: Wanted) -> list[Job]:
    """The tasks, by arrival. The same `wanted` gives the same trace, on every machine."""
    random = Random(wanted.seed)
    gangs = {gang: often for gang, often in GANGS.items() if gang <= wanted.gpus}
    bodies = [_body(random, gangs) for _ in range(wanted.tasks)]
    work = sum(demand.gpu_milli / 1000 * duration for _, _, demand, duration in bodies)
    span = work / (wanted.gpus * wanted.load)
    arrivals = sorted(_arrival(random, span) for _ in bodies)
    popularity = [1 / (rank + 1) for rank in range(PROJECTS)]
    jobs = []
    for number, (arrival, (members, checkpoints, demand, duration)) in enumerate(zip(arrivals, bodies, strict=True), 1):
        project = random.choices(range(PROJECTS), popularity)[0]
        priority = random.choices(list(PRIORITIES), list(PRIORITIES.values()))[0]
        jobs.append(
            Job(
                name=str(number),
                project=f"project-{project + 1:02}",
                priority=priority,
                arrival=float(round(arrival)),
                duration=duration,
                estimate=_estimate(random, duration),
                members=members,
                demand=demand,
                checkpoints=checkpoints,
            )
        )
    return jobs


def _body(random: Random, gangs: dict[int, float]) -> tuple[int, bool, Slots, float]:
    """Members, whether it can stop at checkpoints, demand of all, seconds."""
    if random.random() < CPU_ONLY:
        cpu = random.choice((1, 2, 4, 8, 16))
        return 1, False, Slots(cpu * 1000, 0, cpu * 4 * GIB), _duration(random, 0.5)
    gpus = random.choices(list(gangs), list(gangs.values()))[0]
    demand = Slots(gpus * random.choice((4, 8, 12)) * 1000, gpus * 1000, gpus * 48 * GIB)
    duration = _duration(random, 1 + 0.5 * log(gpus, 2))
    return max(1, gpus // 8), duration > HOUR / 2 and random.random() < 0.8, demand, duration


def _duration(random: Random, longer: float) -> float:
    while True:
        seconds = MEDIAN * longer * exp(random.gauss(0, SPREAD))
        if seconds <= LONGEST:
            return float(max(10, round(seconds)))


def _estimate(random: Random, duration: float) -> float | None:
    """What people say: mostly too much, in round numbers; sometimes too little, and some say nothing."""
    if random.random() < 0.2:
        return None
    wrong = random.uniform(0.5, 1) if random.random() < 0.05 else random.uniform(1, 3)
    return float(ceil(duration * wrong / 900) * 900)


def _arrival(random: Random, span: float) -> float:
    """Between 0 and `span`, more often by day. (Rejection sampling.)"""
    while True:
        moment = random.uniform(0, span)
        if random.random() < BY_NIGHT + (1 - BY_NIGHT) * (1 - cos(2 * pi * moment / DAY)) / 2:
            return moment
