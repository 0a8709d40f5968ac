"""What the engine refuses.

::

    ServerError
    ├── NotFound            no flow, revision, run, task or pool has this name or number
    ├── NameTaken           a flow of this name belongs to the platform
    ├── ImpossibleDemand    a task needs more than its pool will ever have
    ├── StorageFull         a project keeps as much as it may
    ├── UnknownPool         a task names a pool that this platform does not have
    ├── NotResumable        the run is still going, or succeeded
    ├── ResultGone          an earlier run has not, or no longer, what a new one is to take from it
    ├── NotFinishable       no task of the run can end early with what it has
    ├── NotAsked            the task does not wait for a person, or not any more
    └── Fenced              this attempt no longer owns its task: discard what it made
        └── CancelRequested     ... because its run is being cancelled
"""

from __future__ import annotations

from patchbay_server.errors import ServerError


class NotFound(ServerError):
    """There is no such flow, revision, run, task or pool; the message names it."""

    code = "not_found"


class NameTaken(ServerError):
    """The platform keeps a flow of this name for itself."""

    code = "already_exists"


class ImpossibleDemand(ServerError):
    """A task needs more than its pool will ever have; the message names node, demand and capacity."""

    code = "impossible_demand"


class StorageFull(ServerError):
    """A project keeps as many bytes as it may; the message says how many, and what to do."""

    code = "storage_full"


class UnknownPool(ServerError):
    """A task names a pool that this platform does not have; the message names those it has."""

    code = "unknown_pool"


class NotResumable(ServerError):
    """Only a run that failed or was cancelled can be resumed."""

    code = "not_resumable"


class ResultGone(ServerError):
    """An earlier run has not, or no longer, what a new one is to take from it; the message names run and node."""

    code = "result_gone"


class RunEnded(ServerError):
    """The run has ended, so this of it cannot be changed any more."""

    code = "run_ended"


class NotFinishable(ServerError):
    """No task of the run is running that can end early with the best result so far."""

    code = "not_finishable"


class NotAsked(ServerError):
    """The task does not wait for a person, or not any more; the message says what it does."""

    code = "not_asked"


class Fenced(ServerError):
    """The attempt's token is no longer the task's: another attempt owns it, or it has ended. Discard the result."""

    code = "fenced"


class CancelRequested(Fenced):
    """The task's run is being cancelled: end the task process, then call `Engine.end_cancelled`."""

    code = "cancel_requested"
