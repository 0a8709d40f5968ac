"""The engine: the only writer of task state. docs/engine.md draws the states and says what is promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from patchbay_runners import kill_points
from patchbay_server.engine import (
    announce,
    approval,
    cache,
    cancel,
    checkpoints,
    events,
    external,
    flows,
    inspection,
    lease,
    pools,
    reconcile,
    scheduler,
    settle,
    trainings,
    views,
    waiting,
)
from patchbay_server.engine import submit as submitting
from patchbay_server.engine.claim import Claim, Claimant, Lane, NothingToClaim, lane_of, taken_before
from patchbay_server.engine.claim import claim as claim_admitted
from patchbay_server.engine.commit import AlreadyCommitted, Committed, Confirm, Result, commit
from patchbay_server.engine.settings import EngineSettings, PoolSettings
from patchbay_server.graph.cache_key import CacheParts, Reason
from patchbay_server.graph.plan import Plan
from patchbay_server.store.database import Database, Transaction
from patchbay_server.store.paging import Page
from patchbay_server.store.statement import Statement

DELIVERED = Statement(
    "SELECT edge.position FROM task_edge AS edge"
    " JOIN output ON output.task_id = edge.parent_id AND output.port = edge.output_port"
    " WHERE edge.child_id = :id AND edge.port = :port ORDER BY edge.position"
)


class Engine:
    """All that can be done with runs and tasks. Safe to use from several threads and processes.

    Every method is one transaction, or says so. Methods that make tasks ready return `Wake`: pool -> tasks that are
    ready there now, for whoever rings the workers' bells (`worker.tickets`).
    """

    def __init__(self, database: Database, settings: EngineSettings | None = None) -> None:
        self.database = database
        self.settings = settings or EngineSettings()
        kill_points.arm(self.settings.kill_at)

    # flows, pools

    def set_pools(self, pools_: Iterable[PoolSettings]) -> None:
        """Make these pools, or change their capacity."""
        wanted = list(pools_)
        self.database.transact(pools.set_pools, wanted)

    def save_revision(
        self, project_id: int, document: Mapping[str, Any], created_by: int | None = None, *, system: bool = False
    ) -> flows.Revision:
        """Keep a flow document; the same document as the newest revision gives that revision. Raises NameTaken."""
        return self.database.transact(flows.save_revision, project_id, document, created_by, system=system)

    def revision(self, revision_id: int) -> flows.Revision:
        """Raises NotFound."""
        with self.database.read() as transaction:
            return flows.get_revision(transaction, revision_id)

    def flow(self, project_id: int, name: str, number: int | None = None) -> flows.Revision:
        """A revision of a project's flow; without `number` the newest. Raises NotFound."""
        with self.database.read() as transaction:
            return flows.get(transaction, project_id, name, number)

    def flows(
        self, project_id: int, *, q: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[flows.FlowSummary]:
        """The newest revision of every flow of a project, by name; `q`: a part of its name or title."""
        with self.database.read() as transaction:
            return flows.page_flows(transaction, project_id, q=q, cursor=cursor, limit=limit)

    # runs

    def submit(self, submission: submitting.Submission, plan: Plan) -> tuple[int, settle.Wake]:
        """Create a run and its tasks; returns its id. Raises NotFound, UnknownPool, ImpossibleDemand."""
        return self.database.transact(submitting.submit, submission, plan)

    def resume(self, run_id: int, created_by: int | None = None) -> tuple[int, settle.Wake]:
        """A new run of the same tasks, which reuses what is done and unchanged. Raises NotFound, NotResumable."""
        return self.database.transact(submitting.resume, run_id, created_by)

    def cancel(self, run_id: int) -> None:
        """Cancel a run: waiting tasks at once, running ones as soon as their worker sees it. Two transactions.

        A run that has ended stays as it is. Raises NotFound.
        """

        if self.database.transact(cancel.request, run_id):
            self.database.transact(cancel.sweep, run_id)

    def run(self, run_id: int, project_id: int | None = None) -> views.RunView:
        """A run, of this project if one is given. Raises NotFound."""
        with self.database.read() as transaction:
            return views.get_run(transaction, run_id, project_id)

    def runs(
        self, project_id: int, wanted: views.RunFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[views.RunView]:
        """The latest runs of a project first. Raises CursorError."""
        with self.database.read() as transaction:
            return views.page_runs(transaction, project_id, wanted or views.RunFilter(), cursor=cursor, limit=limit)

    def tasks(self, run_id: int) -> list[views.TaskView]:
        """The tasks of a run, each after those that it depends on. Raises NotFound."""
        with self.database.read() as transaction:
            return views.list_tasks(transaction, run_id)

    def trainings(
        self, project_id: int, state: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[trainings.TrainingView]:
        """The latest trainings of a project first, as `trainings.page_trainings`. Raises CursorError."""
        with self.database.read() as transaction:
            return trainings.page_trainings(transaction, project_id, state, cursor=cursor, limit=limit)

    def task_page(
        self, run_id: int, wanted: views.TaskFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[views.TaskView]:
        """As `tasks`, in pages. Raises NotFound, CursorError."""
        with self.database.read() as transaction:
            return views.page_tasks(transaction, run_id, wanted or views.TaskFilter(), cursor=cursor, limit=limit)

    def task(self, run_id: int, task_id: int) -> views.TaskDetails:
        """One task with its attempts, inputs and why it waits. Raises NotFound."""
        with self.database.read() as transaction:
            return views.get_task(transaction, run_id, task_id)

    def attempts(self, task_id: int) -> list[views.AttemptView]:
        """The attempts of a task, oldest first."""
        with self.database.read() as transaction:
            return views.list_attempts(transaction, task_id)

    def events(self, run_id: int, after: int = 0, limit: int = 1000) -> list[events.Event]:
        """The events of a run that follow number `after`; the last one's number is the next cursor."""
        return events.after(self.database, run_id, after, limit)

    def explain_wait(self, task_id: int) -> waiting.WaitReason:
        """Why a task has not started yet. Raises NotFound."""
        with self.database.read() as transaction:
            return waiting.explain(transaction, task_id)

    def decide(self, run_id: int, task_id: int, answer: approval.Answer) -> settle.Wake:
        """A person approves or rejects what a task asks. Raises NotFound, NotAsked."""
        return self.database.transact(approval.decide, run_id, task_id, answer)

    # a worker's side

    def claim(self, pool: str, worker: str, lane: Lane = "local") -> Claim | None:
        """A task for this worker, or None. Admits tasks first when none is (up to three transactions)."""
        claimed = self._claim_admitted(pool, worker, lane)
        if claimed is None and self.admit(pool):
            claimed = self._claim_admitted(pool, worker, lane)
        return claimed

    def has_work(self, pool: str, lane: Lane = "local") -> bool:
        """Whether a task of this pool could be claimed, if there is room for it. Reads only."""
        any = scheduler.ANY if lane == "local" else scheduler.ANY_FOR_DRIVERS
        with self.database.read() as transaction:
            return transaction.one(any, {"pool": pool}) is not None

    def admit(self, pool: str) -> int:
        """Decide anew which tasks of a pool may start; how many may."""
        return self.database.transact(scheduler.admit, pool, self.settings.min_run)

    def open_attempt(
        self, claim: Claim, parts: CacheParts, bypassed: Reason | None, *, history: bool = True
    ) -> cache.Opened:
        """Whether a claimed task must be executed, has a result already, or waits for an equal one. Raises Fenced.

        After ``wait`` the task is not this worker's any more. `bypassed`: why the cache is not looked up; None: it
        is. `history`: see `cache.open_attempt`.
        """
        return self.database.transact(cache.open_attempt, claim, parts, bypassed, history=history)

    def ask(self, claim: Claim, parts: CacheParts) -> cache.Opened:
        """Let a claimed task wait for a person: ``wait``, and it is not this worker's any more.

        ``reuse``: a person has approved the same in an earlier run that counts; ``run``: none has, and nobody may be
        asked. Raises Fenced, CancelRequested.
        """
        return self.database.transact(approval.ask, claim, parts)

    def forget_cached(self, claim: Claim, key: str) -> None:
        """Drop a cache entry whose artifacts are not in the store any more."""
        place = {"project_id": claim.task.project_id, "key": key}
        self.database.transact(Transaction.run, cache.FORGET, place)

    def delivered(self, claim: Claim, port: str) -> list[int]:
        """The positions of the edges into an input port that have delivered, in the order of `Claim.inputs`."""
        with self.database.read() as transaction:
            rows = transaction.all(DELIVERED, {"id": claim.task.id, "port": port})
        return [row[0] for row in rows]

    def checkpoint_name(self, claim: Claim, shared_key: str | None) -> str:
        """Under which name a claimed task keeps its checkpoints, see `checkpoints.name_of`."""
        with self.database.read() as transaction:
            return checkpoints.name_of(transaction, claim.task, shared_key)

    def commit(
        self, claim: Claim, result: Result, worker: str, *, claim_next: bool = False, confirm: Confirm | None = None
    ) -> Committed:
        """Commit an attempt; with `claim_next`, claim the following task in the same transaction if it may.

        `confirm`: see `commit.commit`; whoever has an artifact store gives it.

        Raises:
            Fenced: another attempt owns the task; discard the result.
            CancelRequested: end the attempt with `end_cancelled`.
            ArtifactError: what `confirm` raises; the task is still this worker's.
        """
        claimant = self._claimant(worker, lane_of(claim.task.engine)) if claim_next else None
        try:
            return self.database.transact(commit, claim, result, claimant, confirm)
        except AlreadyCommitted:
            return Committed(self.database.transact(taken_before, claimant) if claimant else None, {})

    def fail(self, claim: Claim, error: Mapping[str, Any], *, attempt_state: str = "failed") -> settle.Wake:
        """End an attempt that failed: the task is tried again after its delay, or fails and what follows is skipped.

        `error`: {"code", "message", ...}. Raises Fenced.
        """
        return self.database.transact(settle.fail, claim.task, dict(error), attempt_state)

    def lose(self, claim: Claim, error: Mapping[str, Any]) -> settle.Wake:
        """The attempt was ended by somebody else: as if its worker had died. Raises Fenced."""
        return self.database.transact(settle.lose, claim.task, dict(error), self.settings.infra_retries)

    def end_cancelled(self, claim: Claim) -> settle.Wake:
        """The attempt's process has ended because the run was cancelled. Raises Fenced."""
        return self.database.transact(settle.end_cancelled, claim.task)

    def hand_back(self, claim: Claim) -> settle.Wake:
        """The worker stops: the task is ready for another, and no retry is used up. Raises Fenced."""
        return self.database.transact(settle.hand_back, claim.task)

    def give_back(self, claim: Claim) -> settle.Wake:
        """The attempt has stopped at a checkpoint, as it was ordered to: another gets its place. Raises Fenced."""
        return self.database.transact(settle.give_back, claim.task)

    def beat(self, claim: Claim, worker: str) -> bool:
        """Renew the lease; `worker` is alive. False: another attempt owns the task."""
        return self.database.transact(lease.renew, claim.task, self.settings.lease, worker)

    def orders(self, claim: Claim) -> lease.Orders:
        """Whether the worker should go on, finish with what there is, give its place away, cancel, or lost the task."""
        with self.database.read() as transaction:
            return lease.orders(transaction, claim.task)

    def report(self, claim: Claim, reported: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Keep (kind, data) pairs from the task process as events of the run."""
        place = {"path": claim.task.path, "index": claim.task.task_index, "attempt": claim.task.attempt}
        placed = [(kind, place | data) for kind, data in reported]

        def keep(transaction: Transaction) -> None:
            trainings.note(transaction, claim.task, reported)
            events.append(transaction, claim.task.run_id, placed)

        self.database.transact(keep)

    def hand_over(self, claim: Claim, choice: Mapping[str, Any]) -> settle.Wake:
        """Leave a task to workers that drive the engine that was chosen for it. Raises Fenced.

        `choice`: {"engine", "code", "message", "details"}, see `worker.choose_engine`.
        """
        return self.database.transact(settle.hand_over, claim.task, choice)

    def note_external(self, claim: Claim, external_id: str) -> None:
        """Keep the id of an external job, before it is submitted."""
        self.database.transact(external.note, claim.task, external_id)

    def abandoned(self, task_id: int | None = None) -> list[external.Abandoned]:
        """Jobs on engines whose workers are gone: of one task, or of all. Each may still be running."""
        with self.database.read() as transaction:
            return external.abandoned(transaction, task_id)

    def job_ended(self, job: external.Abandoned) -> None:
        """Nothing of an abandoned job runs any more."""
        self.database.transact(external.ended, job)

    def worker_seen(self, worker: str, pool: str, host: str, pid: int) -> None:
        """A worker is alive and has no task."""
        row = {"id": worker, "pool": pool, "host": host, "pid": pid}
        self.database.transact(Transaction.run, lease.SEEN, row)

    def worker_gone(self, worker: str) -> None:
        """A worker has ended in order."""
        self.database.transact(Transaction.run, lease.GONE, {"id": worker})

    # repair

    def tick(self) -> reconcile.Tick:
        """One round of the reconciler, in many small transactions. Idempotent; any number of copies may run."""
        return reconcile.tick(self.database, self.settings)

    def take_ended(self) -> list[tuple[int, str]]:
        """(run id, state) of the runs that have ended since the last call, by anybody."""
        return self.database.transact(announce.take_ended)

    def inspect(self) -> list[inspection.Finding]:
        """What is inconsistent now; empty when all is well, or nothing that the next `tick` will not repair."""
        with self.database.read() as transaction:
            return inspection.inspect(transaction)

    def _claim_admitted(self, pool: str, worker: str, lane: Lane) -> Claim | None:
        claimant, tries = self._claimant(worker, lane), count()

        def take(transaction: Transaction) -> Claim | None:
            before = taken_before(transaction, claimant) if next(tries) else None
            return before or claim_admitted(transaction, pool, claimant)

        try:
            return self.database.transact(take)
        except NothingToClaim:
            return None

    def _claimant(self, worker: str, lane: Lane) -> Claimant:
        return Claimant(worker, self.settings.lease, self.settings.log_dir, lane)
