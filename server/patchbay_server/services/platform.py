"""What every service works with, opened once per process."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

from patchbay_runners.confinement import around
from patchbay_sdk.published import CurrentCatalogue
from patchbay_sdk.registry import Catalogue
from patchbay_server.config import Settings
from patchbay_server.engine.engine import Engine
from patchbay_server.engine.settings import EngineSettings, PoolSettings
from patchbay_server.engine.settle import Wake
from patchbay_server.engine.tickets import ring
from patchbay_server.plugin_host import PluginHost
from patchbay_server.store.database import Database
from patchbay_server.store.faults import Faults
from patchbay_server.table_reader import TableReader

PATIENCE = 15.0
"""Seconds to wait for the database. People wait rather than ask again; only workers have a lease to renew meanwhile."""


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform as this process sees it: settings, engine, operators."""

    settings: Settings
    database: Database
    engine: Engine
    operators: CurrentCatalogue
    plugin_host: PluginHost
    tables: TableReader

    @classmethod
    def open(cls, settings: Settings) -> Platform:
        """Connects at first use only; Raises DatabaseError for a wrong URL."""
        database = Database(settings.database_url, timeout=PATIENCE)
        engine = Engine(database, engine_settings(settings))
        data = (path for root in settings.data_roots for path in around(root, [settings.data_dir.resolve()]))
        readable = [settings.projects, *data]
        plugin_host = PluginHost(faults=Faults(database), readable=readable)
        return cls(settings, database, engine, CurrentCatalogue(settings.published), plugin_host, TableReader())

    @property
    def catalogue(self) -> Catalogue:
        """The operators of this moment, installed and published."""
        return self.operators()

    def ring(self, wake: Wake) -> None:
        """Tell the workers about tasks that are ready. Without Redis they find them by themselves, a little later."""
        ring(self.settings.redis_url, wake)

    def close(self) -> None:
        """Close connections, and end the processes of the plugin host and the table reader."""
        self.plugin_host.close()
        self.tables.close()
        self.database.close()

    def __enter__(self) -> Platform:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def engine_settings(settings: Settings) -> EngineSettings:
    """The engine's part of the settings."""
    return EngineSettings(
        lease=settings.lease,
        beat=settings.beat,
        grace=settings.grace,
        min_run=settings.min_run,
        checkpoint_grace=settings.checkpoint_grace,
    )


def pool_settings(settings: Settings, name: str) -> PoolSettings:
    """A pool as it is declared."""
    pool = settings.pool(name)
    return PoolSettings(name, pool.cpu, pool.gpu, pool.memory, pool.policy, pool.isolated)


def prepare(settings: Settings) -> None:
    """Bring the database to the newest schema, set the pools' capacity, make the default project. Safe to repeat."""
    from patchbay_server.services.people.projects import ensure_default
    from patchbay_server.services.publishing import environment, index
    from patchbay_server.store.migrate import upgrade

    upgrade(settings.database_url)
    with Platform.open(settings) as platform:
        platform.engine.set_pools(pool_settings(settings, name) for name in settings.pools)
        ensure_default(platform)
        if settings.operators.exists():
            index.rewrite(platform)  # whoever published last may have been killed in between
            environment.link_all(settings.operators)  # Patchbay itself may lie elsewhere since the last start
