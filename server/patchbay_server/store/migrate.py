"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from patchbay_server.store import locks
from patchbay_server.store.database import Database, DatabaseError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Create or upgrade the tables, all of it or nothing. Safe to call by several processes at once, and again.

    Raises:
        DatabaseError: the URL is wrong, a newer version has been there, or a step failed.
    """
    database = Database(url, timeout=60)
    try:
        with database.engine.connect() as connection, connection.begin():
            _hold_alone(connection)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            _refuse_newer(connection)
            command.upgrade(config, revision)
    except sa.exc.SQLAlchemyError as error:
        raise DatabaseError(
            f"The database could not be upgraded, and nothing of it was changed: {error}. Start the version that was "
            "there before, or mend what it says and try again."
        ) from error
    finally:
        database.close()


def _refuse_newer(connection: sa.Connection) -> None:
    at = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory(str(MIGRATIONS))
    if at is not None and at not in {script.revision for script in scripts.walk_revisions()}:
        raise DatabaseError(
            f"The database has schema {at}, made by a newer Patchbay; this one knows up to "
            f"{scripts.get_current_head()}. Install that version again, or a newer one."
        )


def _hold_alone(connection: sa.Connection) -> None:
    """Until the transaction ends, no other process upgrades this database."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({locks.MIGRATION})")
