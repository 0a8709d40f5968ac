"""Runs attempts that work on a heavy engine: each in a task process of its own, which drives the engine."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path

from patchbay_runners.engines.engine import engine_named
from patchbay_runners.engines.use import Site, Use
from patchbay_runners.local import LocalRunner
from patchbay_runners.preloader_client import scrubbed
from patchbay_runners.protocol import TaskEvent, TaskRequest
from patchbay_runners.runner import Status
from patchbay_sdk.errors import PatchbayError

END_TIMEOUT = 15.0
"""Seconds that ending what an attempt has left on its engine may take; its lease is not renewed meanwhile."""


class DriverRunner:
    """Runs one attempt at a time on an engine; see `LocalRunner`, which runs its driver.

    While the engine starts, the attempt counts as running, and can be cancelled. For use by one thread.

    Args:
        engine: its name.
        site: where this machine keeps its engines.
        store, preload, grace, memory: as for `LocalRunner`.
    """

    def __init__(
        self,
        engine: str,
        site: Site,
        store: str | Path,
        preload: Sequence[str] = (),
        grace: float = 5.0,
        memory: int | None = None,
    ) -> None:
        self._engine = engine_named(engine)
        self._site = site
        self._store = store
        self._preload = list(preload)
        self._grace = grace
        self._memory = memory
        self._environment: dict[str, str] = {}
        self._local: LocalRunner | None = None
        self._request: TaskRequest | None = None
        self._finish = False
        self._use: Use | None = None
        self._starting: Future[dict[str, str]] | None = None
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="engine")

    def submit(self, request: TaskRequest) -> str:
        """Start an attempt as soon as the engine is there; returns its token. Raises RuntimeError: another one runs."""
        if self.status() == "running":
            raise RuntimeError("A driver runner runs one attempt at a time: wait for it or cancel it first.")
        self._release()
        self._request, self._finish = request, False
        self._use = Use(self._engine, self._site)
        self._starting = self._starter.submit(self._use.begin)
        return request.token

    def external_id(self, request: TaskRequest) -> str | None:
        """What the engine will know the attempt by."""
        return self._engine.external_id(request.token)

    def end_external(self, external_id: str) -> None:
        """End what an earlier attempt has left on the engine, if that is running. Raises PatchbayError."""
        environment = Use(self._engine, self._site).now()
        if environment is not None:
            _end(self._engine.name, external_id, environment)

    def status(self) -> Status:
        """Whether an attempt runs."""
        if self._starting is not None:
            return "running"
        return self._local.status() if self._local else "idle"

    def wait(self, timeout: float | None) -> list[TaskEvent]:
        """Events since the last call, after at most `timeout` seconds (None: as long as it takes); none when idle."""
        if self._starting is not None:
            started = time.monotonic()
            wait_for([self._starting], timeout)
            if not self._starting.done():
                return []
            if failed := self._drive(self._starting):
                return [failed]
            timeout = timeout and max(0.0, timeout - (time.monotonic() - started))
        events = self._local.wait(timeout) if self._local else []
        if events and events[-1].kind == "failed":
            self._end_on_engine()
        return events

    def inputs(self, request: TaskRequest) -> None:
        """Make sure that every input is in the store. Raises ArtifactError naming what is missing."""
        self._driver().inputs(request)

    def outputs(self) -> dict[str, str]:
        """Output port -> artifact id of the attempt that finished last."""
        return self._local.outputs() if self._local else {}

    def stop(self) -> None:
        """Ask the attempt to end soon; one whose engine is still being started goes on."""
        if self._local is not None and self._starting is None:
            self._local.stop()

    def finish(self) -> None:
        """Ask the attempt for the best result so far; one whose engine is still being started, as soon as it works."""
        self._finish = self._starting is not None
        if self._local is not None and self._starting is None:
            self._local.finish()

    def cancel(self) -> None:
        """End the attempt, on the engine too; returns when nothing of it runs any more. It gives no further events."""
        if self._starting is not None:
            assert self._use is not None
            self._use.close()
            wait_for([self._starting])
            self._starting = None
        elif self.status() == "running":
            assert self._local is not None
            self._local.cancel()
            self._end_on_engine()

    def logs(self, start: int = 0) -> str:
        """The attempt's log from byte `start` on; empty while there is none."""
        return self._local.logs(start) if self._local else ""

    def clean_up(self) -> None:
        """Empty the attempt's temporary folder and its staging folder, and let go of the engine; its log stays."""
        if self._local is not None:
            self._local.clean_up()
        self._release()

    def close(self) -> None:
        """End the attempt, if one runs, and every process but the engine's."""
        self.cancel()
        self._release()
        self._starter.shutdown()
        if self._local is not None:
            self._local.close()

    @property
    def process_id(self) -> int | None:
        """Process id of the driver; None while there is none."""
        return self._local.process_id if self._local else None

    def _drive(self, starting: Future[dict[str, str]]) -> TaskEvent | None:
        """Start the driver of an engine that is ready; the event, if it cannot be."""
        assert self._request is not None
        self._starting = None
        try:
            environment = starting.result()
            if environment != self._environment and self._local is not None:
                self._local.close()
                self._local = None
            self._environment = environment
            self._driver().submit(self._request)
            if self._finish:
                self._driver().finish()
        except PatchbayError as error:
            described = {"code": error.code, "message": error.message, "details": error.details}
            return TaskEvent("failed", {"error": described | {"traceback": "", "user": True}})
        return None

    def _driver(self) -> LocalRunner:
        if self._local is None:
            self._local = LocalRunner(
                self._store, self._preload, self._grace, max_tasks=1, env=self._environment, memory=self._memory
            )
        return self._local

    def _end_on_engine(self) -> None:
        assert self._request is not None
        with contextlib.suppress(PatchbayError):  # whoever tries the task again ends it before
            _end(self._engine.name, self._engine.external_id(self._request.token), self._environment)

    def _release(self) -> None:
        if self._use is not None:
            self._use.close()
            self._use = None


def _end(engine: str, external_id: str, environment: Mapping[str, str]) -> None:
    """In a process of its own: this one never imports an engine. Raises PatchbayError."""
    program = f"from patchbay_runners.engines.engine import engine_named; engine_named({engine!r}).end({external_id!r})"
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=scrubbed(os.environ) | dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=END_TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise PatchbayError(f"{engine}: {external_id} could not be ended within {END_TIMEOUT:g} s.") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise PatchbayError(f"{engine}: {external_id} could not be ended: {''.join(said)}")
