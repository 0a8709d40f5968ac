"""The engine owns claim, lease, commit, admission and reconciliation; nobody else writes the state of a task."""

from patchbay_server.engine.claim import Claim, Lane
from patchbay_server.engine.commit import Committed, Result
from patchbay_server.engine.engine import Engine
from patchbay_server.engine.errors import (
    CancelRequested,
    Fenced,
    ImpossibleDemand,
    NotFound,
    NotResumable,
    UnknownPool,
)
from patchbay_server.engine.settings import EngineSettings, PoolSettings
from patchbay_server.engine.submit import Submission

__all__ = [
    "CancelRequested",
    "Claim",
    "Committed",
    "Engine",
    "EngineSettings",
    "Fenced",
    "ImpossibleDemand",
    "Lane",
    "NotFound",
    "NotResumable",
    "PoolSettings",
    "Result",
    "Submission",
    "UnknownPool",
]
