"""What can be set about the engine. `config.py` fills these in from the environment; tests choose short times."""

from __future__ import annotations

from dataclasses import dataclass

from patchbay_server.pool_values import Policy


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Times in seconds."""

    lease: float = 30.0
    """A task whose worker is silent this long is given to another."""
    beat: float = 10.0
    """Between two renewals of a lease; at most half of it."""
    watch: float = 0.5
    """Between two looks whether the run was cancelled."""
    grace: float = 10.0
    """Between SIGTERM and SIGKILL for a task that must end."""
    linger: float = 0.2
    """How long a worker with nothing to do keeps looking before it goes back to its queue."""
    idle_poll: float = 5.0
    """Between two looks into the database without a ticket; Redis may be lost at any time."""
    min_run: float = 600.0
    """For how long a task may run before it is asked to give its place to another."""
    checkpoint_grace: float = 60.0
    """Then it has so long to write its checkpoint."""
    infra_retries: int = 3
    """How often a task may lose its worker before it fails; apart from the user's own retries."""
    progress_per_second: float = 5.0
    """Progress events kept per second and task; the last one always is."""
    log_dir: str = ""
    """Folder of the attempts' logs; on workers only."""
    kill_at: str = ""
    """For fault tests: ``point`` or ``point:3``, where the process kills itself. See `kill_points`."""

    def __post_init__(self) -> None:
        if self.beat * 2 > self.lease:
            raise ValueError(f"beat ({self.beat:g} s) must be at most half of lease ({self.lease:g} s)")

    @property
    def patience(self) -> float:
        """Seconds without a renewal after which a worker stops its task itself: two thirds of the lease."""
        return self.lease * 2 / 3

    @property
    def kill_grace(self) -> float:
        """The grace that a runner is given: a task that is stopped at two thirds of its lease is gone by its end."""
        return min(self.grace, self.lease - self.patience)

    @property
    def database_timeout(self) -> float:
        """How long one database call may wait: short enough to notice a lease that cannot be renewed."""
        return max(0.5, min(5.0, self.lease / 6))


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Capacity of one pool: CPUs, GPUs, bytes of memory."""

    name: str
    cpu: float
    gpu: float
    memory: int
    policy: Policy = "elastic"
    isolated: tuple[float, float, int] = (0.0, 0.0, 0)
    """The part of a mixed pool that is for load tests alone."""
