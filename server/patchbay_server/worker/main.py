"""The worker process."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from uuid import uuid4

from patchbay_runners.engines.engine import Size
from patchbay_runners.engines.use import Site
from patchbay_runners.local import LocalRunner
from patchbay_runners.runner import Runner
from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.published import CurrentCatalogue
from patchbay_sdk.registry import Catalogue, installed_catalogue
from patchbay_sdk.spec import Home
from patchbay_server.config import Settings
from patchbay_server.engine import Engine, EngineSettings, Lane
from patchbay_server.engine.tickets import Tickets
from patchbay_server.store.database import Database, DatabaseError
from patchbay_server.worker.drain import Drain
from patchbay_server.worker.pool_worker import listen, poll
from patchbay_server.worker.runners import Runners
from patchbay_server.worker.stop import Stop
from patchbay_server.worker.supervisor import Place, Supervisor

logger = logging.getLogger(__name__)

LIBRARIES = (
    "numpy", "pyarrow", "polars", "pandas", "sklearn.pipeline", "sklearn.linear_model", "sklearn.ensemble",
    "sklearn.preprocessing", "sklearn.metrics",
)  # fmt: skip
"""What most tasks import, most needed first."""
PREWARMED = ("train",)
"""Pools whose workers import LIBRARIES at once; the others when their first task comes."""


ENGINE_POLL = 1.0
"""Seconds between two looks of a worker that drives engines: it hears no tickets, its tasks take longer anyway."""


def run_worker(settings: Settings, pool: str, lane: Lane, engine_settings: EngineSettings) -> None:
    """Drain a lane of a pool until SIGTERM or SIGINT; a task that is running then is handed back."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = Stop()
    stop.install()
    logs = str(settings.attempt_logs)
    database = Database(settings.database_url, timeout=engine_settings.database_timeout)
    engine = Engine(database, replace(engine_settings, log_dir=logs))
    index = settings.published
    name, grace, installed = worker_name(), engine_settings.kill_grace, installed_catalogue()
    place = Place(
        name,
        settings.artifacts,
        str(settings.data_dir / "tmp" / name),
        str(index),
        settings.secret_keys,
        str(settings.data_dir),
        settings.pool(pool).memory,
        engines_of(settings, pool),
    )
    memory = settings.pool(pool).memory  # no task can have more: one that tries fails, and takes nobody with it
    with closing(LocalRunner(place.store, preload_list(installed), grace=grace, memory=memory)) as local:
        if pool in PREWARMED and lane == "local":
            local.start()
        gc.collect()
        gc.freeze()  # what is there now stays: looking through it again and again would cost 20 ms each time
        with closing(Runners(local, place.store, grace, libraries(), site_of(settings))) as runners:
            catalogue = CurrentCatalogue(index)
            if lane == "driver":
                drive(engine, catalogue, runners, pool, place, stop)
            else:
                serve(engine, catalogue, runners, pool, settings.redis_url, place, stop)
    database.close()


def serve(
    engine: Engine,
    catalogue: Callable[[], Catalogue],
    runner_of: Callable[[str, Home | None], Runner],
    pool: str,
    redis_url: str | None,
    place: Place,
    stop: Stop,
) -> None:
    """Drain a pool at every ticket and every now and then, until `stop`; without Redis, only now and then."""
    tickets = Tickets(redis_url) if redis_url else None
    supervisor = Supervisor(engine, catalogue, runner_of, place, stop)
    drain = Drain(engine, supervisor, pool, place.worker, tickets.ring if tickets else lambda wake: None, stop)

    def drain_pool() -> None:
        try:
            engine.worker_seen(place.worker, pool, socket.gethostname(), os.getpid())
            drain()
        except DatabaseError as error:
            logger.warning("%s", error)

    try:
        if redis_url:
            listen(redis_url, pool, drain_pool, engine.settings.idle_poll, stop)
        else:
            poll(drain_pool, engine.settings.idle_poll, stop)
        engine.worker_gone(place.worker)
    finally:
        shutil.rmtree(place.temp_dir, ignore_errors=True)


def drive(
    engine: Engine, catalogue: Callable[[], Catalogue], runners: Runners, pool: str, place: Place, stop: Stop
) -> None:
    """Drain a pool's tasks on heavy engines, until `stop`; end what workers that are gone have left on those."""
    supervisor = Supervisor(engine, catalogue, runners, place, stop)
    drain = Drain(engine, supervisor, pool, place.worker, lambda wake: None, stop, lane="driver")

    def drain_pool() -> None:
        try:
            engine.worker_seen(place.worker, pool, socket.gethostname(), os.getpid())
            end_abandoned(engine, runners)
            drain()
        except DatabaseError as error:
            logger.warning("%s", error)

    try:
        poll(drain_pool, ENGINE_POLL, stop)
        engine.worker_gone(place.worker)
    finally:
        shutil.rmtree(place.temp_dir, ignore_errors=True)


def end_abandoned(engine: Engine, runners: Runners) -> None:
    """End the jobs on engines whose workers are gone; those of an engine that cannot be reached are kept for later."""
    for job in engine.abandoned():
        try:
            runners.driver(job.engine).end_external(job.external_id)
            engine.job_ended(job)
        except PatchbayError as error:
            logger.warning("%s", error)


def site_of(settings: Settings) -> Site:
    """Where this machine keeps its engines, and what they may use."""
    engines = settings.engines
    given = {"spark": engines.spark_remote, "ray": engines.ray_address}
    cpus = {name: pool.cpu for name, pool in settings.pools.items()}
    return Site(
        settings.data_dir / "engines",
        Size(max(1, round(max(cpus.values()))), engines.spark_memory, cpus, engines.spark_master),
        engines.idle,
        tuple((name, address) for name, address in given.items() if address),
    )


def engines_of(settings: Settings, pool: str) -> tuple[str, ...]:
    """The engines that tasks of a pool can use here."""
    libraries = {"spark": "pyspark", "ray": "ray", "deepspeed": "deepspeed"} if settings.pool(pool).drivers else {}
    return ("local", *(name for name, library in libraries.items() if find_spec(library)))


def worker_name() -> str:
    """A name that no other worker has or had."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"


def preload_list(catalogue: Catalogue) -> list[str]:
    """The modules that task processes should find imported."""
    return libraries() + sorted({spec.implementation.partition(":")[0] for spec in catalogue})


def libraries() -> list[str]:
    """Those of LIBRARIES that are installed, and what reads and writes models."""
    models = ["patchbay_sdk.skops_io"] if find_spec("skops") else []
    return [name for name in LIBRARIES if find_spec(name.partition(".")[0])] + models
