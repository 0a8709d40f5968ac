"""What admission looks at: pools, quotas, tasks that wait, tasks that run. Plain values; times are in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from patchbay_server.engine.admission.slots import NOTHING, Slots
from patchbay_server.pool_values import Policy


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool's policy and what it has. `isolated`: the part that a mixed pool keeps for load tests alone."""

    policy: Policy
    capacity: Slots
    isolated: Slots = NOTHING


@dataclass(frozen=True, slots=True)
class Quota:
    """What a project may have at once, over all pools together. None: no limit but the pools'.

    CPUs and GPUs beyond it may be borrowed in an elastic pool while others leave them idle, if `borrows`; everywhere
    else, and for the rest, it is a limit. `weight`: the project's part where several want the same.
    """

    weight: float = 1.0
    cpu_milli: int | None = None
    gpu_milli: int | None = None
    trainings: int | None = None
    storage: int | None = None
    """Bytes of artifacts and datasets. A project that keeps more starts nothing new."""
    borrows: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.weight < float("inf"):
            raise ValueError(f"weight ({self.weight:g}) must be a positive number")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that could start if there were room. A gang is one task: all of its members start, or none."""

    id: int
    project: int
    demand: Slots
    """Of all members together."""
    priority: int = 0
    enqueued: float = 0.0
    """Since when it waits; of a task that gave its slots back, since before it had them."""
    pool: str = "train"
    isolated: bool = False
    """A load test: in a mixed pool it has the isolated part, and that part only."""
    training: bool = False
    """Whether it counts against its project's number of trainings."""
    lasts: float | None = None
    """Seconds after which it will have ended, as far as anybody knows: an estimate or a timeout."""
    members: int = 1
    promised: bool = False
    """Whether others were asked to give slots back to it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A task that holds slots, `since` when. It `ends` then as far as anybody knows; a late one, any moment."""

    id: int
    project: int
    demand: Slots
    priority: int = 0
    enqueued: float = 0.0
    since: float = 0.0
    pool: str = "train"
    isolated: bool = False
    training: bool = False
    ends: float | None = None
    checkpoints: bool = False
    """Whether it can be stopped and go on later from where it was."""
    stopping: bool = False
    """Whether it has been asked to stop."""


Task = Waiting | Running


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a decision depends on; the order of the sequences is not part of it."""

    pools: Mapping[str, Pool]
    running: Sequence[Running] = ()
    waiting: Sequence[Waiting] = ()
    quotas: Mapping[int, Quota] = field(default_factory=dict)
    """By project; one that is missing has the weight 1 and no limits."""
    stored: Mapping[int, int] = field(default_factory=dict)
    """Bytes that each project keeps."""
    now: float = 0.0
    min_run: float = 0.0
    """Seconds that a task may run before it can be asked to give its slots back."""
