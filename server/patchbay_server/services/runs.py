"""Runs: started, followed, cancelled, resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.propagation import Infer
from patchbay_sdk.registry import Catalogue
from patchbay_server.engine import approval, views
from patchbay_server.engine import cancel as cancelling
from patchbay_server.engine import finish as finishing
from patchbay_server.engine import flows as saved
from patchbay_server.engine import priority as priorities
from patchbay_server.engine import submit as submitting
from patchbay_server.engine.settle import Wake
from patchbay_server.engine.submit import Origin, Submission
from patchbay_server.engine.views import RunView
from patchbay_server.errors import GraphError
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.plan import Mode, Plan, plan
from patchbay_server.graph.planned import everything
from patchbay_server.graph.problem import Problem, error_of
from patchbay_server.graph.reader import parse
from patchbay_server.services import flows, run_priority
from patchbay_server.services.datasets.uses import copy_uses, note_uses
from patchbay_server.services.errors import Forbidden, Invalid
from patchbay_server.services.people import audit, restrictions, secret_use
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import data_roots
from patchbay_server.services.publishing import faults
from patchbay_server.store.database import Transaction


@dataclass(frozen=True, slots=True)
class RunRequest:
    """How to run a flow. `data_roots`: folders that its operators may touch.

    `goes_on_from`: a run of the flow, also one that has not ended, from which all is taken that is unchanged.
    `results_of`: a run of the same revision. What it did is taken from it as it is, whatever has changed since; only
    `nodes`, and what they need that it did not do, are executed.
    """

    params: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode = "all"
    nodes: Sequence[str] = ()
    data_roots: Sequence[str] = ()
    bypass_cache: bool = False
    priority: int = 0
    origin: Origin | None = None
    goes_on_from: int | None = None
    results_of: int | None = None


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A run that has been checked and planned, and what is doubtful about its flow."""

    document: FlowDocument
    plan: Plan
    warnings: list[Problem]


@dataclass(frozen=True, slots=True)
class StartedRun:
    """The number of a run, and what is doubtful about its flow."""

    id: int
    warnings: list[Problem]


def prepare(
    document: FlowDocument,
    request: RunRequest,
    catalogue: Catalogue,
    infer: Infer | None = None,
    done: AbstractSet[str] = frozenset(),
) -> PreparedRun:
    """Check and plan a run; needs neither database nor Redis. Without `infer` fewer columns can be checked.

    `done`: nodes that `request.results_of` did; they are neither checked nor executed.

    Raises:
        GraphError: the flow cannot run like this; the message has a line per problem, each names its node.
    """
    checked = flows.check(document, request.params, catalogue, infer, request.data_roots, done)
    planned = plan(checked.document, catalogue, request.mode, request.nodes, done)
    errors = [problem for found in planned.node_errors(checked.problems).values() for problem in found]
    if errors:
        raise error_of(GraphError, errors)
    return PreparedRun(document, planned, [problem for problem in checked.problems if problem.level == "warning"])


def start(
    platform: Platform, actor: Actor, project_id: int, *, flow: str, revision: int | None = None, request: RunRequest
) -> StartedRun:
    """Run a revision of a flow, by default the newest, on the project's own files and those of all projects.

    Raises:
        NotFound: there is no such flow or revision, or no such run to go on from, or to take results of.
        Invalid: the run whose results it is to take is of another revision.
        ResultGone: that run has them not, or no longer.
        GraphError: the flow cannot run like this.
        Forbidden: the actor may not run an operator of the flow, or not at this priority.
        UnknownPool, ImpossibleDemand: a node cannot run on this platform.
        StorageFull: the project keeps as much as it may.
    """
    found = flows.get(platform, project_id, flow, revision)
    request = replace(request, data_roots=data_roots(platform.settings, project_id))
    done = _done_by(platform, project_id, flow, found.number, request)
    prepared = prepare(flows.document(found), request, platform.catalogue, platform.plugin_host.infer, done)
    run_id, wake = platform.database.transact(insert, platform, actor, project_id, prepared, request, found.id)
    platform.ring(wake)
    return StartedRun(run_id, prepared.warnings)


