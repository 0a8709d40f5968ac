"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from patchbay_server.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Create or upgrade the tables. Safe to call by several processes at once, and again.

    Raises DatabaseError for a wrong URL.
    """
    database = Database(url, timeout=60)
    try:
        with database.engine.connect() as connection, connection.begin():
            _hold_alone(connection)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        database.close()


def _hold_alone(connection: sa.Connection) -> None:
    """Until the transaction ends, no other process upgrades this database."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7283641)")
