"""Runs claimed tasks: owns lease and database while a runner's task process does the work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from patchbay_runners import checkpoints
from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.garbage import closure
from patchbay_runners.kill_points import reach
from patchbay_runners.processes import PROCESS_KILLED
from patchbay_runners.protocol import TaskEvent, TaskRequest
from patchbay_runners.runner import Runner
from patchbay_sdk.errors import ArtifactCorrupt, ArtifactLost, PatchbayError
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import Home, OperatorSpec
from patchbay_server.engine import CancelRequested, Claim, Committed, Engine, Fenced, Result
from patchbay_server.engine.cache import Opened
from patchbay_server.engine.lease import Orders
from patchbay_server.engine.mending import mend
from patchbay_server.engine.reconcile import timeout_error
from patchbay_server.graph.cache_key import CacheParts, Reason, cache_key
from patchbay_server.graph.planned import APPROVAL, COLLECT, CONTROL
from patchbay_server.store.database import DatabaseError
from patchbay_server.worker.choose_engine import Choice, choose_engine, choose_parallel
from patchbay_server.worker.control import approval_parts, decide, handed_on, map_operators, named_items
from patchbay_server.worker.fingerprint import source_files
from patchbay_server.worker.homes import home_of_task
from patchbay_server.worker.outcome import cacheable, nothing_to_reuse, result_of, reused, why_bypassed
from patchbay_server.worker.parts import cache_parts, engine_of
from patchbay_server.worker.relay import Relay
from patchbay_server.worker.request import checkpoint_folder, request_of
from patchbay_server.worker.secrets import TaskSecrets

logger = logging.getLogger(__name__)
T = TypeVar("T")
UNREADABLE = (ArtifactLost.code, ArtifactCorrupt.code)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker's attempts find and leave things."""

    worker: str
    """The worker's name, unique among all."""
    store: str
    """Folder of the artifact store."""
    temp_dir: str
    """Folder for temporary files, emptied after each attempt; this worker's alone."""
    published: str | None = None
    """Index of the published operators."""
    secret_keys: Path = Path()
    """File of the keys that open secrets."""
    data_dir: str | None = None
    """The platform's data folder."""
    memory: int = 0
    """Bytes that the worker's pool has."""
    engines: tuple[str, ...] = ("local",)
    """The engines that tasks of the pool can use here."""

    def closed(self) -> tuple[Path | str | None, ...]:
        """What is no flow's business, even where a data folder holds it."""
        return self.secret_keys, self.data_dir, self.store, self.published and Path(self.published).parent


class Stopped(Exception):
    """The worker was asked to end while a task was running."""


class GaveBack(Exception):
    """The task has stopped, at a checkpoint if it could write one in time, so that another can have its place."""


