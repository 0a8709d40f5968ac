"""The reconciler process: one round after another, and bells for the pools that have work."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from importlib.metadata import entry_points

from patchbay_sdk.registry import PLUGIN_GROUP
from patchbay_server.config import Settings
from patchbay_server.engine import Engine, EngineSettings
from patchbay_server.engine.tickets import Tickets
from patchbay_server.plugin_host import PluginHost, PluginHostError
from patchbay_server.store.database import Database, DatabaseError
from patchbay_server.store.faults import Faults
from patchbay_server.worker.chores import Chore, Chores
from patchbay_server.worker.stop import Stop, StopRequested

logger = logging.getLogger(__name__)


def run_reconciler(settings: Settings, engine_settings: EngineSettings, chores: Sequence[Chore] = ()) -> None:
    """Repair what crashes leave behind, every `settings.tick` seconds, until SIGTERM or SIGINT; beside it, chores."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = Stop()
    stop.install()
    database = Database(settings.database_url, timeout=engine_settings.database_timeout)
    tickets = Tickets(settings.redis_url) if settings.redis_url else None
    with PluginHost(faults=Faults(database)) as host, Chores(chores):
        told = host if entry_points(group=PLUGIN_GROUP) else None
        reconcile(Engine(database, engine_settings), tickets, settings.tick, stop, told)
    database.close()


def reconcile(
    engine: Engine, tickets: Tickets | None, interval: float, stop: Stop, plugins: PluginHost | None = None
) -> None:
    """Rounds of the reconciler until `stop`; `plugins` are told about runs that have ended."""
    while not stop():
        try:
            found = engine.tick()
        except DatabaseError as error:
            logger.warning("%s", error)
        else:
            if found.lost or found.overdue:
                logger.warning(
                    "took over %d tasks of lost workers, %d beyond their deadline", found.lost, found.overdue
                )
            if tickets and found.tickets:
                tickets.ring(found.tickets)
            if plugins:
                tell(engine, plugins)
        try:
            with stop.interrupts():
                time.sleep(interval)
        except StopRequested:
            return


def tell(engine: Engine, plugins: PluginHost) -> None:
    """Tell plugins once about every run that has ended."""
    for run_id, state in engine.take_ended():
        try:
            plugins.tell_run_finished(run_id, state)
        except PluginHostError as error:
            logger.warning("%s", error)