def _done_by(platform: Platform, project_id: int, flow: str, revision: int, request: RunRequest) -> AbstractSet[str]:
    """The nodes of the flow that the run has done whose results are wanted."""
    if request.results_of is None:
        return frozenset()
    run = platform.engine.run(request.results_of, project_id)
    if (run.flow, run.revision) != (flow, revision) or request.goes_on_from is not None:
        message = f"Run {run.id} is of another flow or revision, or another run is to be gone on from as well."
        raise Invalid(message, field="results_of")
    return frozenset(task.path.partition("/")[0] for task in platform.engine.tasks(run.id))


def submit(platform: Platform, actor: Actor, project_id: int, prepared: PreparedRun, request: RunRequest) -> int:
    """Save the flow's document, unless it is the newest revision, and hand the run to the workers; its id.

    Raises:
        Forbidden: the actor may not run an operator of the flow, or not at this priority.
        GraphError: an operator of the flow was disabled after faults, or the project lacks a secret that it names.
        UnknownPool, ImpossibleDemand: a node cannot run on this platform.
        StorageFull: the project keeps as much as it may.
        NameTaken: the platform keeps a flow of this name for itself.
    """

    def write(transaction: Transaction) -> tuple[int, Wake]:
        revision = saved.save_revision(transaction, project_id, prepared.document.to_json(), actor.user_id)
        return insert(transaction, platform, actor, project_id, prepared, request, revision.id)

    run_id, wake = platform.database.transact(write)
    platform.ring(wake)
    return run_id


def insert(
    transaction: Transaction,
    platform: Platform,
    actor: Actor,
    project_id: int,
    prepared: PreparedRun,
    request: RunRequest,
    revision_id: int,
) -> tuple[int, Wake]:
    """Create a prepared run within a transaction. Raises as `submit`."""
    _check_allowed(transaction, platform, actor, project_id, prepared.document)
    highest = run_priority.check_priority(actor, project_id, request.priority)
    planned = run_priority.bounded(prepared.plan, highest - request.priority)
    executed = planned
    if request.results_of is not None:
        executed = replace(planned, tasks=tuple(task for task in planned.tasks if not task.reuse_only))
    tasks = list(everything(executed.tasks))
    operators = list(dict.fromkeys((task.path, task.operator) for task in tasks))
    problems = faults.problems(transaction, operators)
    secrets = dict.fromkeys(secret_use.in_tasks(tasks, platform.catalogue))
    problems += secret_use.missing(transaction, project_id, secrets)
    if problems:
        raise error_of(GraphError, problems)
    submission = Submission(
        revision_id=revision_id,
        params=dict(request.params),
        data_roots=list(request.data_roots),
        priority=request.priority,
        bypass_cache=request.bypass_cache,
        created_by=actor.user_id,
        origin=request.origin,
        goes_on_from=request.goes_on_from,
        results_of=request.results_of,
    )
    confirm = ArtifactStore(platform.settings.artifacts).confirm
    run_id, wake = submitting.submit(transaction, submission, planned, confirm)
    note_uses(transaction, platform.settings, platform.catalogue, project_id, run_id, executed)
    after = {"flow": prepared.document.name, "revision_id": revision_id, "mode": request.mode}
    audit.append(transaction, actor, "run.started", f"run:{run_id}", project_id=project_id, after=after)
    return run_id, wake