class Supervisor:
    """Executes one claim at a time.

    `catalogue`: the operators of this moment. `runner_of`: the runner of an engine, by name, for installed operators
    (None) or for the home of a published one; it may start one. `stopping`: whether this worker is to end.
    """

    def __init__(
        self,
        engine: Engine,
        catalogue: Callable[[], Catalogue],
        runner_of: Callable[[str, Home | None], Runner],
        place: Place,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._engine = engine
        self._settings = engine.settings
        self._catalogue = catalogue
        self._runner_of = runner_of
        self._place = place
        self._stopping = stopping
        self._store = ArtifactStore(place.store)
        self._renewed = 0.0

    def execute(self, claim: Claim) -> Committed:
        """Run a claimed task to its end, whatever that is; what was claimed next, and which pools have work now."""
        self._renewed = time.monotonic()
        reach("claim")
        try:
            return self._execute(claim)
        except CancelRequested:
            return self._settle(claim, lambda: self._engine.end_cancelled(claim))
        except Fenced as error:
            logger.warning("%s", error)
        except Stopped:
            return self._settle(claim, lambda: self._engine.hand_back(claim))
        except GaveBack:
            return self._settle(claim, lambda: self._engine.give_back(claim))
        except DatabaseError as error:
            logger.warning("gave up %s of run %s: %s", claim.task.path, claim.task.run_id, error)
        except PatchbayError as error:
            return self._fail(claim, {"code": error.code, "message": error.message, "details": error.details})
        except Exception as error:
            # Whatever goes wrong around one task fails that task; the worker goes on with the next.
            logger.exception("%s of run %s", claim.task.path, claim.task.run_id)
            failure = {"code": "engine_error", "message": f"{type(error).__name__}: {error}"}
            return self._settle(claim, lambda: self._engine.fail(claim, failure))
        return Committed(None, {})

    def _execute(self, claim: Claim) -> Committed:
        if claim.task.operator in CONTROL:
            return self._decide(claim)
        spec = map_operators().get(claim.task.operator) or self._catalogue().get(claim.task.operator)
        if claim.task.operator == COLLECT:
            claim = named_items(claim, self._engine.delivered(claim, "tables"))
        choice = self._choose_engine(claim, spec)
        if choice and choice.engine != "local":
            chosen = choice.to_json()
            return self._settle(claim, lambda: self._engine.hand_over(claim, chosen))
        secrets = TaskSecrets(self._engine.database, claim, spec)
        bypassed, parts = why_bypassed(claim, spec), cache_parts(claim, spec, secrets.fingerprints())
        if bypassed and not (claim.task.reuse_only or claim.resumed_from):
            return self._run_unshared(claim, spec, secrets, parts, bypassed, choice)
        opened = self._open(claim, parts, bypassed)
        key = opened.key if cacheable(claim, spec) else None
        if opened.outcome == "wait":
            return Committed(None, {})
        if opened.outcome == "reuse":
            return self._commit(claim, reused(opened, publish_as=key))
        if claim.task.reuse_only:
            return self._settle(claim, lambda: self._engine.fail(claim, nothing_to_reuse(claim, opened.reasons)))
        kept_as = self._kept_as(claim, spec, None if bypassed else opened.key)
        ended = self._run(claim, spec, secrets, kept_as)
        if ended.kind == "failed":
            return self._fail(claim, ended.data["error"])
        return self._commit(claim, result_of(ended.data, key, choice), kept_as)

    def _choose_engine(self, claim: Claim, spec: OperatorSpec) -> Choice | None:
        """None: there is no choice."""
        parallel_from = spec.runs.parallel_from
        if claim.task.engine != "auto" or not (parallel_from or "spark" in spec.runs.engines):
            return None
        inputs = [self._store.manifest(id) for ids in claim.inputs.values() for id in ids]
        if parallel_from:
            return choose_parallel(inputs, parallel_from, self._place.engines)
        files = source_files(spec.runs.fingerprint, claim.params, claim.data_roots)
        return choose_engine(inputs, self._place.memory, self._place.engines, files)

    def _decide(self, claim: Claim) -> Committed:
        """A task that computes nothing: it looks at stored values only, in this process."""
        if claim.task.operator != APPROVAL:
            return self._commit(claim, handed_on(self._store, decide(claim, self._store)))
        opened = self._engine.ask(claim, approval_parts(claim))
        if opened.outcome == "wait":
            return Committed(None, {})
        if opened.outcome == "run":
            return self._settle(claim, lambda: self._engine.fail(claim, nothing_to_reuse(claim, opened.reasons)))
        return self._commit(claim, reused(opened))

    def _run_unshared(
        self,
        claim: Claim,
        spec: OperatorSpec,
        secrets: TaskSecrets,
        parts: CacheParts,
        bypassed: Reason,
        choice: Choice | None,
    ) -> Committed:
        """Run without looking for an earlier result: one transaction less."""
        kept_as = self._kept_as(claim, spec, None)
        ended = self._run(claim, spec, secrets, kept_as)
        if ended.kind == "failed":
            self._insist(lambda: self._engine.open_attempt(claim, parts, bypassed))
            return self._fail(claim, ended.data["error"])
        key = cache_key(parts) if cacheable(claim, spec) else None
        result = replace(result_of(ended.data, key, choice), unshared=(parts, bypassed))
        return self._commit(claim, result, kept_as)

    def _open(self, claim: Claim, parts: CacheParts, bypassed: Reason | None) -> Opened:
        opened = self._engine.open_attempt(claim, parts, bypassed)
        missing = [id for id in opened.outputs.values() if not self._store.exists(id)]
        if missing:
            self._engine.forget_cached(claim, opened.key)
            opened = self._engine.open_attempt(claim, parts, bypassed or Reason("lost", missing[0]), history=False)
        return opened

    def _kept_as(self, claim: Claim, spec: OperatorSpec, shared_key: str | None) -> str | None:
        """The name of its checkpoints; None: its operator keeps none."""
        return self._engine.checkpoint_name(claim, shared_key) if spec.runs.checkpoints else None

    def _run(self, claim: Claim, spec: OperatorSpec, secrets: TaskSecrets, kept_as: str | None) -> TaskEvent:
        """Execute; the attempt's last event. Raises Fenced, CancelRequested, Stopped, GaveBack; nothing runs then."""
        catalogue, place = self._catalogue(), self._place
        home = home_of_task(spec, claim.inputs, self._store, catalogue)
        runner = self._runner_of(engine_of(claim), home)
        published = place.published if catalogue.published else None
        request = request_of(claim, spec, place.store, place.temp_dir, published, place.closed(), home is not None)
        self._note_external(claim, runner, request)
        folder = checkpoint_folder(self._store.root, kept_as, claim.task.token)
        runner.submit(replace(request, secrets=secrets.values(place.secret_keys), checkpoint_dir=folder))
        reach("run")
        try:
            return self._watch(claim, runner)
        finally:
            runner.cancel()
            runner.clean_up()

    def _note_external(self, claim: Claim, runner: Runner, request: TaskRequest) -> None:
        """Before a job starts elsewhere: earlier ones of this task are ended, and its id is kept."""
        external_id = runner.external_id(request)
        if external_id is not None:
            for job in self._engine.abandoned(claim.task.id):
                runner.end_external(job.external_id)
                self._engine.job_ended(job)
            self._engine.note_external(claim, external_id)
            reach("external")

    def _watch(self, claim: Claim, runner: Runner) -> TaskEvent:
        settings, relay = self._settings, Relay(self._engine, claim)
        started = time.monotonic()
        next_beat, next_look = self._renewed + settings.beat, started + settings.watch
        timeout = claim.task.timeout
        told_to_finish = False
        ends_by: float | None = None  # until when it may write a checkpoint; it may go on
        while True:
            wake_at = min(moment for moment in (next_beat, next_look, relay.due, ends_by) if moment is not None)
            if timeout is not None:
                wake_at = min(wake_at, started + timeout)
            for event in runner.wait(max(0.0, wake_at - time.monotonic())):
                if event.kind in ("finished", "failed"):
                    relay.flush(last=True)
                    if event.kind == "failed" and ends_by is not None:
                        raise GaveBack
                    return replace(event, data={**event.data, "warnings": relay.warnings})
                relay.add(event)
            now = time.monotonic()
            if now >= next_beat:
                next_beat = now + (settings.beat if self._beat(claim) else settings.beat / 4)
            if now >= next_look:
                orders = self._look(claim)
                if orders == "give back" and ends_by is None:
                    runner.stop()
                    ends_by = now + settings.checkpoint_grace
                if orders == "finish" and not told_to_finish:
                    runner.finish()
                    told_to_finish = True
                next_look = now + settings.watch
            if ends_by is not None and now >= ends_by:
                self._beat(claim)
                runner.cancel()
                raise GaveBack
            if timeout is not None and now >= started + timeout:
                self._beat(claim)
                runner.cancel()
                return TaskEvent("failed", {"error": timeout_error(claim.task)})
            relay.flush()

    def _beat(self, claim: Claim) -> bool:
        """Renew the lease. Raises Fenced when it is lost, or has not been renewed for too long to be sure of it."""
        asked = time.monotonic()
        try:
            owned = self._engine.beat(claim, self._place.worker)
        except DatabaseError:
            if time.monotonic() - self._renewed > self._settings.patience:
                raise Fenced(f"The lease of {claim.task.path} could not be renewed in time.") from None
            return False
        if not owned:
            raise Fenced(f"{claim.task.path} of run {claim.task.run_id} was given to another worker.")
        self._renewed = asked
        return True

    def _look(self, claim: Claim) -> Orders:
        if self._stopping():
            raise Stopped
        try:
            orders = self._engine.orders(claim)
        except DatabaseError:
            return "go on"
        if orders == "cancel":
            raise CancelRequested(f"Run {claim.task.run_id} is being cancelled.")
        if orders == "fenced":
            raise Fenced(f"{claim.task.path} of run {claim.task.run_id} was given to another worker.")
        return orders

    def _commit(self, claim: Claim, result: Result, kept_as: str | None = None) -> Committed:
        reach("finished")
        goes_on = not self._stopping()
        store, worker = self._store, self._place.worker
        try:
            if not result.reused:
                result = replace(result, sizes={id: store.manifest(id).size for id in result.outputs.values()})
            committed = self._insist(
                lambda: self._engine.commit(claim, result, worker, claim_next=goes_on, confirm=store.confirm)
            )
        except ArtifactLost as error:  # the collector was faster: it is made again, by whoever claims it next
            logger.info("%s of run %s: %s", claim.task.path, claim.task.run_id, error)
            return self._settle(claim, lambda: self._engine.hand_back(claim))
        reach("committed")
        if kept_as is not None:
            checkpoints.remove(self._store.root, kept_as)
        return committed

    def _fail(self, claim: Claim, error: Mapping[str, Any]) -> Committed:
        """An attempt failed. When an input could not be read, what is broken of it is removed, to be made anew."""
        end = self._engine.lose if error["code"] == PROCESS_KILLED else self._engine.fail
        settled = self._settle(claim, lambda: end(claim, error))
        if error["code"] in UNREADABLE:
            named = {id for ids in claim.inputs.values() for id in ids}  # the task's word is not enough to look further
            broken = error["details"].get("artifact")
            if broken in closure(self._store, named)[0]:
                mend(self._engine.database, self._store, broken)
        return settled

    def _settle(self, claim: Claim, settle: Callable[[], Mapping[str, int]]) -> Committed:
        try:
            return Committed(None, dict(self._insist(settle)))
        except CancelRequested:
            return Committed(None, dict(self._insist(lambda: self._engine.end_cancelled(claim))))
        except (Fenced, DatabaseError) as error:
            logger.warning("%s of run %s: %s", claim.task.path, claim.task.run_id, error)
            return Committed(None, {})

    def _insist(self, write: Callable[[], T]) -> T:
        """Write to a database that may be away for a while: as long as the lease is surely ours."""
        while True:
            try:
                return write()
            except DatabaseError:
                if time.monotonic() - self._renewed > self._settings.patience:
                    raise
