"""Runs: started, followed, cancelled, resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patchbay_sdk.propagation import Infer
from patchbay_sdk.registry import Catalogue
from patchbay_server.engine.submit import Submission
from patchbay_server.errors import GraphError
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.plan import Mode, Plan, plan
from patchbay_server.graph.problem import Problem, error_of
from patchbay_server.services import flows
from patchbay_server.services.platform import Platform


@dataclass(frozen=True, slots=True)
class RunRequest:
    """How to run a flow. `data_roots`: folders that its operators may touch."""

    params: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode = "all"
    nodes: Sequence[str] = ()
    data_roots: Sequence[str] = ()
    bypass_cache: bool = False
    priority: int = 0


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A run that has been checked and planned, and what is doubtful about its flow."""

    document: FlowDocument
    plan: Plan
    warnings: list[Problem]


def prepare(
    document: FlowDocument, request: RunRequest, catalogue: Catalogue, infer: Infer | None = None
) -> PreparedRun:
    """Check and plan a run; needs neither database nor Redis. Without `infer` fewer columns can be checked.

    Raises:
        GraphError: the flow cannot run like this; the message has a line per problem, each names its node.
    """
    checked = flows.check(document, request.params, catalogue, infer, request.data_roots)
    planned = plan(checked.document, catalogue, request.mode, request.nodes)
    errors = [problem for found in planned.node_errors(checked.problems).values() for problem in found]
    if errors:
        raise error_of(GraphError, errors)
    return PreparedRun(document, planned, [problem for problem in checked.problems if problem.level == "warning"])


def submit(platform: Platform, prepared: PreparedRun, request: RunRequest) -> int:
    """Save the flow's document, unless it is the newest revision, and hand the run to the workers; its id.

    Raises:
        UnknownPool, ImpossibleDemand: a node cannot run on this platform.
    """
    revision = platform.engine.save_revision(prepared.document.to_json())
    submission = Submission(
        revision_id=revision.id,
        params=dict(request.params),
        data_roots=list(request.data_roots),
        priority=request.priority,
        bypass_cache=request.bypass_cache,
    )
    run_id, wake = platform.engine.submit(submission, prepared.plan)
    platform.ring(wake)
    return run_id


def resume(platform: Platform, run_id: int) -> int:
    """A new run of the same tasks; what is done and unchanged is reused. Raises NotFound, NotResumable."""
    resumed, wake = platform.engine.resume(run_id)
    platform.ring(wake)
    return resumed