def resume(platform: Platform, actor: Actor, run_id: int, project_id: int | None = None) -> int:
    """A new run of the same tasks; what is done and unchanged is reused. `project_id`: of which it must be.

    Its priority is that of the run before, as far as the actor may start runs with it.

    Raises:
        NotFound: there is no such run in the project.
        NotResumable: it is still going, or succeeded.
        Forbidden: the actor may not run an operator of the flow.
    """

    def write(transaction: Transaction) -> tuple[int, Wake]:
        before = views.get_run(transaction, run_id, project_id)
        document = parse(saved.get_revision(transaction, before.revision_id).document)
        _check_allowed(transaction, platform, actor, before.project_id, document)
        highest = run_priority.highest_priority(actor, before.project_id)
        resumed, wake = submitting.resume(transaction, run_id, actor.user_id, highest=highest)
        copy_uses(transaction, run_id, resumed)
        thing, after = f"run:{resumed}", {"resumed_from": run_id}
        audit.append(transaction, actor, "run.resumed", thing, project_id=before.project_id, after=after)
        return resumed, wake

    resumed, wake = platform.database.transact(write)
    platform.ring(wake)
    return resumed


def cancel(platform: Platform, actor: Actor, run_id: int, project_id: int | None = None) -> RunView:
    """Ask a run to end; one that has ended stays as it is. `project_id`: of which it must be. Raises NotFound."""

    def write(transaction: Transaction) -> bool:
        run = views.get_run(transaction, run_id, project_id)
        asked = cancelling.request(transaction, run_id)
        if asked:
            thing, before = f"run:{run_id}", {"state": run.state}
            audit.append(transaction, actor, "run.cancelled", thing, project_id=run.project_id, before=before)
        return asked

    if platform.database.transact(write):
        platform.database.transact(cancelling.sweep, run_id)
    return platform.engine.run(run_id)


def set_priority(
    platform: Platform, actor: Actor, run_id: int, priority: int, project_id: int | None = None
) -> RunView:
    """Change the priority of a run that has not ended; what waits of it is ranked anew. `project_id`: of which it is.

    Raises:
        NotFound: there is no such run in the project.
        RunEnded: it has ended.
        Forbidden: the actor starts no runs of such a priority.
    """

    def write(transaction: Transaction) -> None:
        run = views.get_run(transaction, run_id, project_id)
        highest = run_priority.check_priority(actor, run.project_id, priority)
        before = priorities.change(transaction, run_id, priority, highest=highest)
        if before != priority:
            audit.append(
                transaction, actor, "run.priority_changed", f"run:{run_id}", project_id=run.project_id,
                before={"priority": before}, after={"priority": priority},
            )  # fmt: skip

    platform.database.transact(write)
    return platform.engine.run(run_id)


def finish(platform: Platform, actor: Actor, run_id: int, project_id: int | None = None) -> RunView:
    """Ask the running tasks that can to end with the best result so far. `project_id`: of which it must be.

    Raises:
        NotFound: there is no such run in the project.
        NotFinishable: no task that runs now can end early.
    """

    def write(transaction: Transaction) -> None:
        run = views.get_run(transaction, run_id, project_id)
        asked = finishing.request(transaction, run_id)
        if asked:
            thing, after = f"run:{run_id}", {"tasks": asked}
            audit.append(transaction, actor, "run.finish_requested", thing, project_id=run.project_id, after=after)

    platform.database.transact(write)
    return platform.engine.run(run_id)


def answer(platform: Platform, actor: Actor, run_id: int, task_id: int, *, approved: bool, note: str = "") -> None:
    """Approve or reject what a task of a run asks. Raises NotFound, NotAsked."""

    def write(transaction: Transaction) -> Wake:
        run = views.get_run(transaction, run_id)
        wake = approval.decide(transaction, run_id, task_id, approval.Answer(approved, actor.name, note))
        action, after = "task.approved" if approved else "task.rejected", {"task": task_id, "note": note}
        audit.append(transaction, actor, action, f"run:{run_id}", project_id=run.project_id, after=after)
        return wake

    platform.ring(platform.database.transact(write))


def _check_allowed(
    transaction: Transaction, platform: Platform, actor: Actor, project_id: int, document: FlowDocument
) -> None:
    refused = restrictions.refused(transaction, actor, project_id, document, platform.catalogue)
    if refused:
        message = "\n".join(problem.text() for problem in refused)
        raise Forbidden(message, problems=[problem.to_json() for problem in refused], reason="not_allowed")
